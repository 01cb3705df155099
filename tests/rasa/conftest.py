"""Tests against a real Rasa. ``make test-rasa`` installs one, in an environment of Python 3.10; elsewhere they are left
out, aloud.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROGRAM = os.environ.get("RASA", "")
"""The rasa executable."""
LEFT_OUT = not PROGRAM

if LEFT_OUT:
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run."""
    if LEFT_OUT:
        terminalreporter.write_line("tests/rasa left out: rasa is not installed; make test-rasa runs them")


@pytest.fixture(scope="session")
def program() -> Path:
    """The rasa executable."""
    path = Path(PROGRAM).absolute()
    assert path.is_file(), f"RASA names {PROGRAM}, which is not there"
    return path
