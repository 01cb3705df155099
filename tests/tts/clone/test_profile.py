"""The folder of a voice that was made, and the setting that uses it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.config.voice_line import set_voice, with_voice
from assistant.errors import ConfigError, ModelError
from assistant.packaged import file_sha256
from assistant.tts.clone.profile import (
    Profile,
    check_name,
    export,
    find_voice,
    made_voices,
    read_profile,
    voice_folder,
    write_profile,
)
from assistant.tts.kokoro import STYLE_SHAPE, read_style, style_file


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def made(name: str = "anna") -> Path:
    folder = voice_folder(name)
    folder.mkdir(parents=True)
    np.save(folder / "style.npy", np.ones(STYLE_SHAPE, np.float16))
    digest = file_sha256(folder / "style.npy")
    write_profile(folder, Profile(name, "fitted", "2026-03-01", "12 recordings, 48 s", digest, measured={"words": 0.1}))
    return folder


def test_a_voice_is_found_by_its_name_and_read_as_numbers() -> None:
    folder = made()
    assert find_voice("anna") == folder
    assert read_style(style_file("anna")).shape == STYLE_SHAPE
    assert "unverified" in (folder / "CARD.md").read_text()
    with pytest.raises(ModelError, match="no voice 'ana'"):
        find_voice("ana")
    with pytest.raises(ModelError, match="no name"):
        check_name("../anna")


def test_a_damaged_voice_is_named_and_the_others_are_listed() -> None:
    folder = made()
    made("berta")
    (folder / "style.npy").write_bytes(b"\x93NUMPY broken")
    with pytest.raises(ModelError, match="missing or damaged"):
        read_profile(folder)
    with pytest.raises(ModelError, match="cannot be read as a style"):
        read_style(folder / "style.npy")
    (folder / "profile.yaml").write_text("name: anna\nwho: me\n")
    with pytest.raises(ModelError, match="no profile"):
        read_profile(folder)
    kinds = [type(voice).__name__ for voice in made_voices()]
    assert kinds == ["ModelError", "Profile"]


def test_a_style_is_never_executed(tmp_path: Path) -> None:
    np.save(tmp_path / "style.npy", np.array([print], object), allow_pickle=True)
    with pytest.raises(ModelError):
        read_style(tmp_path / "style.npy")
    np.save(tmp_path / "style.npy", np.full(STYLE_SHAPE, np.nan, np.float32))
    with pytest.raises(ModelError, match="no style table"):
        read_style(tmp_path / "style.npy")


def test_a_voice_without_consent_does_not_travel(tmp_path: Path) -> None:
    folder = made()
    with pytest.raises(ModelError, match="nobody consented"):
        export("anna", tmp_path / "usb")
    write_profile(folder, replace(read_profile(folder), consent="Anna, 2026-03-01, word walnut"))
    export("anna", tmp_path / "usb")
    assert read_profile(tmp_path / "usb" / "anna").consent.startswith("Anna")


def test_the_setting_replaces_the_section_and_nothing_else() -> None:
    before = "# mine\nwake: computer\ntts:\n  backend: piper\n\n  speed: 1.2\nhome: {}\n"
    assert with_voice(before, "{backend: espeak}") == "# mine\nwake: computer\nhome: {}\ntts: {backend: espeak}\n"
    assert with_voice("", "{backend: espeak}") == "tts: {backend: espeak}\n"
    file = set_voice("{backend: espeak, voice: en-gb}")
    with pytest.raises(ConfigError):
        set_voice("{backend: nobody}")
    assert file.read_text() == "tts: {backend: espeak, voice: en-gb}\n"
    assert not file.with_suffix(".part").exists()
