"""Records as they are written down and read again, and the notes that they are made of."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assistant.dialogue.conversation import Conversation
from assistant.errors import SkillError, StoreError
from assistant.events import TurnStarted
from assistant.home.schema import Household
from assistant.recorder.outside import LARGEST_RESULT, OutsideNotes, Overheard
from assistant.recorder.record import Outside, pack, unpack
from assistant.recorder.recorded_requests import RecordedRequests
from assistant.skills.messages import Answer, HandleRequest
from assistant.store.store import Store
from assistant.store.timers import Timers

HOME = Household.model_validate({
    "floors": [{"name": "ground floor"}], "areas": [{"name": "kitchen", "floor": "ground floor"}],
    "devices": [
        {"name": "kitchen light", "kind": "light", "area": "kitchen", "state": {"on": True, "brightness": 40}},
        {"name": "front door", "kind": "lock", "state": {"locked": True}, "available": False},
    ],
})
ORDER = HandleRequest("lists", "Add", {"item": "milk"}, "add milk", "desk", "t")


def call(skill: str = "lists", turn: str = "t") -> Any:
    return SimpleNamespace(skill=skill, order=HandleRequest(skill, "Add", turn=turn))


class Requests:
    """Answers as an agent would."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def request(self, call: Any, name: str, args: dict[str, Any]) -> Any:
        self.asked.append((name, args))
        if name == "web.get" and args["url"] == "https://away":
            raise SkillError("cannot be reached", where="away")
        return {"large": "x" * LARGEST_RESULT} if args.get("key") == "large" else f"answer to {name}"

    def listen(self, *what: Any) -> Any:
        return lambda: None


def test_a_home_is_read_as_it_was_written() -> None:
    text = pack(HOME)
    assert unpack(text, "here") == HOME and len(text) < 500


@pytest.mark.parametrize("text", ["", "no home", pack(HOME)[:-8], pack(HOME).swapcase()])
def test_a_damaged_home_is_named(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        unpack(text, "turn t")
    assert caught.value.where == "turn t" and "damaged" in caught.value.what


async def noted(**handled: Any) -> tuple[OutsideNotes, Overheard, Requests]:
    """Notes of a turn that has begun."""
    async with Store(":memory:") as store:
        timers = Timers(store, lambda event: None)
        await timers.take_up(600.0, 300.0, "tea", "desk")
        home = SimpleNamespace(
            devices={device.id: device for device in HOME.devices}, areas={area.name: area for area in HOME.areas},
            floors={floor.name: floor for floor in HOME.floors},
            groups={group.id: group for group in HOME.groups}, connected=True,
        )
        source = SimpleNamespace(kind="console", area="kitchen", silent=True, volume=60,
                                 conversation=Conversation(intent="home.TurnOn", heard="turn on the light"))
        clock = lambda: datetime.fromisoformat("2026-11-28T08:30:00+01:00")  # noqa: E731
        notes = OutsideNotes(lambda: cast(Any, home), timers, lambda name: cast(Any, source), clock)
        notes.began(TurnStarted(source="desk", turn="t", reason="text", text="add milk"))
        timers.close()
    requests = Requests()
    return notes, Overheard(requests, notes), requests


async def test_the_world_at_the_beginning_is_noted() -> None:
    notes, _, _ = await noted()
    before = Outside.model_validate((await notes.ended("t"))["outside"]).before
    assert (before.kind, before.area, before.now) == ("console", "kitchen", "2026-11-28T08:30:00+01:00")
    assert before.conversation["heard"] == "turn on the light" and unpack(before.home, "here") == HOME
    [timer] = before.timers
    assert (timer.name, timer.seconds) == ("tea", 600.0) and 299 < timer.left <= 300


async def test_orders_and_what_skills_are_given_are_noted() -> None:
    notes, overheard, _ = await noted()

    async def handle(order: HandleRequest, effects: Any, asker: Any) -> Answer:
        return Answer("Added milk.", remember={"list": "shopping"})

    def recall(order: HandleRequest) -> HandleRequest:
        return HandleRequest(**{**order.to_dict(), "conversation": {"memory": {"list": "food"}}})

    answer = await notes.handling(handle, recall)(ORDER, cast(Any, None), cast(Any, None))
    assert answer.text == "Added milk."
    await overheard.request(call(), "store.get", {"key": "shopping"})
    await overheard.request(call(), "devices", {})
    await overheard.request(call(), "store.get", {"key": "large"})
    await overheard.request(call(turn="another"), "store.get", {"key": "shopping"})
    outside = Outside.model_validate((await notes.ended("t"))["outside"])
    [order] = outside.orders
    assert order.memory == {"list": "food"} and order.answer is not None and order.answer["text"] == "Added milk."
    assert [(one.name, one.result) for one in outside.requests] == [("store.get", "answer to store.get")]


async def test_a_replay_is_given_what_came_from_outside() -> None:
    notes, overheard, _ = await noted()
    await overheard.request(call("weather"), "web.get", {"url": "https://rain"})
    with pytest.raises(SkillError):
        await overheard.request(call("weather"), "web.get", {"url": "https://away"})
    await overheard.request(call(), "store.get", {"key": "shopping"})
    outside = Outside.model_validate((await notes.ended("t"))["outside"])
    agent = Requests()
    replayed = RecordedRequests(agent, outside.requests)
    assert await replayed.request(call("weather"), "web.get", {"url": "https://rain"}) == "answer to web.get"
    with pytest.raises(SkillError, match="cannot be reached"):
        await replayed.request(call("weather"), "web.get", {"url": "https://away"})
    with pytest.raises(SkillError, match="not in the record"):
        await replayed.request(call("weather"), "web.get", {"url": "https://another"})
    assert replayed.missed == ["weather asks for web.get, which is not in the record"]
    assert await replayed.request(call(), "store.get", {"key": "shopping"}) == "answer to store.get"
    assert agent.asked == [], "nothing reached the agent, nor the web"
    await replayed.request(call(), "store.set", {"key": "shopping", "value": 1})
    await replayed.request(call(), "store.get", {"key": "shopping"})
    assert [name for name, _ in agent.asked] == ["store.set", "store.get"], "its own change counts"
