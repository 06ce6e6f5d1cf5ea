"""Run each test's scenario ahead, two at a time, and hand the test its outcome.

These tests drive `setup/odoo` as people do; they need no Odoo in this process. A test
names its scenario: a function of the lab and the test's parameters.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from install_lab import Lab


def pytest_configure(config):
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "scenario(run=function): what runs in the lab before the test looks at it",
    )


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Stand in for pytest-odoo's fixture, which would open a database."""


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag():
    """Stand in for pytest-odoo's fixture, which belongs to an open database."""


@pytest.fixture(scope="session")
def outcomes(request):
    """The running scenarios of all selected tests, by the test's id."""
    with (
        Lab() as lab,
        ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool,
    ):
        futures = {}
        for item in request.session.items:
            marker = item.get_closest_marker("scenario")
            if marker:
                params = item.callspec.params if hasattr(item, "callspec") else {}
                futures[item.nodeid] = pool.submit(marker.kwargs["run"], lab, **params)
        yield futures
        pool.shutdown(cancel_futures=True)


@pytest.fixture
def outcome(request, outcomes):
    """What the test's own scenario gave."""
    return outcomes[request.node.nodeid].result()
