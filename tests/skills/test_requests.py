"""What a skill may ask for, and what it gets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import AssistantError, SkillError
from assistant.home.schema import Household
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Effects, Journals
from assistant.skills.fake_home import FakeHome
from assistant.skills.harness import Harness
from assistant.skills.home_requests import confirmation
from assistant.skills.manifest import Manifest
from assistant.skills.messages import Answer, HandleRequest
from assistant.skills.requests import AgentRequests
from assistant.testing.pages import Reply, pages
from tests.skills.conftest import Write

HOUSE = Household.model_validate({
    "areas": [{"name": "hall"}],
    "devices": [
        {"name": "lamp", "kind": "light", "area": "hall", "state": {"on": False}},
        {"name": "front door", "kind": "lock", "area": "hall", "state": {"locked": False}},
        {"name": "garage", "kind": "cover", "device_class": "garage", "state": {"open": True, "position": 100}},
        {"name": "link quality", "kind": "sensor", "spoken": False, "state": {"value": 3}},
    ],
})
ALARM = {"kind": "alarm", "name": "", "seconds": 60, "at": "", "rule": "", "everywhere": False}
ALL = ("home", "timers", "alarms", "volume", "session")


class Yes:
    """Somebody who says yes to everything."""

    cancelled = False

    async def confirm(self, question: str) -> bool:
        return True

    async def ask(self, question: str, view: Any, expects: str = "choice") -> None:
        return None


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    async with Harness(home=HOUSE) as harness:
        yield harness


def call(effects: Effects | None = None, grants: tuple[str, ...] = ALL, asker: Any = None) -> SkillCall:
    manifest = Manifest.model_validate({"name": "test", "grants": grants})
    return SkillCall(HandleRequest("test", "X", source="test"), manifest, effects or Effects(), asker)


def requests(h: Harness) -> AgentRequests:
    return h.requests


async def test_what_nobody_granted_is_refused(h: Harness) -> None:
    for name in ("devices", "act", "timers.set", "alarms.set", "alarms.list", "alarms.snooze", "volume", "stop"):
        with pytest.raises(SkillError, match="may not use"):
            await requests(h).request(call(grants=()), name, {})
    with pytest.raises(SkillError, match="nothing answers"):
        await requests(h).request(call(), "format_disk", {})


@pytest.mark.parametrize(("name", "args"), [
    ("act", {}), ("act", {"devices": 3, "command": "x", "value": None}), ("devices", {"ids": 5}),
    ("timers.set", {"seconds": "soon", "name": ""}), ("timers.set", {"seconds": 5, "name": "x" * 5000}),
    ("alarms.set", ALARM | {"kind": "timer"}), ("alarms.set", ALARM | {"at": "soon"}),
    ("alarms.move", {"alarm": "a", "at": 5}), ("alarms.leave_out", {"alarm": "a", "day": ""}),
    ("store.set", {"key": 3, "value": 1}), ("volume", {"percent": "loud"}), ("prepare", {"text": None}),
])
async def test_nonsense_is_an_error_of_the_skill(h: Harness, name: str, args: dict[str, Any]) -> None:
    with pytest.raises(SkillError, match="asked for wrongly"):
        await requests(h).request(call(), name, args)


async def test_devices_that_nobody_talks_about_are_hidden(h: Harness) -> None:
    found = await requests(h).request(call(), "devices", {"ids": None, "kind": None, "area": None})
    assert [device["id"] for device in found] == ["lamp", "front_door", "garage"]
    named = await requests(h).request(call(), "devices", {"ids": ["link_quality", "x"], "kind": None, "area": None})
    assert [device["id"] for device in named] == ["link_quality"]


async def test_an_unknown_device_is_refused(h: Harness) -> None:
    (outcome,) = await requests(h).request(call(), "act", {"devices": ["x"], "command": "turn_on", "value": None})
    assert outcome["status"] == "refused"


async def test_undoing_never_opens_a_door(h: Harness) -> None:
    journal = Journals()("t")
    for device, command in (("front_door", "lock"), ("garage", "close"), ("lamp", "turn_on")):
        await requests(h).request(call(journal), "act", {"devices": [device], "command": command, "value": None})
    await journal.undo_except(Effects())
    assert h.home.state("front_door")["locked"] is True
    assert h.home.state("garage")["open"] is False
    assert h.home.state("lamp")["on"] is False


async def test_risk_is_asked_once_for_all(h: Harness) -> None:
    h.home.put("front_door", locked=True)
    h.home.put("garage", open=False, position=0)
    args = {"devices": ["front_door", "garage", "lamp"], "command": "toggle", "value": None}
    outcomes = await requests(h).request(call(), "act", args)
    assert [outcome["detail"] for outcome in outcomes[:2]] == ["declined", "declined"]
    assert h.home.acted == [("lamp", "toggle", None)]
    args = {"devices": ["front_door"], "command": "unlock", "value": None}
    (outcome,) = await requests(h).request(call(asker=Yes()), "act", args)
    assert outcome["status"] == "done"


async def test_values_are_kept_apart_and_bounded(h: Harness) -> None:
    ask = requests(h)
    await ask.request(call(), "store.set", {"key": "n", "value": {"a": [1, 2]}})
    assert await ask.request(call(), "store.get", {"key": "n"}) == {"a": [1, 2]}
    assert await ask.request(call(), "store.keys", {}) == ["n"]
    with pytest.raises(AssistantError, match="larger than"):
        await ask.request(call(), "store.set", {"key": "n", "value": "x" * 200_000})
    await ask.request(call(), "store.set", {"key": "n", "value": None})
    assert await ask.request(call(), "store.get", {"key": "n"}) is None


async def test_all_effects_of_an_order_are_undone(h: Harness) -> None:
    ask, journal = requests(h), Journals()("t")
    kept = await h.timers.set(600, "kept", "test")
    await ask.request(call(journal), "timers.set", {"seconds": 60, "name": ""})
    await ask.request(call(journal), "timers.add", {"timer": kept.id, "seconds": 60})
    await ask.request(call(journal), "store.set", {"key": "n", "value": 1})
    await ask.request(call(journal), "volume", {"percent": 10})
    await journal.undo_except(Effects())
    assert [(timer.name, timer.seconds) for timer in h.timers.all()] == [("kept", 600)]
    assert await ask.request(call(), "store.get", {"key": "n"}) is None
    assert h.room.volume == 60
    journal = Journals()("u")
    await ask.request(call(journal), "timers.cancel", {"timer": kept.id})
    assert not h.timers.all()
    await journal.undo_except(Effects())
    assert [timer.name for timer in h.timers.all()] == ["kept"]


def test_the_question_names_what_would_happen() -> None:
    home = FakeHome(HOUSE)
    door, garage = home.devices["front_door"], home.devices["garage"]
    assert confirmation("unlock", None, [door]) == "Shall I unlock the front door?"
    assert confirmation("open", None, [door, garage]) == "Shall I open the front door and the garage?"


async def test_a_skill_asks_and_confirms(write: Write) -> None:
    code = """
    class Shop(Skill):
        @intent("Buy")
        async def buy(self, ctx: Context) -> Answer:
            reply = await ctx.ask("What?", ["[some] (bread|milk)", "{number} apples"])
            if not await ctx.confirm(f"{reply.text}, right?"):
                return Answer("Okay, not.", "cancelled")
            return Answer(f"Bought {reply.slots.get('number', reply.text)}.")
    """
    async with Harness(write("shop", code, Buy="buy")) as h:
        assert (await h.say("buy")) == Answer("I didn't hear an answer, so I'll leave it.", "cancelled")
        assert (await h.say("buy", replies=["never mind"])) == Answer("Okay, never mind.", "cancelled")
        assert (await h.say("buy", replies=["some milk", "no"])).text == "Okay, not."
        answer = await h.say("buy", replies=["three apples", "yeah"])
        assert answer == Answer("Bought 3.")
        assert h.questions[-2:] == ["What?", "three apples, right?"]


@pytest.mark.parametrize(("asks", "what"), [
    ("ctx.store.set(5, 1)", "store.set was asked for wrongly"),
    ("ctx.volume(5)", "may not use volume (add 'volume' to its grants)"),
    ("ctx.web.get('https://a.example/')", "a.example: may not be asked"),
])
async def test_a_request_that_fails_names_the_authors_line(write: Write, asks: str, what: str) -> None:
    code = f"""
    class Hasty(Skill):
        @intent("Go")
        async def go(self, ctx: Context) -> str:
            return await self._ask(ctx)

        async def _ask(self, ctx: Context) -> str:
            return str(await {asks})
    """
    folder = write("hasty", code, Go="go")
    async with Harness(folder) as h:
        with pytest.raises(AssistantError) as caught:
            await h.say("go")
    assert str(caught.value).startswith(f"{folder / 'skill.py'}:10: {what}")


ASKING = """
class Tides(Skill):
    @intent("Tide")
    async def tide(self, ctx: Context) -> str:
        page = await ctx.web.get("https://tides.example/now", {"place": "st. ives"}, seconds=2)
        return f"{page.status}: {page.json()['tide']}"
