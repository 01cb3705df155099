"""Folders: the user's before what ships; nothing is made by asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import paths


def test_what_ships_is_found_in_the_checkout() -> None:
    for kind in paths.SHIPPED_KINDS:
        assert (paths.shipped_dir() / kind).is_dir(), kind


def test_own_folder_is_found_first(own_folders: Path) -> None:
    shipped = paths.find("configs", "default.yaml")
    assert shipped is not None and paths.shipped_dir() in shipped.parents
    own = paths.data_dir() / "configs" / "default.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("", encoding="utf-8")
    assert paths.find("configs", "default.yaml") == own
    assert paths.find("configs", "nothing.yaml") is None


def test_asking_makes_no_folder(own_folders: Path) -> None:
    kept = [paths.config_dir(), paths.data_dir(), paths.state_dir(), paths.cache_dir()]
    assert all(own_folders in folder.parents for folder in kept)
    folders = {*kept, paths.runtime_dir()}
    assert len(folders) == 5 and not any(folder.exists() for folder in folders)


def test_a_relative_folder_in_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert paths.data_dir() == Path.home() / ".local/share" / paths.APP


def test_without_a_runtime_folder_a_private_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert paths.runtime_dir().is_absolute()
    assert paths.APP in paths.runtime_dir().name
