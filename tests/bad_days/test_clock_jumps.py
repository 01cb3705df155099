"""The wall clock is set while a timer runs: it rings when the time is over, and a restart believes neither."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from assistant.events import PlaybackStarted, TimerRang
from assistant.store import timers as store_timers
from assistant.store.clocks import Clocks
from assistant.store.timer import Timer
from assistant.store.timers import Timers
from tests.agent.stage import Room
from tests.bad_days.house import LIVE, house

pytestmark = LIVE

HOUR = 3600.0
SLACK = 0.01
"""Seconds between the clock of timers and the loop's."""
LATE = 10.0
"""Seconds that a busy machine may be late; the jumps are hours."""
LEFT = "how much time is left on the pasta timer"


async def test_a_timer_rings_when_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wall, jump = Clocks.wall, [0.0]
    monkeypatch.setattr(Clocks, "wall", lambda self: wall(self) + jump[0])
    monkeypatch.setattr(store_timers, "LOOK_SECONDS", 0.2)
    asked = _asked_at(monkeypatch)
    store = {"path": str(tmp_path / "store.db")}
    async with house(store=store) as home:
        await home.ask("set a pasta timer for ten minutes")
        for number, jump[0] in enumerate((HOUR, -26 * HOUR), 1):
            async with home.room("kitchen") as room:
                await room.session.text("set a timer for two seconds")
                began = asked[-1]
                await home.until(partial(_jumps, caplog, number))
                await home.works()
                assert about_ten_minutes(await home.ask(LEFT))
                await home.until(partial(room.all, TimerRang))
                rang = room.all(TimerRang)[0]
                assert 2.0 - SLACK <= rang.at - began <= 2.0 + LATE
                assert rang.late <= LATE
                await home.until(partial(room.all, PlaybackStarted, what="ring"))
                room.session.stop()
                await home.until(partial(_rests, room))
                assert "timer is done" in (await home.record(room.name)).answer

    jump[0] = 30 * HOUR
    async with house(store=store) as home:
        assert about_ten_minutes(await home.ask(LEFT))


def _asked_at(patch: pytest.MonkeyPatch) -> list[float]:
    """When the loop's clock was told to start a timer, each time."""
    real, times = Timers.set, list[float]()

    async def noted(self: Timers, seconds: float, name: str = "", source: str = "") -> Timer:
        times.append(asyncio.get_running_loop().time())
        return await real(self, seconds, name, source)

    patch.setattr(Timers, "set", noted)
    return times


def about_ten_minutes(answer: str) -> bool:
    return "10 minutes" in answer or "9 minutes" in answer


def _jumps(caplog: pytest.LogCaptureFixture, wanted: int) -> bool:
    return caplog.text.count("the wall clock jumped") == wanted


def _rests(room: Room) -> bool:
    return not room.session.in_turn
