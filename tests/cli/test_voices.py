"""``assistant voices``: what is here says a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.audio.files import read_sound
from assistant.cli import voice_play
from assistant.cli.app import app


def test_all_voices_that_are_here_say_the_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_play, "here", lambda: [("espeak", "espeak", {}), ("nobody", "espeak", {"voice": "xx"})])
    result = CliRunner().invoke(app, ["voices", "play", "--text", "It is 8:05.", "--output", str(tmp_path)])
    assert result.exit_code == 0 and "nobody cannot speak" in result.output
    assert len(read_sound(tmp_path / "espeak.wav")) > 8000
    assert not (tmp_path / "nobody.wav").exists()


def test_the_packaged_voices_are_among_them() -> None:
    names = [name for name, _, _ in voice_play.here()]
    assert {"piper", "espeak"} <= set(names)


def test_a_voice_that_is_not_there_is_neither_used_nor_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for command in (["use", "anna"], ["export", "anna", str(tmp_path)]):
        result = CliRunner().invoke(app, ["voices", *command])
        assert result.exit_code != 0 and "no voice 'anna'" in result.output
    assert not (tmp_path / "config").exists()
