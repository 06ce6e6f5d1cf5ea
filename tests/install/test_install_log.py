"""The log of the fresh installation that every other test stands on."""

import os
from pathlib import Path

import pytest
from server_log import complaints_of


def test_fresh_installation_logs_no_complaint():
    path = os.environ.get("SUITE_INSTALL_LOG")
    if not path:
        pytest.fail("SUITE_INSTALL_LOG is not set: run this through setup/test")
    log = Path(path).read_text("utf-8")
    assert "Modules loaded" in log
    assert complaints_of(log) == []
