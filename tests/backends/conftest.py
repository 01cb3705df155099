"""Backends that need torch. ``make test-backends`` installs it and runs them; elsewhere they are left out, aloud."""

from __future__ import annotations

import os
from collections.abc import Generator
from importlib.util import find_spec

import pytest

INSTALLED = os.environ.get("CI_BACKENDS", "").lower() == "true"
"""Whether everything that a backend needs was installed, so that nothing may be skipped for want of it."""
LEFT_OUT = find_spec("torch") is None and not INSTALLED

if LEFT_OUT:
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run."""
    if LEFT_OUT:
        terminalreporter.write_line("tests/backends left out: torch is not installed; make test-backends runs them")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    wants_recordings = "data" in getattr(item, "fixturenames", ())
    if INSTALLED and report.skipped and not wants_recordings and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and everything it needs should be here: {report.longrepr}"
    return report
