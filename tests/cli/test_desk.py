"""The desk: what the commands get from an agent, here one of fakes on a real bus."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.bus import Bus
from assistant.cli import desk as desk_module
from assistant.cli.desk import CONSOLE, Desk
from assistant.errors import AssistantError
from assistant.events import Answered, Event, QuestionAsked, TurnEnded


class FakeSession:
    """A source that publishes what the test wants it to."""

    def __init__(self, agent: FakeAgent, name: str, silent: bool) -> None:
        self.agent, self.name, self.kind, self.silent, self.area, self.muted = agent, name, "page", silent, "", False
        self.said: list[str] = []

    async def text(self, text: str) -> str:
        for event in self.agent.script.pop(0):
            self.agent.bus.post(event)
        return ""

    async def announce(self, text: str) -> None:
        self.said.append(text)

    def mute(self, muted: bool) -> None:
        self.muted = muted


class FakeAgent:
    """Sessions on a real bus."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.sessions: dict[str, FakeSession] = {}
        self.script: list[list[Event]] = []
        self.config = SimpleNamespace(
            file="config.yaml", home=SimpleNamespace(simulate=True), area_of={CONSOLE: "study"}.__getitem__
        )

    def open_session(self, name: str, kind: str, area: str | None = None, *, silent: bool = False) -> FakeSession:
        self.sessions[name] = FakeSession(self, name, silent)
        return self.sessions[name]


@pytest.fixture
async def agent() -> FakeAgent:
    return FakeAgent()


@pytest.fixture
def desk(agent: FakeAgent) -> Desk:
    untyped: Any = agent
    return Desk(untyped, "http://here")


async def test_a_question_is_a_reply_and_the_next_text_its_answer(agent: FakeAgent, desk: Desk) -> None:
    agent.script = [
        [QuestionAsked(source=CONSOLE, text="Unlock the door?", expects="yes_no")],
        [Answered(source=CONSOLE, text="It is unlocked.", outcome="done"), TurnEnded(source=CONSOLE, outcome="done")],
    ]
    assert await desk.ask("unlock the door") == {"text": "Unlock the door?", "outcome": "question"}
    assert await desk.ask("yes") == {"text": "It is unlocked.", "outcome": "done"}
    assert list(agent.sessions) == [CONSOLE], "both belong to one conversation"
    assert agent.sessions[CONSOLE].silent


async def test_a_room_is_meant_for_one_order(agent: FakeAgent, desk: Desk) -> None:
    rooms = []
    for area in ("attic", "", "cellar", ""):
        agent.script = [[TurnEnded(source=CONSOLE, outcome="done")]]
        await desk.ask("turn on the light", area)
        rooms.append(agent.sessions[CONSOLE].area)
    assert rooms == ["attic", "study", "cellar", "study"]


async def test_who_ends_it(agent: FakeAgent, desk: Desk) -> None:
    with pytest.raises(AssistantError, match="ends with the command that started it"):
        await desk.stop()
    ended: list[bool] = []
    untyped: Any = agent
    await Desk(untyped, "", lambda: ended.append(True)).stop()
    assert ended == [True]


async def test_another_order_instead_of_an_answer_gets_its_own_reply(agent: FakeAgent, desk: Desk) -> None:
    agent.script = [
        [QuestionAsked(source=CONSOLE, text="Unlock the door?", expects="yes_no")],
        [TurnEnded(source=CONSOLE, outcome="cancelled", reason="replaced"),
         Answered(source=CONSOLE, text="The light is off.", outcome="done"),
         TurnEnded(source=CONSOLE, outcome="done")],
    ]
    assert (await desk.ask("unlock the door"))["outcome"] == "question"
    assert await desk.ask("turn off the light") == {"text": "The light is off.", "outcome": "done"}


async def test_events_of_others_are_no_answer(agent: FakeAgent, desk: Desk) -> None:
    agent.script = [[
        Answered(source="page", text="Not for us.", outcome="done"), TurnEnded(source="page", outcome="done"),
        Answered(source=CONSOLE, text="For us.", outcome="info"), TurnEnded(source=CONSOLE, outcome="info"),
    ]]
    assert await desk.ask("what time is it") == {"text": "For us.", "outcome": "info"}


async def test_a_turn_that_never_ends_is_said_to(
    agent: FakeAgent, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "ANSWER_SECONDS", 0.05)
    agent.script = [[]]
    with pytest.raises(AssistantError, match="no answer"):
        await desk.ask("hello")


async def test_say_reaches_every_loudspeaker(agent: FakeAgent, desk: Desk) -> None:
    with pytest.raises(AssistantError, match="nobody can hear it"):
        await desk.say("dinner")
    agent.open_session("page", "page")
    agent.open_session(CONSOLE, "console", silent=True)
    assert await desk.say("dinner") == {"sources": ["page"]}
    assert agent.sessions["page"].said == ["dinner"]


async def test_mute_all_or_one(agent: FakeAgent, desk: Desk) -> None:
    with pytest.raises(AssistantError, match="no microphone is open"):
        await desk.mute(True)
    for name in ("page", "microphone"):
        agent.open_session(name, name)
    await desk.mute(True)
    assert [session.muted for session in agent.sessions.values()] == [True, True]
    await desk.mute(False, source="page")
    assert [session.muted for session in agent.sessions.values()] == [False, True]
    with pytest.raises(AssistantError, match="no microphone 'attic'"):
        await desk.mute(True, source="attic")


async def test_status_names_process_and_page(agent: FakeAgent, desk: Desk) -> None:
    agent.open_session("page", "page")
    status = await desk.status()
    assert status["page"] == "http://here"
    assert [source["name"] for source in status["sources"]] == ["page"]
