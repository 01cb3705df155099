"""Timers that are due are brought to somebody's ears, once, and not forgotten where nobody was there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.bus import Bus
from assistant.clock import run_virtual, settle
from assistant.dialogue.due import length
from assistant.events import TimerRang, TimerSilenced
from assistant.ringer import LATE_SECONDS, RING_SECONDS, Ringer
from assistant.store.store import Store
from assistant.store.timer import Timer
from assistant.store.timers import Timers

RING = RING_SECONDS["timer"]


class FakeTimers:
    """Timers that rang, until somebody was told."""

    def __init__(self) -> None:
        self.rung: dict[str, Timer] = {}
        self.late = 0.0
        self.acknowledged: list[str] = []
        self.heard: list[str] = []
        self.everywhere = False

    def ring(self, timer: str, name: str = "tea", source: str = "kitchen", seconds: float = 300.0) -> TimerRang:
        self.rung[timer] = Timer(
            timer, name, source, seconds, 0.0, 0.0, "", rang=True, everywhere=self.everywhere
        )
        return TimerRang(source=source, timer=timer, name=name, late=self.late)

    def untold(self) -> list[Timer]:
        return list(self.rung.values())

    def left(self, timer: Timer) -> float:
        return -self.late

    def due(self, timer: Timer) -> datetime:
        return self.now() - timedelta(seconds=self.late)

    def now(self) -> datetime:
        return datetime(2026, 11, 29, 7, 0)

    def rings(self, timer: Timer, source: str) -> None:
        self.heard.append(source)

    async def told(self, timer: str) -> None:
        self.acknowledged.append(timer)
        del self.rung[timer]


class FakeSession:
    """A source that rings until the test says whether it was heard."""

    def __init__(self, name: str, *, silent: bool = False) -> None:
        self.name, self.silent = name, silent
        self.due: list[tuple[str, float]] = []
        self.ended = False
        self.heard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def announce(self, text: str, *, ring: float = 0.0) -> bool:
        self.due.append((text, ring))
        try:
            return await asyncio.shield(self.heard)
        finally:
            self.ended = True


class House:
    def __init__(self, *sessions: FakeSession) -> None:
        self.timers = FakeTimers()
        self.sessions = {session.name: session for session in sessions}
        self.ringer = Ringer(cast(Any, self.timers), lambda: cast(Any, self.sessions))

    async def ring(self, timer: str, **fields: Any) -> None:
        self.ringer.happened(self.timers.ring(timer, **fields))
        await settle()

    async def open(self, session: FakeSession) -> None:
        self.sessions[session.name] = session
        self.ringer.opened(cast(Any, session))
        await settle()


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_it_rings_where_it_was_set_and_is_acknowledged_once_heard() -> None:
    async def main() -> None:
        bedroom, kitchen = FakeSession("bedroom"), FakeSession("kitchen")
        house = House(bedroom, kitchen)
        await house.ring("a")
        assert kitchen.due == [("Your tea timer is done.", RING)] and not bedroom.due
        assert house.timers.acknowledged == []
        kitchen.heard.set_result(True)
        await settle()
        assert house.timers.acknowledged == ["a"]

    run(main)


def test_it_rings_elsewhere_where_its_source_is_gone_or_has_no_loudspeaker() -> None:
    async def main() -> None:
        gone = House(FakeSession("console", silent=True), FakeSession("bedroom"))
        await gone.ring("a")
        mute = House(FakeSession("kitchen", silent=True), FakeSession("bedroom"))
        await mute.ring("a")
        for house in (gone, mute):
            assert [session.name for session in house.sessions.values() if session.due] == ["bedroom"]

    run(main)


def test_that_nobody_can_hear_it_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        house = House(FakeSession("console", silent=True))
        await house.ring("a")
        assert caplog.text.count("nobody can hear it") == 1
        house.ringer.happened(replace(house.timers.ring("a"), again=True))
        await settle()
        assert caplog.text.count("nobody can hear it") == 1

    run(main)


def test_nobody_is_there_and_the_next_source_is_told_how_late_it_is(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        house = House(FakeSession("console", silent=True))
        await house.ring("a")
        assert "tea" in caplog.text and "nobody can hear it" in caplog.text
        house.timers.late = 5 * 60
        await house.open(FakeSession("other console", silent=True))
        page = FakeSession("page")
        await house.open(page)
        assert page.due == [("Your tea timer was due 5 minutes ago.", 0.0)]
        page.heard.set_result(True)
        await settle()
        assert house.timers.acknowledged == ["a"]
        another = FakeSession("another")
        await house.open(another)
        assert not another.due

    run(main)


def test_what_was_not_heard_is_told_again_to_the_next_who_comes() -> None:
    async def main() -> None:
        kitchen = FakeSession("kitchen")
        house = House(kitchen)
        await house.ring("a")
        kitchen.heard.set_result(False)
        await settle()
        assert house.timers.acknowledged == []
        page = FakeSession("page")
        await house.open(page)
        assert page.due == [("Your tea timer is done.", RING)]

    run(main)


def test_a_timer_that_rings_is_not_rung_elsewhere_as_well() -> None:
    async def main() -> None:
        kitchen, page = FakeSession("kitchen"), FakeSession("page")
        house = House(kitchen)
        await house.ring("a")
        await house.ring("a")
        await house.open(page)
        assert len(kitchen.due) == 1 and not page.due

    run(main)


def test_two_timers_ring_both() -> None:
    async def main() -> None:
        kitchen = FakeSession("kitchen")
        house = House(kitchen)
        await house.ring("a")
        await house.ring("b", name="", seconds=600.0)
        assert [text for text, _ in kitchen.due] == ["Your tea timer is done.", "Your 10 minute timer is done."]

    run(main)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(300, "5 minute"), (60, "1 minute"), (90, "90 second"), (3600, "1 hour"), (5400, "90 minute"), (1, "1 second"),
     (7200.0, "2 hour"), (0.0, "0 second")],
)
def test_lengths_are_said_in_their_largest_whole_unit(seconds: float, said: str) -> None:
    assert length(seconds) == said


@pytest.mark.parametrize(
    ("late", "said"),
    [(0.0, "is done."), (LATE_SECONDS["timer"] - 0.1, "is done."), (LATE_SECONDS["timer"], "was due 1 minute ago."),
     (600.0, "was due 10 minutes ago.")],
)
def test_a_late_timer_is_told_as_late(late: float, said: str) -> None:
    async def main() -> None:
        house = House(FakeSession("kitchen"))
        house.timers.late = late
        await house.ring("a")
        assert house.sessions["kitchen"].due[0][0] == f"Your tea timer {said}"

    run(main)


def test_one_that_rings_everywhere_is_stopped_everywhere() -> None:
    async def main() -> None:
        kitchen, bedroom = FakeSession("kitchen"), FakeSession("bedroom")
        house = House(kitchen, bedroom)
        house.timers.everywhere = True
        await house.ring("a")
        assert kitchen.due == bedroom.due == [("Your tea timer is done.", RING)]
        assert not kitchen.ended and house.timers.heard == ["kitchen", "bedroom"]
        bedroom.heard.set_result(True)
        await settle()
        assert kitchen.ended and house.timers.acknowledged == ["a"]

    run(main)


def test_one_that_is_put_off_is_silent_wherever_it_rings() -> None:
    async def main() -> None:
        kitchen = FakeSession("kitchen")
        house = House(kitchen)
        await house.ring("a")
        house.ringer.happened(TimerSilenced(timer="b"))
        await settle()
        assert not kitchen.ended
        house.ringer.happened(TimerSilenced(timer="a"))
        await settle()
        assert kitchen.ended and house.timers.acknowledged == []

    run(main)


async def test_timers_one_after_another_all_ring(tmp_path: Path) -> None:
    bus = Bus()
    kitchen = FakeSession("kitchen")
    kitchen.heard.set_result(True)
    async with Store(tmp_path / "a.db") as store:
        timers = Timers(store, bus.post)
        ringer = Ringer(timers, lambda: cast(Any, {"kitchen": kitchen}))
        bus.actor("ringer", ringer.happened, TimerRang)
        await timers.start()
        for name in ("tea", "egg", "rice"):
            await timers.set(1.0, name, "kitchen")
        async with asyncio.timeout(30):
            while timers.all() or timers.untold():  # noqa: ASYNC110 - what is looked at sets no event
                await asyncio.sleep(0.05)
        await timers.set(1.0, "cake", "kitchen")
        async with asyncio.timeout(30):
            while timers.all() or timers.untold():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        timers.close()
    await bus.close()
    assert sorted(text.split()[1] for text, _ in kitchen.due) == ["cake", "egg", "rice", "tea"]


def test_a_source_that_goes_away_while_it_rings_hands_over() -> None:
    async def main() -> None:
        kitchen, page = FakeSession("kitchen"), FakeSession("page")
        house = House(kitchen, page)
        await house.ring("a")
        assert kitchen.due and not page.due
        del house.sessions["kitchen"]
        kitchen.heard.set_result(False)
        await settle()
        assert page.due == [("Your tea timer is done.", RING)]
        page.heard.set_result(True)
        await settle()
        assert house.timers.acknowledged == ["a"]

    run(main)
