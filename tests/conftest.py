"""What all tests share: where the recordings are, the same cases in every run, and that nothing is skipped in CI."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from assistant import paths

# The same cases in every run, however busy the machine is.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# Tests start hundreds of processes. Where no bytecode is to be written, each would compile the whole package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# They run side by side: the threads of one's matrix products would only wait for those of another's. numpy, which no
# module above has imported, reads this once.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

CI = os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="session")
def data() -> Path:
    """The recordings; skips where the machine has none."""
    folder = paths.test_data()
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder}: set ASSISTANT_TEST_DATA")
    return folder


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own: no file of the user is read or written. Gives its folder."""
    for variable in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME"):
        folder = tmp_path / variable.lower()
        folder.mkdir(mode=0o700)
        monkeypatch.setenv(f"XDG_{variable}", str(folder))
    with tempfile.TemporaryDirectory() as runtime:  # a socket's path may have 107 bytes: the test's own is too long
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        yield tmp_path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        _fail(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if CI and report.skipped:
        _fail(report, collector.nodeid)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport, nodeid: str) -> None:
    """Continuous integration has everything installed: a skipped test is a broken machine."""
    report.outcome = "failed"
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.longrepr = f"{nodeid} was skipped, and nothing may be skipped here: {reason}"
