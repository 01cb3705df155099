"""A skill in its process: orders, requests, and every way of going wrong. Nobody else may notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from assistant.events import ComponentFailed, Event, WorkerDied, WorkerReady
from assistant.grammar.base import Match
from assistant.skills import host as hosts
from assistant.skills.host import SkillHost
from assistant.skills.loader import LoadedSkill, load_skill
from assistant.skills.messages import HandleRequest
from assistant.skills.skillset import SkillSet
from assistant.workers import link
from assistant.workers.spec import Limits
from tests.skills.conftest import Requests, Write

GOOD = """
class Good(Skill):
    @intent("Greet")
    async def greet(self, ctx: Context, who: str = "you") -> str:
        return f"hello {who} {await ctx.store.get('n')}"
"""
BAD = """
class Bad(Skill):
    calls = 0

    @intent("Raise")
    async def fail(self, ctx: Context) -> str:
        return str(1 / 0)

    @intent("Block")
    async def block(self, ctx: Context) -> str:
        time.sleep(60)

    @intent("Wait")
    async def wait(self, ctx: Context) -> str:
        await asyncio.sleep(60)

    @intent("Flood")
    async def flood(self, ctx: Context) -> str:
        while True:
            await ctx.store.get("n")

    @intent("Stubborn")
    async def stubborn(self, ctx: Context) -> str:
        while True:
            try:
                await ctx.store.get("n")
            except BaseException:
                pass

    @intent("Nonsense")
    async def nonsense(self, ctx: Context) -> str:
        return Answer("fine", "splendid")

    @intent("Nowhere")
    async def nowhere(self, ctx: Context) -> str:
        return Answer("fine", devices=None)

    @intent("Outcomes")
    async def outcomes(self, ctx: Context) -> str:
        return Answer("fine", ["done"])

    @intent("Base")
    async def base(self, ctx: Context) -> str:
        raise BaseException("of no kind")

    @intent("Exit")
    async def leave(self, ctx: Context) -> str:
        os._exit(1)

    @intent("Eat")
    async def eat(self, ctx: Context) -> str:
        return str(len(bytearray(2 << 30)))

    @intent("Open")
    async def open(self, ctx: Context) -> str:
        return str(len([open("/dev/null") for _ in range(1000)]))
