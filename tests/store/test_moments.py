"""What is due at a local moment: on time, across restarts, changes of the clocks and of the zone; put off, left out."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.errors import SkillError
from assistant.events import TimerRang, TimerSilenced
from assistant.store.migrations import STEPS, migrate
from assistant.store.store import Store
from assistant.store.timer import AGAIN, Purpose, Timer
from assistant.store.timers import JUST, SHORTLY, Timers
from tests.store.test_timers import World
from tests.zones import zone

ALARM = Purpose("alarm", source="bedroom", person="Anna")
HOUR = 3600.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with zone("Europe/Berlin"):
        async with Store(tmp_path / "a.db") as store:
            made = World(store)
            await made.timers.start()
            yield made
            made.timers.close()


def show(world: World, shown: str) -> None:
    """Let the clocks be moved to a moment, given in UTC."""
    world.clocks.pass_(datetime.fromisoformat(shown).replace(tzinfo=UTC).timestamp() - world.clocks.walls)
    world.timers._look()


def late(world: World) -> list[tuple[str, float]]:
    return [(event.kind, event.late) for event in world.events if isinstance(event, TimerRang)]


async def ring(world: World, seconds: float = 60.0, purpose: Purpose = ALARM) -> Timer:
    """Something rings in the bedroom."""
    await world.timers.set_after(seconds, purpose)
    world.clocks.pass_(seconds)
    world.timers._look()
    (rung,) = world.timers.untold()
    world.timers.rings(rung, "bedroom")
    return rung


async def test_it_stays_at_seven_when_the_clocks_change(world: World) -> None:
    show(world, "2026-10-24 04:00")
    await world.timers.set_at(datetime(2026, 10, 24, 7, 0), ALARM, "FREQ=DAILY")
    for before, due in (
        ("2026-10-24 04:59", "2026-10-24 05:00"), ("2026-10-25 05:59", "2026-10-25 06:00"),  # clocks go back
        ("2026-10-26 05:59", "2026-10-26 06:00"),
    ):
        world.events.clear()
        show(world, before)
        assert late(world) == []
        show(world, due)
        assert late(world) == [("alarm", 0)]


async def test_in_the_hour_that_does_not_exist_it_rings_at_the_first_moment_after(world: World) -> None:
    show(world, "2026-03-28 12:00")
    await world.timers.set_at(datetime(2026, 3, 29, 2, 30), ALARM)
    show(world, "2026-03-29 00:59")
    assert late(world) == []
    show(world, "2026-03-29 01:00")
    assert late(world) == [("alarm", 0)]


async def test_in_the_doubled_hour_it_rings_once(world: World) -> None:
    show(world, "2026-10-24 12:00")
    await world.timers.set_at(datetime(2026, 10, 25, 2, 30), ALARM, "FREQ=DAILY")
    show(world, "2026-10-25 00:30")
    assert late(world) == [("alarm", 0)]
    show(world, "2026-10-25 01:30")
    show(world, "2026-10-25 02:30")
    assert len(late(world)) == 1
    assert world.timers.all()[0].at == datetime(2026, 10, 26, 2, 30)


async def test_a_changed_zone_moves_it_with_the_clocks_on_the_wall(world: World) -> None:
    show(world, "2026-07-01 00:00")
    await world.timers.set_at(datetime(2026, 7, 1, 7, 0), ALARM)
    with zone("America/New_York"):
        show(world, "2026-07-01 05:00")
        assert late(world) == []
        show(world, "2026-07-01 11:00")
        assert late(world) == [("alarm", 0)]


async def test_a_wall_clock_that_is_set_counts(world: World) -> None:
    show(world, "2026-07-01 00:00")
    await world.timers.set_at(datetime(2026, 7, 1, 7, 0), ALARM)
    world.clocks.walls += 5 * HOUR
    world.timers._look()
    assert late(world) == [("alarm", 0)]


async def test_it_outlives_a_restart_and_those_missed_are_told_once(world: World) -> None:
    show(world, "2026-07-01 00:00")
    daily = await world.timers.set_at(datetime(2026, 7, 1, 7, 0), ALARM, "FREQ=DAILY")
    bins = Purpose("reminder", "take out the bins", everywhere=True)
    once = await world.timers.set_at(datetime(2026, 7, 2, 7, 0), bins)
    world.clocks.pass_(3 * 24 * HOUR + 6 * HOUR)  # off for three days; 08:00 there
    world.clocks.id = "second"
    await world.restart()
    assert sorted(late(world)) == [("alarm", HOUR), ("reminder", 49 * HOUR)]
    assert [timer.at for timer in world.timers.all()] == [datetime(2026, 7, 5, 7, 0)]
    await world.written()
    await world.restart()
    assert sorted(late(world)) == [("alarm", HOUR), ("reminder", 49 * HOUR)], "until somebody heard"
    assert {timer.id: timer.purpose for timer in world.timers.untold()} == {
        f"{daily.id}.rang": ALARM, once.id: bins,
    }
    for timer in world.timers.untold():
        await world.timers.told(timer.id)
    await world.restart()
    assert late(world) == [] and [timer.id for timer in world.timers.all()] == [daily.id]


async def test_each_half_hour(world: World) -> None:
    stretch = Purpose("reminder", "stretch")
    await world.timers.set_after(1800, stretch, AGAIN)
    for _ in range(3):
        world.clocks.pass_(1800)
        world.timers._look()
    assert late(world) == [("reminder", 0)] * 3
    world.clocks.pass_(5 * 1800 + 60)
    await world.restart()
    assert late(world) == [("reminder", 60)], "of those missed, only the last"
    assert world.timers.left(world.timers.all()[0]) == 1740


async def test_a_rule_that_ends(world: World) -> None:
    show(world, "2026-12-04 12:00")
    await world.timers.set_at(datetime(2026, 12, 5, 7, 0), ALARM, "FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20261206T235959")
    show(world, "2026-12-05 06:00")
    show(world, "2026-12-06 06:00")
    assert len(late(world)) == 2 and world.timers.all() == []
    await world.written()
    await world.restart()
    assert world.timers.all() == []


async def test_put_off_while_it_rings_and_shortly_after(world: World) -> None:
    await ring(world)
    later = await world.timers.snooze(540, "bedroom")
    assert later is not None and later.purpose == ALARM and world.timers.left(later) == 540
    assert world.timers.untold() == [] and isinstance(world.events[-1], TimerSilenced)
    assert await world.timers.snooze(540, "bedroom") is None, "it does not ring any more"
    await world.timers.cancel(later.id)

    rung = await ring(world)
    await world.timers.told(rung.id)
    world.clocks.pass_(SHORTLY - 1)
    later = await world.timers.snooze(60, "kitchen")
    assert later is not None, "from anywhere"
    await world.timers.cancel(later.id)

    rung = await ring(world)
    await world.timers.told(rung.id)
    world.clocks.pass_(SHORTLY + 1)
    assert await world.timers.snooze(60, "bedroom") is None


async def test_silenced_while_it_rings_or_did_until_just_now(world: World) -> None:
    rung = await ring(world)
    assert await world.timers.silence("kitchen") == rung and world.timers.untold() == []
    rung = await ring(world)
    await world.timers.told(rung.id)
    world.clocks.pass_(JUST + 1)
    assert await world.timers.silence("bedroom") is None


async def test_a_day_is_left_out(world: World) -> None:
    show(world, "2026-12-01 00:00")
    daily = await world.timers.set_at(datetime(2026, 12, 1, 7, 0), ALARM, "FREQ=DAILY")
    await world.timers.leave_out(daily.id, date(2026, 12, 3))
    left = await world.timers.leave_out(daily.id, date(2026, 12, 1))
    assert left is not None and left.at == datetime(2026, 12, 2, 7, 0)
    await world.restart()
    show(world, "2026-12-02 06:00")
    assert world.timers.all()[0].at == datetime(2026, 12, 4, 7, 0)
    once = await world.timers.set_at(datetime(2026, 12, 9, 7, 0), ALARM)
    assert await world.timers.leave_out(once.id, date(2026, 12, 9)) is None
    assert await world.timers.leave_out("none", date(2026, 12, 9)) is None


async def test_what_makes_no_sense(world: World) -> None:
    show(world, "2026-12-01 12:00")
    with pytest.raises(SkillError, match="is over"):
        await world.timers.set_at(datetime(2026, 12, 1, 7, 0), ALARM)
    with pytest.raises(SkillError, match="no rule"):
        await world.timers.set_at(datetime(2026, 12, 2, 7, 0), ALARM, "FREQ=SECONDLY")
    with pytest.raises(SkillError, match="repeats by"):
        await world.timers.set_after(60, ALARM, "FREQ=DAILY")
    assert world.timers.all() == []


async def test_timers_of_an_older_database_go_on(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as old:
        migrate(old, "a.db", STEPS[:1])
        old.execute("INSERT INTO timers VALUES ('a', 'tea', 'kitchen', 60.0, 1e10, 0.0, 'first', 0)")
    old.close()
    async with Store(tmp_path / "a.db") as store:
        timers = Timers(store, lambda event: None)
        await timers.start()
        (timer,) = timers.all()
        timers.close()
    assert (timer.id, timer.purpose, timer.at) == ("a", Purpose("timer", "tea", "kitchen"), None)
