"""Timers: due on time, across restarts, reboots and clocks that jump."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.errors import SkillError, StoreError
from assistant.events import ComponentFailed, Event, TimerRang
from assistant.store.clocks import Clocks
from assistant.store.store import Store
from assistant.store.timers import LOOK_SECONDS, Timers
from tests.store.test_store import KILLS, run_until_killed

PATIENCE_SECONDS = 30.0


class FakeClocks(Clocks):
    """Clocks that stand still until they are moved."""

    def __init__(self) -> None:
        self.walls = 1_700_000_000.0
        self.boots = 5000.0
        self.id = "first"

    def wall(self) -> float:
        return self.walls

    def boot(self) -> float:
        return self.boots

    def boot_id(self) -> str:
        return self.id

    def pass_(self, seconds: float) -> None:
        self.walls += seconds
        self.boots += seconds


class World:
    """A database, clocks, and timers that can be restarted."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clocks = FakeClocks()
        self.events: list[Event] = []
        self.timers = Timers(store, self.events.append, self.clocks)

    async def restart(self) -> None:
        """As after the process ended."""
        self.timers.close()
        self.events.clear()
        self.timers = Timers(self.store, self.events.append, self.clocks)
        await self.timers.start()

    async def written(self) -> None:
        """All that is saved without waiting has been saved, or could not be."""
        if self.timers._tasks:
            await asyncio.wait(self.timers._tasks, timeout=PATIENCE_SECONDS)

    @property
    def again(self) -> list[bool]:
        return [event.again for event in self.events if isinstance(event, TimerRang)]

    @property
    def rang(self) -> list[tuple[str, str, float]]:
        return [(e.name, e.source, round(e.late)) for e in self.events if isinstance(e, TimerRang)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with Store(tmp_path / "a.db") as store:
        made = World(store)
        await made.timers.start()
        yield made
        made.timers.close()


async def test_it_rings_where_it_was_set(world: World) -> None:
    await world.timers.set(60, "pasta", "kitchen")
    late = await world.timers.set(90, "", "hall")
    world.clocks.pass_(59)
    world.timers._look()
    assert world.rang == []
    world.clocks.pass_(1)
    world.timers._look()
    assert world.rang == [("pasta", "kitchen", 0)]
    assert world.timers.all() == [late]
    assert world.timers.left(late) == 30


async def test_it_rings_by_itself() -> None:
    async with Store(":memory:") as store:
        events: list[Event] = []
        timers = Timers(store, events.append)
        await timers.start()
        await timers.set(1, "", "kitchen")
        timer = timers.all()[0]
        await timers.add(timer.id, -0.9)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not events:  # noqa: ASYNC110 - what is published has no event
                await asyncio.sleep(0.01)
        assert [type(event) for event in events] == [TimerRang]
        timers.close()


async def test_cancelled_and_made_longer(world: World) -> None:
    timer = await world.timers.set(60, "", "kitchen")
    longer = await world.timers.add(timer.id, 30)
    assert longer is not None and longer.seconds == 90
    world.clocks.pass_(70)
    world.timers._look()
    assert world.rang == []
    assert await world.timers.cancel(timer.id)
    assert not await world.timers.cancel(timer.id)
    assert await world.timers.add(timer.id, 5) is None
    await world.restart()
    assert world.timers.all() == []


@pytest.mark.parametrize("seconds", [0, -5, 1e9, float("nan")])
async def test_lengths_that_make_no_sense(world: World, seconds: float) -> None:
    with pytest.raises(SkillError):
        await world.timers.set(seconds)


async def test_it_outlives_a_restart(world: World) -> None:
    await world.timers.set(60, "pasta", "kitchen")
    world.clocks.pass_(50)
    await world.restart()
    assert world.timers.left(world.timers.all()[0]) == 10
    world.clocks.pass_(10)
    world.timers._look()
    assert world.rang == [("pasta", "kitchen", 0)]


async def test_a_missed_one_is_told_later_until_somebody_heard(world: World) -> None:
    timer = await world.timers.set(60, "pasta", "kitchen")
    world.clocks.pass_(180)
    await world.restart()
    assert world.rang == [("pasta", "kitchen", 120)] and world.again == [False]
    await world.written()
    await world.restart()
    assert world.rang == [("pasta", "kitchen", 120)] and world.again == [True]
    assert [one.id for one in world.timers.untold("kitchen")] == [timer.id]
    assert world.timers.untold("hall") == []
    await world.timers.told(timer.id)
    await world.restart()
    assert world.rang == []


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 86_400.0 * 365])
async def test_a_wall_clock_that_jumps_changes_nothing(world: World, jump: float) -> None:
    await world.timers.set(60, "pasta", "kitchen")
    world.clocks.walls += jump
    world.clocks.pass_(LOOK_SECONDS)
    world.timers._look()
    assert world.rang == []
    await world.written()
    # The jump was written down: after a reboot the wall clock counts, and it is right.
    world.clocks.id, world.clocks.boots = "second", 10.0
    await world.restart()
    assert round(world.timers.left(world.timers.all()[0])) == 40


async def test_a_jump_while_it_was_off_is_noticed_on_the_same_boot(world: World) -> None:
    await world.timers.set(60, "pasta", "kitchen")
    world.clocks.walls += 3600
    world.clocks.pass_(10)
    await world.restart()
    assert round(world.timers.left(world.timers.all()[0])) == 50
    world.clocks.id, world.clocks.boots = "second", 10.0
    await world.restart()
    assert round(world.timers.left(world.timers.all()[0])) == 50


async def test_a_full_disk_lets_running_timers_ring(world: World) -> None:
    await world.timers.set(60, "pasta", "kitchen")
    await world.store.close()
    with pytest.raises(StoreError):
        await world.timers.set(60)
    world.clocks.pass_(60)
    world.timers._look()
    await world.written()
    assert world.rang == [("pasta", "kitchen", 0)]
    assert any(isinstance(event, ComponentFailed) for event in world.events)


async def test_timers_survive_kill_9(tmp_path: Path) -> None:
    path, dice = tmp_path / "a.db", random.Random(4)
    told: dict[str, set[str]] = {"set": set(), "cancel": set(), "gone": set()}
    for _ in range(KILLS):
        for line in await asyncio.to_thread(run_until_killed, "timers", path, dice.uniform(0.0, 0.08)):
            what, timer = line.split()
            told[what].add(timer)
    assert len(told["set"]) >= KILLS
    assert told["cancel"], "some were cancelled, and perhaps one was being cancelled when it was killed"
    async with Store(path) as store:
        timers = Timers(store, lambda event: None)
        await timers.start()
        kept = {timer.id for timer in timers.all()}
        timers.close()
    assert told["set"] - told["cancel"] <= kept, "a timer was lost"
    assert not told["gone"] & kept, "a cancelled timer came back"
