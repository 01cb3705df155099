"""The wheel: built, installed beside the packages it needs, and run outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel; the packages it needs are borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    target = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True, capture_output=True)
    # A .pth file adds the folder and none of the .pth files in it: an editable checkout stays out.
    (Path(target) / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return python


def run(python: Path, *words: str, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "XDG_"))}
    environment["HOME"] = str(cwd)
    done = subprocess.run(
        [str(python), *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_ships_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("configs/default.yaml", "configs/home.yaml", "training/README.md", "voices/README.md"):
        assert f"assistant/_shipped/{name}" in names
    assert "assistant/py.typed" in names
    assert any(name.startswith("assistant/server/static/") for name in names)
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names}
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]
    skills = {path.parent.name for path in (ROOT / "skills").glob("*/skill.yaml")}
    assert skills <= {Path(name).parent.name for name in names if name.endswith("/skill.yaml")}


def test_it_runs_outside_the_checkout(python: Path, tmp_path: Path) -> None:
    where = run(python, "-c", "import assistant, assistant.paths as p; print(assistant.__file__, p.shipped_dir())",
                cwd=tmp_path)
    assert str(ROOT) not in where
    assert "_shipped" in where
    assert "is right" in run(python, "-m", "assistant", "config", "check", cwd=tmp_path)
    assert "_shipped/configs/default.yaml" in run(python, "-m", "assistant", "paths", cwd=tmp_path)


def test_its_script_and_backends_are_found(python: Path, tmp_path: Path) -> None:
    script = python.parent / "assistant"
    assert "Commands:" in run(python, str(script), "--help", cwd=tmp_path)
    rows = run(python, "-m", "assistant", "components", cwd=tmp_path).splitlines()
    assert any(" silero " in row and row.endswith("ready") for row in rows)
