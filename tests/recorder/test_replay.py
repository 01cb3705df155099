"""Turns of a whole agent with a simulated home, typed; then run again from their records."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from assistant.agent import Agent
from assistant.config import Config
from assistant.config.load import check_config
from assistant.errors import AssistantError, StoreError
from assistant.events import TurnStarted, encode
from assistant.parts import World
from assistant.recorder.course import timeless
from assistant.recorder.export import export_turn, replayed
from assistant.recorder.record import Record
from assistant.recorder.replay import replay
from assistant.recorder.stand_ins import QuietVoice, TextWorkers
from assistant.store.turns import TurnRecord
from assistant.yamlfile import parse_yaml

TALKS = (
    ("turn on the kitchen light",), ("turn it off again",), ("unlock the front door", "never mind"),
    ("unlock the front door", "yes"), ("set a timer for ten minutes",), ("how much time is left",),
    ("what time is it",), ("frobnicate the moon",),
)


def settings(**sections: Any) -> Config:
    plain = {"server": {"enabled": False}, "audio": {"input": None, "output": None}, **sections}
    return check_config(parse_yaml(yaml.safe_dump(plain), "the test's settings"))


@asynccontextmanager
async def deaf_agent(config: Config) -> AsyncIterator[Agent]:
    """A live agent that can only be typed to."""
    world = World(workers=cast(Any, lambda *parts: TextWorkers(QuietVoice({}))))
    async with Agent(config, passing=True, world=world) as agent:
        yield agent


async def record_turns(config: Config, talks: Sequence[Sequence[str]]) -> list[TurnRecord]:
    """Type each talk; the records, in order."""
    async with deaf_agent(config) as agent:
        session = agent.open_session("desk", "console", "kitchen", silent=True)
        for number, talk in enumerate(talks, 1):
            for text in talk:
                await session.text(text)
            await recorded(agent, number)
        return list(reversed(await agent.turns.latest(100)))


async def recorded(agent: Agent, count: int) -> None:
    """Wait until so many turns are over and written down."""
    for _ in range(500):
        if len(await agent.turns.latest(100)) == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"there are no {count} turns in the record")


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[TurnRecord]]:
    folder = tmp_path_factory.mktemp("replayed")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME"):
            patch.setenv(f"XDG_{name}", str(folder / name.lower()))
        yield asyncio.run(record_turns(settings(store={"path": str(folder / "turns.db")}), TALKS))


@pytest.mark.parametrize("number", range(len(TALKS)), ids=[" ".join(talk) for talk in TALKS])
def test_a_turn_run_again_is_the_same_each_time(turns: list[TurnRecord], number: int) -> None:
    record = Record.of(turns[number])
    runs = [replay(record, settings()) for _ in range(2)]
    assert runs[0].differences() == [] and runs[0].notes == []
    assert runs[0].course.outcome == record.outcome and runs[0].course.answers[-1:] == (record.answer,)
    assert len(runs[0].events) > 4 and timeless(runs[0].events) == timeless(runs[1].events)


def test_the_home_is_as_it_was(turns: list[TurnRecord]) -> None:
    on, off = (replay(Record.of(turns[number]), settings()).course for number in (0, 1))
    assert on.done == (("kitchen_light", "turn_on", "done"),)
    assert off.done == (("kitchen_light", "turn_off", "done"),), "it was on then"


def test_a_device_that_did_not_answer_does_not_again(turns: list[TurnRecord]) -> None:
    trace = json.loads(json.dumps(turns[0].trace).replace('"status": "done"', '"status": "no_answer"'))
    course = replay(Record.of(replace(turns[0], trace=trace)), settings()).course
    assert course.done == (("kitchen_light", "turn_on", "no_answer"),) and course.outcome == "failed"


def test_what_today_s_code_does_otherwise_is_told(turns: list[TurnRecord]) -> None:
    run = replay(Record.of(turns[0]), settings(skills={"disabled": ["home"]}))
    assert run.notes == ["there is no skill home here any more"]
    told = {one.what: (one.before, one.now) for one in run.differences()}
    assert told["meanings"] == ((("home", "TurnOn"),), (("", "not understood"),))
    assert told["outcome"] == ("done", "not_understood") and told["done"][1] == ()


def test_what_another_process_guessed_is_served_from_the_record(turns: list[TurnRecord]) -> None:
    events = [
        {**event, "link": "trained", "confidence": 0.97} if event["type"] == "Understood" else
        {**event, "text": "illuminate the cookery"} if event["type"] == "TurnStarted" else event
        for event in turns[0].trace["events"]
    ]
    run = replay(Record.of(replace(turns[0], trace={**turns[0].trace, "events": events})), settings())
    assert run.differences() == [] and run.course.done == (("kitchen_light", "turn_on", "done"),)


def test_what_a_language_model_answered_is_served_from_the_record(turns: list[TurnRecord]) -> None:
    events = [
        {**event, "text": "It glows.", "outcome": "info"} if event["type"] == "Answered" else event
        for event in turns[7].trace["events"] if event["type"] != "NotUnderstood"
    ]
    run = replay(Record.of(replace(turns[7], trace={**turns[7].trace, "events": events})), settings())
    assert run.course.answers == ("It glows.",) and run.course.meanings == ()


ORACLE = """
from assistant.skills import Context, Skill, intent


