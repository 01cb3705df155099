"""Somebody else's skill, as a package: built, installed with pip beside ours, allowed, and tested by its own tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.conftest import run

TEA = Path(__file__).parent / "tea"
PIP = ("install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's wheel, built from a copy of its sources."""
    folder = tmp_path_factory.mktemp("tea")
    shutil.copytree(TEA, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=folder / "source", check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture
def installed(python: Path, tea: Path) -> Path:
    """The environment with both."""
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *PIP, str(tea)], check=True)
    return python


def skill(python: Path, folder: Path, *words: str) -> list[str]:
    return run(python, "-m", "assistant", "skill", *words, cwd=folder).splitlines()


def test_it_is_found_but_not_loaded_before_it_was_allowed(installed: Path, tmp_path: Path) -> None:
    (line,) = (line for line in skill(installed, tmp_path, "list") if line.startswith("tea"))
    assert "my-tea-skill 1.2" in line and line.endswith("waits to be allowed")
    asked = subprocess.run(
        [str(installed), "-m", "assistant", "skill", "enable", "tea"], cwd=tmp_path, input="n\n", text=True,
        capture_output=True, check=False, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert asked.returncode == 1 and "  it may see, set and cancel all timers" in asked.stdout
    assert skill(installed, tmp_path, "enable", "tea", "--yes")[-1] == "tea is on."
    (line,) = (line for line in skill(installed, tmp_path, "list") if line.startswith("tea"))
    assert line.endswith("on")


def test_it_passes_its_own_tests_with_the_shipped_harness(installed: Path, tmp_path: Path) -> None:
    lines = skill(installed, tmp_path, "test", "tea")
    assert any(line.startswith("3 of 3 right, ") for line in lines), lines
    assert any("1 passed" in line for line in lines), lines
    assert skill(installed, tmp_path, "check", "tea")[-1].startswith("0 ambiguous")


def test_a_new_skill_works_outside_the_checkout(python: Path, tmp_path: Path) -> None:
    assert skill(python, tmp_path, "new", "coffee")
    assert skill(python, tmp_path, "test", "coffee")[-1].startswith("7 of 7 right, ")


def test_the_command_installs_it(python: Path, tea: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "uninstall", "-q", "-y", "my-tea-skill"],
                   check=False, capture_output=True)
    lines = skill(python, tmp_path, "install", str(tea), "--yes")
    assert lines[0] == "tea 1.2: Brews tea, and says when it is done." and lines[-1] == "tea is installed and on."
    assert any(line.startswith("tea") and line.endswith("on") for line in skill(python, tmp_path, "list"))
