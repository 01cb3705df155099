"""What is printed at the start: what this machine lacks, and each fault once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.cli import live
from assistant.config import Config
from assistant.errors import AudioError

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
        config=Config.model_validate({"home": {"broker": {"host": "lan"}}}), examples=list,
        home=SimpleNamespace(devices={}, problem=problem),
    )
    live._greet(agent, "http://here", "in the kitchen", 1.0)
    printed = capsys.readouterr().out
    assert problem not in printed, "the warning says it in full"
    assert "lan:1883 cannot be reached yet, see `assistant doctor`" in printed