"""
PATIENCE = 30.0
"""Seconds for what must happen, however busy the machine is."""
INTENTS = {name: name.lower() for name in (
    "Raise", "Block", "Wait", "Flood", "Stubborn", "Nonsense", "Nowhere", "Outcomes", "Base", "Exit", "Eat", "Open",
)}


class Watched(SkillHost):
    """A host that remembers its events."""

    def __init__(self, skills: list[LoadedSkill], deadline: float, limits: Limits | None) -> None:
        self.events: list[Event] = []
        self.died = asyncio.Event()
        super().__init__("skills", skills, Requests(), self._note, deadline=deadline, limits=limits)

    def wait_at_most(self, seconds: float) -> None:
        """Deadline of the orders that follow."""
        self._deadline = seconds

    def _note(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, WorkerDied):
            self.died.set()


Start = Callable[..., Awaitable[Watched]]


@pytest.fixture
async def start(write: Write) -> AsyncIterator[Start]:
    """Starts a process with the good skill and the bad one."""
    started: list[SkillHost] = []
    skills = [
        load_skill(write("good", GOOD, Greet="hello [{who}]", sentences="lists: {who: {values: [bob]}}")),
        load_skill(write("bad", BAD, manifest="", **INTENTS)),
    ]

    async def starting(deadline: float = PATIENCE, limits: Limits | None = None) -> Watched:
        host = Watched(skills, deadline, limits)
        await host.start()
        started.append(host)
        return host

    yield starting
    for host in started:
        await host.close()


def order(skill: str, intent: str, **slots: str) -> HandleRequest:
    return HandleRequest(skill, intent, slots, source="kitchen", turn="t1")


def failures(host: Watched) -> list[ComponentFailed]:
    return [event for event in host.events if isinstance(event, ComponentFailed)]


async def test_an_order_goes_out_and_requests_come_back(start: Start) -> None:
    host = await start()
    assert (await host.handle(order("good", "Greet", who="bob"))).text == "hello bob 7"


async def test_a_call_costs_less_than_two_milliseconds_of_processor_time(start: Start) -> None:
    host = await start()
    process = psutil.Process(host.pid)

    def spent() -> float:
        times = process.cpu_times()
        return time.process_time() + times.user + times.system

    costs = []
    for _ in range(4):
        began = spent()
        for _ in range(50):
            await host.handle(order("good", "Greet"))
        costs.append((spent() - began) / 50)
    assert min(costs) < 0.002, costs


@pytest.mark.parametrize(("intent", "why"), [
    ("Raise", "skill.py:9: ZeroDivisionError: division by zero"),
    ("Nonsense", "unknown outcome 'splendid'"),
    ("Nowhere", "a field of the wrong type"),
    ("Outcomes", "a field of the wrong type"),
    ("Base", "BaseException: of no kind"),
    ("Flood", "asks for too much"),
])
async def test_a_failure_is_named_and_counted(start: Start, intent: str, why: str) -> None:
    host = await start()
    pid = host.pid
    answer = await host.handle(order("bad", intent))
    assert (answer.text, answer.outcome) == ("Sorry, the bad skill failed.", "failed")
    (event,) = failures(host)
    assert (event.component, event.source, event.turn) == ("skill bad", "kitchen", "t1")
    assert why in event.error
    assert host.failures == {"bad": 1}
    assert host.pid == pid
    assert (await host.handle(order("good", "Greet"))).text == "hello you 7"


async def test_a_skill_that_waits_for_ever_is_given_up_alone(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "CANCEL_GRACE", PATIENCE)
    host = await start(deadline=3)
    pid = host.pid
    slow, good = await asyncio.gather(host.handle(order("bad", "Wait")), host.handle(order("good", "Greet")))
    assert (slow.outcome, good.text) == ("failed", "hello you 7")
    assert host.pid == pid


@pytest.mark.parametrize("intent", ["Block", "Exit", "Stubborn"])
async def test_an_order_that_comes_while_a_lost_process_restarts_is_handled_by_the_next(
    start: Start, intent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "RESTART_SECONDS", PATIENCE)
    host = await start(deadline=0.3)
    pid = host.pid
    assert (await host.handle(order("bad", intent))).outcome == "failed"
    async with asyncio.timeout(PATIENCE):
        await host.died.wait()
    host.wait_at_most(PATIENCE)
    assert (await host.handle(order("good", "Greet"))).text == "hello you 7"
    assert host.pid != pid
    lives = [type(event) for event in host.events if not isinstance(event, ComponentFailed)]
    assert lives == [WorkerReady, WorkerDied, WorkerReady], "at the first attempt"


@pytest.mark.parametrize("intent", ["Eat", "Open"])
async def test_limits_hold(start: Start, intent: str) -> None:
    host = await start(limits=Limits(memory_mb=1024, open_files=64))
    assert (await host.handle(order("bad", intent))).outcome == "failed"
    assert "MemoryError" in failures(host)[0].error or "Too many open files" in failures(host)[0].error
    assert (await host.handle(order("good", "Greet"))).text == "hello you 7"


async def test_a_cancelled_order_ends_the_work(start: Start) -> None:
    host = await start()
    task = asyncio.create_task(host.handle(order("bad", "Wait")))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not host.busy
    assert (await host.handle(order("good", "Greet"))).text == "hello you 7"


async def test_requests_after_the_order_are_refused(write: Write) -> None:
    code = """
    class Late(Skill):
        late = []

        @intent("Leave")
        async def leave(self, ctx: Context) -> str:
            asyncio.get_running_loop().create_task(self.later(ctx))
            return "left"

        async def later(self, ctx: Context) -> None:
            await asyncio.sleep(0.05)
            try:
                await ctx.store.get("n")
            except Exception as error:
                self.late.append(str(error))

        @intent("Look")
        async def look(self, ctx: Context) -> str:
            return " ".join(self.late)
    """
    requests = Requests()
    host = SkillHost("late", [load_skill(write("late", code, Leave="leave", Look="look"))], requests)
    await host.start()
    try:
        assert (await host.handle(order("late", "Leave"))).text == "left"
        async with asyncio.timeout(PATIENCE):
            while not (refused := (await host.handle(order("late", "Look"))).text):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert "the order is over" in refused
        assert not requests.seen
    finally:
        await host.close()


async def test_examples_begin_with_the_home_and_end_with_what_is_not_set_up(write: Write, tmp_path: Path) -> None:
    sentences = "lists: {who: {values: [bob]}}"
    for name, manifest in {
        "agenda": "examples: [a, a again]\nsettings: {files: {default: []}}", "clock": "examples: [c]",
        "home": "examples: [h, h again]\ngrants: [home]",
    }.items():
        write(name, GOOD, manifest=manifest, into=tmp_path / "shipped", Greet=f"{name} [{{who}}]", sentences=sentences)
    for given, expected in (
        ({}, ["h", "c", "a", "h again", "a again"]),
        ({"agenda": {"files": ["mine.ics"]}}, ["h", "a", "c", "h again", "a again"]),
    ):
        skills = SkillSet([tmp_path / "shipped"], [], Requests(), lambda event: None, settings=given)
        await skills.start()
        try:
            assert skills.examples() == expected and skills.examples("agenda") == ["a", "a again"]
            assert skills.examples(language="en-GB") == expected and skills.examples(language="de") == []
        finally:
            await skills.close()


async def test_the_set_leaves_out_what_is_broken(write: Write, tmp_path: Path) -> None:
    shipped, foreign = tmp_path / "shipped", tmp_path / "foreign"
    write("good", GOOD, into=shipped, Greet="hello [{who}]", sentences="lists: {who: {values: [bob]}}")
    write("broken", "raise RuntimeError('no')\n" + GOOD, into=shipped, Greet="hi", sentences="")
    write("kind", GOOD, into=shipped, Greet="good day", sentences="")
    write("good", GOOD.replace("hello", "ciao"), into=foreign, Greet="ciao", sentences="")
    write("mute", "x = 1", into=foreign, Greet="hi")
    events: list[Event] = []
    skills = SkillSet([shipped], [foreign], Requests(), events.append)
    await skills.start()
    try:
        assert list(skills.skills) == ["kind", "good"]
        reasons = " ".join(str(problem) for problem in skills.problems)
        assert "skill.py:3: RuntimeError: no" in reasons and "no method is marked with @intent" in reasons
        assert (await skills.handle(order("good", "Greet"))).text == "ciao you 7"
        assert (await skills.handle(order("broken", "Greet"))).outcome == "failed"
        assert len({host.pid for _, host in skills.processes()}) == 2
        match = Match("nobody", "X", {}, "")
        assert not skills.is_risky(match, {})
    finally:
        await skills.close()
