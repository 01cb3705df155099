"""The broker's folder of settings: gone with its agent, or at the next start if that was killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from assistant.home.broker import FOLDER, LOCK, EmbeddedBroker, clean_stale
from tests.home.conftest import need_broker

LONG_AGO = 1_000_000_000


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def make(place: Path, name: str, *, lock: bool = True, old: bool = True) -> Path:
    folder = place / name
    folder.mkdir()
    if lock:
        (folder / LOCK).touch()
    if old:
        os.utime(folder, (LONG_AGO, LONG_AGO))
    return folder


def test_only_what_a_killed_agent_left_is_removed(temporary: Path) -> None:
    killed = [make(temporary, f"{FOLDER}killed"), make(temporary, f"{FOLDER}unlocked", lock=False)]
    alive = make(temporary, f"{FOLDER}alive")
    others = [make(temporary, "something-else"), make(temporary, f"{FOLDER}young", lock=False, old=False)]
    link = temporary / f"{FOLDER}link"
    link.symlink_to(others[0])
    with (alive / LOCK).open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        clean_stale()
    assert not any(folder.exists() for folder in killed)
    assert all(folder.exists() for folder in (alive, *others, link))


def folders(place: Path) -> list[str]:
    return [found.name for found in place.iterdir() if found.name.startswith(FOLDER)]


async def test_a_running_broker_keeps_its_folder_and_takes_it_along(temporary: Path) -> None:
    need_broker("mosquitto")
    left = make(temporary, f"{FOLDER}left")
    async with EmbeddedBroker("mosquitto"):
        (own,) = folders(temporary)
        assert own != left.name
        os.utime(temporary / own, (LONG_AGO, LONG_AGO))
        clean_stale()
        assert folders(temporary) == [own]
    assert not folders(temporary)
