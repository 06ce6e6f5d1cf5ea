"""These tests read files; they need neither Odoo nor a database."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Stand in for pytest-odoo's fixture, which would open a database."""


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag():
    """Stand in for pytest-odoo's fixture, which belongs to an open database."""
