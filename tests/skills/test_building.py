"""A package that comes as source is not built, which would run its code, before somebody said so."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.errors import SkillError
from assistant.skills.install import offered

PROJECT = """[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "my-tea"
version = "1.0"
"""
BACKEND = """import pathlib, zipfile

pathlib.Path(RAN).touch()

def prepare_metadata_for_build_wheel(folder, settings=None):
    place = pathlib.Path(folder) / "my_tea-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\\nName: my-tea\\nVersion: 1.0\\n")
    return place.name

def build_wheel(folder, settings=None, metadata=None):
    name = "my_tea-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("my_tea/skill.yaml", "name: tea\\n")
        info = "my_tea-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: my-tea\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[assistant.skills]\\ntea = my_tea\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package whose build leaves a file ``ran``; what would be installed lands beside it."""
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "installed"))
    folder = tmp_path / "my-tea-1.0"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    (folder / "backend.py").write_text(BACKEND.replace("RAN", repr(str(tmp_path / "ran"))), "utf-8")
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: my-tea\nVersion: 1.0\n", "utf-8")
    return folder


def archive(source: Path) -> Path:
    path = source.parent / "served" / "my-tea-1.0.tar.gz"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as file:
        file.add(source, source.name)
    return path


def test_source_is_not_built_unasked(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = archive(source)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(packed.parent))
    monkeypatch.chdir(source.parent)
    named = shutil.copytree(source, source.parent / "my_tea-1.0-py3-none-any.whl")
    there = (source, named, named.as_uri(), packed, packed.as_uri(), f"my-tea @ {packed.as_uri()}", f"{source}[x]")
    forms = (*there, "my-tea", "my-tea==1.0")
    for what in map(str, forms):
        with pytest.raises(SkillError, match=r"(source|no wheel).*with --build"), offered(what):
            pass
        assert not (tmp_path / "ran").exists(), what


def test_it_is_built_where_that_was_said(source: Path, tmp_path: Path) -> None:
    with offered(str(archive(source)), build=True) as offer:
        assert offer.manifest.name == "tea" and offer.source.suffix == ".whl"
    assert (tmp_path / "ran").exists()


def test_the_command_says_so(source: Path, tmp_path: Path, own_folders: Path) -> None:
    done = CliRunner().invoke(app, ["skill", "install", "--yes", str(source)])
    assert done.exit_code and "with --build" in done.stderr
    assert not (tmp_path / "ran").exists() and not (tmp_path / "installed").exists()
    done = CliRunner().invoke(app, ["skill", "install", "--build", str(source)], input="n\n")
    assert done.exit_code == 1 and "Allow that?" in done.output
