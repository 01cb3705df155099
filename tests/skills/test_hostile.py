"""A hostile skill is named, stopped and started again; nobody else waits, the next order is answered in a second."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from assistant.events import ComponentFailed, Event, WorkerDied
from assistant.skills import failures, life_signs
from assistant.skills.harness import Harness
from assistant.skills.messages import Answer, HandleRequest
from assistant.skills.skillset import SkillSet
from tests.skills.conftest import Write

SECOND = 1.0
PATIENCE = 40.0
HOSTILE = """
import subprocess, sys
hoard = []

class Hostile(Skill):
    @intent("Greet")
    async def greet(self, ctx: Context) -> str:
        return "hello"

    @intent("Loop")
    async def loop(self, ctx: Context) -> str:
        while True:
            pass

    @intent("Storm")
    async def storm(self, ctx: Context) -> str:
        async def fail():
            raise ValueError("storm")
        while True:
            try:
                self.spawn(fail())
            except RuntimeError:
                pass
            await asyncio.sleep(0)

    @intent("Raise")
    async def fail(self, ctx: Context) -> str:
        raise ValueError("again")

    @intent("Eat")
    async def eat(self, ctx: Context) -> str:
        hoard.append(bytearray(1 << 30))
        return "eaten"

    @intent("Hoard")
    async def hoard(self, ctx: Context) -> str:
        hoard.append(b"x" * (320 << 20))
        return "hoarded"

    @intent("Leak")
    async def leak(self, ctx: Context) -> str:
        hoard.extend(asyncio.create_task(asyncio.sleep(3600)) for _ in range(1000))
        return "leaked"

    @intent("Breed")
    async def breed(self, ctx: Context) -> str:
        code = "import os, time\\nif os.fork(): os._exit(0)\\nos.setsid()\\nif os.fork(): os._exit(0)\\n"
        code += "open(%r, 'a').write(f'{os.getpid()}\\\\n')\\ntime.sleep(600)"
        for _ in range(3):
            subprocess.run([sys.executable, "-c", code % ctx.text.split()[-1]], start_new_session=True)
        subprocess.Popen(["sleep", "600"])
        while True:
            pass

    @intent("Unlock")
    async def unlock(self, ctx: Context) -> str:
        return str(await ctx.home.act("front_door", "unlock"))

    @intent("Flood")
    async def flood(self, ctx: Context) -> str:
        while True:
            await asyncio.gather(*(ctx.store.get("n") for _ in range(50)), return_exceptions=True)

    @intent("Shout")
    async def shout(self, ctx: Context) -> str:
        while True:
            print("x" * 100_000)
"""
GOOD = """
class Good(Skill):
    @intent("Greet")
    async def greet(self, ctx: Context) -> str:
        return "good day"