"""


@asynccontextmanager
async def tides(body: bytes, folder: Path) -> AsyncIterator[Harness]:
    async with pages(lambda path: Reply(body)) as server, Harness(folder, web={"tides.example": server.address}) as h:
        yield h


async def test_a_skill_asks_the_servers_that_its_grants_name(write: Write) -> None:
    folder = write("tides", ASKING, Tide="how is the tide")
    (folder / "skill.yaml").write_text("name: tides\ngrants: ['net:tides.example']\n")
    async with tides(b'{"tide": "high"}', folder) as h:
        assert (await h.say("how is the tide")).text == "200: high"
        assert h.web.asked == ["https://tides.example/now?place=st.+ives"]
    async with Harness(folder) as h:
        with pytest.raises(AssistantError, match=r"tides.example: cannot be reached"):
            await h.say("how is the tide")


async def test_a_skill_asks_no_other_server(write: Write) -> None:
    async with Harness(write("tides", ASKING, Tide="how is the tide")) as h:
        with pytest.raises(AssistantError, match=r"tides.example: may not be asked .add .net:tides.example. to"):
            await h.say("how is the tide")
        assert h.web.asked == []


@pytest.mark.parametrize("args", [
    {"url": 5, "seconds": 1}, {"url": "https://a.example/" + "x" * 4000, "seconds": 1},
    {"url": "https://a.example/", "seconds": 60}, {"url": "https://a.example/", "seconds": 0}, {"url": "https://a/"},
])
async def test_a_wrong_question_to_the_web(h: Harness, args: dict[str, Any]) -> None:
    with pytest.raises(SkillError, match=r"web.get was asked for wrongly"):
        await requests(h).request(call(grants=("net:a.example",)), "web.get", args)


async def test_what_is_no_json_says_so(write: Write) -> None:
    folder = write("tides", ASKING, Tide="how is the tide")
    (folder / "skill.yaml").write_text("name: tides\ngrants: ['net:tides.example']\n")
    async with tides(b"<html>", folder) as h:
        with pytest.raises(AssistantError, match="no JSON"):
            await h.say("how is the tide")


async def test_alarms_are_no_timers_and_changes_of_them_are_taken_back(h: Harness) -> None:
    journal, ask = Effects("one"), requests(h)
    kept = await ask.request(call(), "alarms.set", ALARM | {"name": "kept", "at": "2099-01-01T07:00"})
    assert await ask.request(call(), "timers.list", {}) == []
    assert await ask.request(call(), "timers.cancel", {"timer": kept["id"]}) is False
    moved = await ask.request(call(journal), "alarms.move", {"alarm": kept["id"], "at": "2100-01-01T07:00"})
    assert moved == kept | {"due": "2100-01-01T07:00:00"}
    await ask.request(call(journal), "alarms.set", ALARM | {"at": "2100-01-02T07:00", "rule": "FREQ=DAILY"})
    await ask.request(call(journal), "alarms.cancel", {"alarm": kept["id"]})
    assert [alarm["rule"] for alarm in await ask.request(call(), "alarms.list", {"kind": ""})] == ["FREQ=DAILY"]
    await journal.undo_except(Effects("one"))
    assert await ask.request(call(), "alarms.list", {"kind": "alarm"}) == [kept]
    for name, args in (("alarms.move", {"at": "2100-01-01T07:00"}), ("alarms.leave_out", {"day": "2100-01-01"})):
        assert await ask.request(call(), name, {"alarm": "none", **args}) is None


@pytest.mark.parametrize(("name", "args"), [
    ("alarms.list", {"kind": "order"}), ("alarms.cancel", {}), ("alarms.move", {"at": "2100-01-01T07:00"}),
    ("alarms.leave_out", {"day": "2100-01-01"}), ("alarms.set", ALARM | {"kind": "order", "name": "open the door"}),
])
async def test_orders_for_later_need_their_own_grant(h: Harness, name: str, args: dict[str, Any]) -> None:
    both, ask = (*ALL, "orders"), requests(h)
    kept = await ask.request(call(grants=both), "alarms.set", ALARM | {"kind": "order", "name": "turn off the lamp"})
    with pytest.raises(SkillError, match=r"skill test: may not .* orders for later .add 'orders' to its grants"):
        await ask.request(call(), name, {"alarm": kept["id"]} | args)
    assert await ask.request(call(), "alarms.list", {"kind": ""}) == []
    assert [one["id"] for one in await ask.request(call(grants=both), "alarms.list", {"kind": ""})] == [kept["id"]]
