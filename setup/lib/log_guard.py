"""Pytest plugin: a run in which Odoo logged a warning or an error is a failed run.

Loaded by setup/test. Records that a test expects are taken by ``assertLogs`` or
``mute_logger`` and never arrive here. ``ALLOWED`` names what is not ours, and why.
"""

import logging

import pytest

# (logger, beginning of the message): why it may stand in the log.
ALLOWED = {
    ("mail.log", "Session.login_data is deprecated"): (
        "aiosmtpd, the SMTP server of the tests, calls its own deprecated setter"
    ),
}


class LogGuard(logging.Handler):
    """Collects what should not have been logged."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.findings = []

    def emit(self, record):
        message = record.getMessage()
        if not any(
            record.name == name and message.startswith(begin) for name, begin in ALLOWED
        ):
            self.findings.append(f"{record.levelname} {record.name}: {message}")


GUARD = LogGuard()


def pytest_sessionstart():
    logging.getLogger().addHandler(GUARD)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if GUARD.findings and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if not GUARD.findings:
        return
    terminalreporter.section("warnings and errors in Odoo's log")
    for finding in GUARD.findings:
        terminalreporter.line(finding[:2000])