class Oracle(Skill):
    @intent("Ask")
    async def ask_it(self, ctx: Context) -> str:
        return (await ctx.web.get("https://oracle.example/")).text
"""


def test_a_skill_that_needs_what_is_not_in_the_record_answers_as_then(
    turns: list[TurnRecord], tmp_path: Path
) -> None:
    folder = tmp_path / "oracle"
    folder.mkdir()
    (folder / "skill.py").write_text(ORACLE)
    (folder / "skill.yaml").write_text("name: oracle\ngrants: ['net:oracle.example']\n")
    (folder / "sentences.yaml").write_text(
        "language: en\nintents:\n  Ask: {data: [{sentences: ['ask the oracle']}]}\n"
    )
    started = encode(TurnStarted(turn="o", at=0.1, reason="text", text="ask the oracle"))
    order = {"skill": "oracle", "intent": "Ask", "answer": {"text": "Perhaps.", "outcome": "info"}}
    outside = {**turns[0].trace["outside"], "orders": [order]}
    record = Record.of(replace(turns[0], trace={"events": [started], "outside": outside}))
    run = replay(record, settings(skills={"folders": [str(folder)]}))
    assert run.course.answers == ("Perhaps.",)
    assert "web.get" in run.notes[-1] and any("oracle is that of the record" in note for note in run.notes)


def test_an_old_record_is_replayed_with_the_home_of_the_settings(turns: list[TurnRecord]) -> None:
    trace = {"events": turns[0].trace["events"]}
    run = replay(Record.of(replace(turns[0], trace=trace)), settings())
    assert "no home" in run.notes[0] and run.course.meanings == (("home", "TurnOn"),)


def test_what_cannot_be_replayed_says_why(turns: list[TurnRecord]) -> None:
    rang = {"events": [encode(TurnStarted(turn="r", at=0.1, reason="ring", text="Your timer is up."))]}
    damaged = {**turns[0].trace, "outside": {"before": {"home": "no home at all"}}}
    for trace, what in ((rang, "nobody said anything"), ({"events": []}, "how the turn began"),
                        (damaged, "the home in the record is damaged")):
        with pytest.raises(AssistantError) as caught:
            replay(Record.of(replace(turns[0], trace=trace)), settings())
        assert what in caught.value.what, caught.value
    with pytest.raises(StoreError, match="damaged"):
        Record.of(replace(turns[0], trace={"events": "none"}))


def test_an_exported_turn_is_a_test_that_passes(turns: list[TurnRecord], tmp_path: Path) -> None:
    paths = export_turn(turns[3], settings(), tmp_path / "no sound.flac", tmp_path / "case")
    assert [path.suffix for path in paths] == [".py", ".json"]
    code, printed = pytest_of(paths[0])
    assert code == 0 and "3 passed" in printed, printed
    assert replayed(paths[1]).questions == ("Shall I unlock the front door?",)


def test_a_test_fails_where_the_answer_is_another(turns: list[TurnRecord], tmp_path: Path) -> None:
    path, *_ = export_turn(turns[6], settings(), tmp_path / "none.flac", tmp_path)
    path.write_text(path.read_text("utf-8").replace(turns[6].answer, "It is late."), "utf-8")
    code, printed = pytest_of(path)
    assert code == 1 and "1 failed, 2 passed" in printed, printed


def pytest_of(path: Path) -> tuple[int, str]:
    """How a test file ends, and what it prints."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", path], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout
