"""What is printed at the start: what this machine lacks, and each fault once; and that a start can be ended."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.cli import live
from assistant.config import Config, load_config
from assistant.errors import AudioError
from assistant.paths import own_config_file, shipped_dir

SOUGHT = AudioError("there is no loudspeaker", mend="plug one in, or use the page")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], "this machine has no microphone and no loudspeaker: use the page instead"),
        ([SimpleNamespace(inputs=1, outputs=0)], "this machine has no loudspeaker: use the page instead"),
        ([SimpleNamespace(inputs=0, outputs=2)], "this machine has no microphone: use the page instead"),
        ([SimpleNamespace(inputs=1, outputs=2)], "there is no loudspeaker: use the page instead"),
    ],
)
def test_all_that_is_missing_is_named(found: list[Any], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.audio.devices.list_devices", lambda: found)
    assert live.no_sound(Config(), SOUGHT) == says


def test_what_is_switched_off_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.audio.devices.list_devices", list)
    config = Config.model_validate({"audio": {"input": None}, "server": {"enabled": False}})
    assert live.no_sound(config, AudioError("switched off in the settings")).startswith("switched off in the settings")


def test_a_broker_that_is_away_is_explained_once(capsys: pytest.CaptureFixture[str]) -> None:
    problem = "broker lan:1883: it refuses the connection (start it, or name another under home: broker)"
    agent: Any = SimpleNamespace(
        config=Config.model_validate({"home": {"broker": {"host": "lan"}}}), suggestions=list,
        home=SimpleNamespace(devices={}, problem=problem),
    )
    live._greet(agent, "http://here", "in the kitchen", 1.0)
    printed = capsys.readouterr().out
    assert problem not in printed, "the warning says it in full"
    assert "lan:1883 cannot be reached yet, see `assistant doctor`" in printed


def test_the_settings_that_are_used_are_named(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = own_config_file()
    assert live._settings(load_config()) == f"the defaults; there is no {own} yet"
    other = own_folders / "other.yaml"
    other.write_text("vad: silero\n", encoding="utf-8")
    monkeypatch.chdir(own_folders)
    assert live._settings(load_config("other.yaml")) == str(other)
    own.parent.mkdir()
    own.write_text("vad: silero\n", encoding="utf-8")
    assert live._settings(load_config()) == str(own)
    shipped = shipped_dir() / "configs" / "default.yaml"
    assert live._settings(load_config(shipped)) == str(shipped), "it was asked for"


async def test_a_start_that_takes_long_can_be_ended() -> None:
    ended, undone = asyncio.Event(), False

    async def start(seconds: float) -> str:
        nonlocal undone
        try:
            await asyncio.sleep(seconds)
        finally:
            undone = True
        return "started"

    assert await live._unless(ended, start(0.0)) == "started"
    undone = False
    asyncio.get_running_loop().call_soon(ended.set)
    assert await live._unless(ended, start(60.0)) is None
    assert undone
