"""Sound that was kept, replayed through today's ears: a spoken order, one without a wake word, a question's answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from assistant.agent import Agent
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE
from assistant.clock import hasten, run_virtual
from assistant.config import Config
from assistant.config.load import check_config
from assistant.recorder.course import timeless
from assistant.recorder.export import export_turn, replayed
from assistant.recorder.record import Record
from assistant.recorder.replay import replay
from assistant.recorder.sounds import sound_folder
from assistant.recording import Recording, opened
from assistant.store.turns import TurnRecord
from assistant.testing.voices import say
from assistant.yamlfile import parse_yaml

PAUSE = np.zeros(4 * SAMPLE_RATE, np.int16)
"""Longer than an answer, shorter than the follow-up window."""


def settings(**sections: Any) -> Config:
    plain = {"wake": "computer", "server": {"enabled": False}, "audio": {"input": None, "output": None}, **sections}
    return check_config(parse_yaml(yaml.safe_dump(plain), "the test's settings"))


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[TurnRecord]]:
    """The records of three turns; their sound is in the folder for it."""
    folder = tmp_path_factory.mktemp("heard")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME"):
            patch.setenv(f"XDG_{name}", str(folder / name.lower()))
        yield run_virtual(listen(settings(recorder={"audio": True}, store={"path": str(folder / "turns.db")})))


async def listen(config: Config) -> list[TurnRecord]:
    said = [say("computer, turn on the kitchen light"), PAUSE, say("and the bedroom light"), PAUSE,
            say("computer, unlock the front door"), PAUSE[: 5 * SAMPLE_RATE // 2], say("yes"), PAUSE]
    async with opened(Agent(config, passing=True)) as agent:
        await Recording(agent, np.concatenate(said), area="kitchen").play()
        return list(reversed(await hasten(agent.turns.latest(), agent.busy)))


def sound_of(turn: TurnRecord) -> Any:
    return read_sound(sound_folder() / f"{turn.id}.flac")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "text"), [*enumerate(
    ["turn on the kitchen light", "and the bedroom light", "unlock the front door"]
)])
def test_the_same_is_heard_and_done_each_time(heard: list[TurnRecord], number: int, text: str) -> None:
    turn = heard[number]
    record, sound = Record.of(turn), sound_of(turn)
    assert turn.text == text and turn.outcome == "done" and record.sound is not None
    assert len(sound) == record.sound.end - record.sound.start
    runs = [replay(record, settings(), sound) for _ in range(2)]
    assert runs[0].differences() == [] and runs[0].by == "audio"
    assert timeless(runs[0].events) == timeless(runs[1].events) and len(runs[0].events) > 8


@pytest.mark.slow
def test_another_wake_word_opens_no_turn(heard: list[TurnRecord]) -> None:
    run = replay(Record.of(heard[0]), settings(wake="hey nova"), sound_of(heard[0]))
    assert run.events == [] and run.course.outcome == "no turn began" and run.differences()


@pytest.mark.slow
def test_a_test_case_brings_its_sound(heard: list[TurnRecord], tmp_path: Path) -> None:
    turn = heard[2]
    paths = export_turn(turn, settings(), sound_folder() / f"{turn.id}.flac", tmp_path)
    assert [path.suffix for path in paths] == [".py", ".json", ".flac"]
    assert replayed(paths[1]).done == (("front_door", "unlock", "done"),)