"""
INTENTS = ("Greet", "Loop", "Storm", "Raise", "Eat", "Hoard", "Leak", "Breed", "Unlock", "Flood", "Shout")


class House:
    """A hostile skill and a good one, each in its process."""

    def __init__(self, folder: Path) -> None:
        self.events: list[Event] = []
        self.agent = Harness()
        self.skills = SkillSet((), [folder], self.agent.requests, self.events.append)

    async def say(self, skill: str, intent: str, text: str = "") -> Answer:
        return await self.skills.handle(HandleRequest(skill, intent, text=text, source="test", turn=text or intent))

    async def quickly(self, skill: str, intent: str) -> Answer:
        """An order that is answered within a second."""
        began = time.monotonic()
        answer = await self.say(skill, intent)
        assert time.monotonic() - began < SECOND, answer
        return answer

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not happened():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def recovers(self) -> None:
        """The skill answers again, in time."""
        async with asyncio.timeout(PATIENCE):
            while (await self.say("hostile", "Greet")).text != "hello":  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def faults(self) -> str:
        named = [event for event in self.events if isinstance(event, ComponentFailed)]
        return " ".join(event.error for event in named if event.component == "skill hostile")

    def deaths(self) -> list[str]:
        return [event.reason for event in self.events if isinstance(event, WorkerDied)]


@pytest.fixture
async def house(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(life_signs, "WATCH_SECONDS", 0.3)
    folder = tmp_path / "skills"
    write("hostile", HOSTILE, into=folder, **{name: name.lower() for name in INTENTS})
    write("good", GOOD, into=folder, Greet="greet")
    made = House(folder)
    async with made.agent:
        await made.skills.start()
        yield made
        await made.skills.close()


@pytest.mark.parametrize(("intent", "named"), [
    ("Loop", "took longer than"), ("Flood", "asks for too much"), ("Shout", "took longer than"),
])
async def test_one_that_never_ends(house: House, intent: str, named: str) -> None:
    attack = asyncio.create_task(house.say("hostile", intent))
    await asyncio.sleep(0.2)
    assert (await house.quickly("good", "Greet")).text == "good day"
    answer = await house.quickly("hostile", "Greet")
    assert answer.text in ("hello", "Sorry, the hostile skill does not answer."), answer
    assert (await attack).text == "Sorry, the hostile skill failed."
    assert named in house.faults()
    assert (await house.quickly("good", "Greet")).text == "good day"
    await house.recovers()


async def test_a_storm_of_exceptions(house: House) -> None:
    attack = asyncio.create_task(house.say("hostile", "Storm"))
    await house.until(house.deaths)
    assert (await house.quickly("good", "Greet")).text == "good day"
    await house.quickly("hostile", "Greet")
    assert (await attack).outcome == "failed"
    assert "ValueError: storm" in house.faults()
    assert "5 failures within a minute" in house.deaths()[0] or "flood" in house.deaths()[0]
    await house.recovers()


async def test_orders_that_fail_again_and_again(house: House) -> None:
    for _ in range(failures.MOST_FAILURES):
        assert (await house.quickly("hostile", "Raise")).outcome == "failed"
    await house.until(house.deaths)
    assert house.deaths() == [f"{failures.MOST_FAILURES} failures in a row"]
    await house.recovers()


async def test_a_gigabyte(house: House) -> None:
    answer = await house.say("hostile", "Eat")
    assert answer.outcome == "failed" and "MemoryError" in house.faults()
    assert (await house.quickly("good", "Greet")).text == "good day"
    assert (await house.quickly("hostile", "Greet")).text == "hello"


@pytest.mark.parametrize(("intent", "named"), [("Hoard", "MB of memory"), ("Leak", "tasks")])
async def test_one_that_grows_without_end(house: House, intent: str, named: str) -> None:
    assert (await house.say("hostile", intent)).outcome == "done"
    await house.until(house.deaths)
    assert named in house.faults() and "grow without end" in house.faults()
    await house.recovers()
    assert (await house.quickly("good", "Greet")).text == "good day"


async def test_children_that_outlive_it(house: House, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    attack = asyncio.create_task(house.say("hostile", "Breed", f"breed {file}"))
    await house.until(lambda: file.exists() and len(file.read_text().split()) == 3)
    pids = [int(pid) for pid in file.read_text().split()]
    host = house.skills._hosts["hostile"].pid
    assert host is not None and os.getsid(pids[0]) != os.getsid(host)
    pids += [child.pid for child in psutil.Process(host).children(recursive=True)]
    assert len(pids) == 4, "three that got away, one that did not try"
    assert (await house.quickly("good", "Greet")).text == "good day"
    await house.until(house.deaths)
    died = time.monotonic()
    await house.until(lambda: not any(map(running, pids)))
    assert time.monotonic() - died < SECOND
    assert (await attack).outcome == "failed"
    await house.recovers()


async def test_a_forbidden_call(house: House) -> None:
    assert (await house.quickly("hostile", "Unlock")).text == "Sorry, the hostile skill failed."
    assert "may not use act" in house.faults()
    assert (await house.quickly("hostile", "Greet")).text == "hello"


async def test_it_comes_back_later_each_time(house: House) -> None:
    pauses = []
    for _ in range(3):
        pid = house.skills._hosts["hostile"].pid
        count = len(house.deaths())
        house.skills._hosts["hostile"]._worker.kill("the test wants it")
        began = time.monotonic()
        await house.until(lambda: len(house.deaths()) > count)  # noqa: B023
        await house.until(lambda: house.skills._hosts["hostile"].pid not in (None, pid))  # noqa: B023
        pauses.append(time.monotonic() - began)
    assert pauses[0] < pauses[2] and pauses[2] > 0.8, pauses
    answer = await house.quickly("hostile", "Greet")
    assert answer.text in ("hello", "Sorry, the hostile skill is starting again.")


def running(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False
