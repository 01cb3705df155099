"""Voices that were made, on bad days: a full disk, a damaged folder. Clear words, and somebody goes on speaking."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.tts.client import SynthesizerClient
from assistant.tts.clone.consent import Request, ask, asked
from assistant.tts.clone.files import write_whole
from assistant.tts.clone.library import Library
from assistant.tts.clone.profile import Profile, export, read_profile, write_profile
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker
from tests.tts.clone.test_profile import made, own_folders

__all__ = ["own_folders"]
FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")


def fill(path: Path) -> None:
    """Let the disk be full for what is written next in place of ``path``."""
    path.with_name(f"{path.name}.part").symlink_to(FULL)


def test_a_full_disk_leaves_the_voice_that_was_there() -> None:
    folder = made()
    before = read_profile(folder)
    fill(folder / "profile.yaml")
    with pytest.raises(ModelError, match=r"profile\.yaml: cannot be written: No space left.*check the space"):
        write_profile(folder, replace(before, consent="Anna"))
    assert read_profile(folder) == before
    assert not list(folder.glob("*.part"))
    write_profile(folder, replace(before, consent="Anna"))
    assert read_profile(folder).consent == "Anna"


def test_a_full_disk_keeps_what_a_search_has_heard(tmp_path: Path) -> None:
    kept = tmp_path / "search.npz"
    library = Library(np.ones((2, 4), np.float32), np.ones((2, 256), np.float32), np.ones(2, np.float32))
    library.write(kept)
    fill(kept)
    with pytest.raises(ModelError, match="No space left"):
        library.write(kept)
    assert len(Library.read(kept)) == 2


def test_a_full_disk_keeps_the_sentence_that_was_asked_for(tmp_path: Path) -> None:
    request = Request("Anna", date(2026, 3, 1), "walnut")
    ask(tmp_path, request)
    fill(tmp_path / "consent.yaml")
    with pytest.raises(ModelError, match="No space left"):
        ask(tmp_path, replace(request, word="river"))
    assert asked(tmp_path) == request


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file or directory"):
        write_whole(tmp_path / "none" / "style.npy", b"x")


def test_a_voice_is_exported_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = made()
    write_profile(folder, replace(read_profile(folder), consent="Anna, 2026-03-01, word walnut"))
    with pytest.raises(ModelError, match="cannot be copied"):
        export("anna", tmp_path / "data" / "voice-assistant" / "voices" / "anna" / "style.npy")
    export("anna", tmp_path / "usb")
    with pytest.raises(ModelError, match="is there already"):
        export("anna", tmp_path / "usb")
    assert read_profile(tmp_path / "usb" / "anna") == read_profile(folder)


@pytest.mark.parametrize("damage", ["gone", "cut", "foreign"])
async def test_where_the_voice_is_damaged_another_speaks(damage: str, caplog: pytest.LogCaptureFixture) -> None:
    folder = made()
    if damage == "gone":
        (folder / "style.npy").unlink()
    elif damage == "cut":
        (folder / "style.npy").write_bytes((folder / "style.npy").read_bytes()[:1000])
    else:
        np.save(folder / "style.npy", np.ones((3, 3), np.float32))
    service = "assistant.tts.service:SynthesizerService"
    voice = Worker(WorkerSpec("voice", service, {"backend": "tests.tts.clone.styled:Styled:StyledConfig",
                                                 "options": {"style": str(folder / "style.npy")}}))
    spare = Worker(WorkerSpec("spare voice", service, {"backend": "espeak"}))
    client = SynthesizerClient(voice, spare, patience=20)
    try:
        async with asyncio.timeout(60):
            await client.start()
            pieces = [piece async for piece in client.speak("It is on.")]
    finally:
        await client.close()
        await voice.close()
        await spare.close()
    assert np.abs(np.concatenate([piece.pcm for piece in pieces])).max() > 3000
    assert "style.npy" in caplog.text and "the spare voice speaks in its place" in caplog.text


def test_a_profile_that_is_no_profile_is_told(tmp_path: Path) -> None:
    folder = made()
    for text in ("- a list\n", "name: [\n", "\x00", ""):
        (folder / "profile.yaml").write_text(text)
        with pytest.raises(ModelError):
            read_profile(folder)
    assert Profile("x", "fitted", "", "", "").private
