"""What a turn changed is taken back when it re-opens, and not done twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assistant.errors import HomeError
from assistant.skills.effects import Change, Effects, Journals


class World:
    """Something to change."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {"a": 0, "b": 0, "c": 0}
        self.log: list[str] = []
        self.slow = asyncio.Event()
        self.slow.set()

    async def put(self, effects: Effects, name: str, value: Any) -> Any:
        async def work() -> Change:
            before = effects.before(name, self.state[name])
            self.log.append(f"{name}={value}")
            await self.slow.wait()
            self.state[name] = value

            async def undo() -> None:
                self.log.append(f"undo {name}")
                self.state[name] = before

            return Change(f"put {value}", undo, before)

        return await effects.run((name, value), name, work)


async def test_what_the_longer_order_does_not_ask_for_is_undone() -> None:
    world, journals = World(), Journals()
    first = journals("t")
    await world.put(first, "a", 1)
    second = journals("t")
    await world.put(second, "b", 1)
    await first.undo_except(second)
    assert world.state == {"a": 0, "b": 1, "c": 0}


async def test_the_same_change_is_taken_over() -> None:
    world, journals = World(), Journals()
    first = journals("t")
    await world.put(first, "a", 1)
    second = journals("t")
    assert second.before("a", 1) == 0
    assert await world.put(second, "a", 1) == "put 1"
    await first.undo_except(second)
    assert world.log == ["a=1"]


async def test_another_change_of_the_same_goes_back_to_the_beginning() -> None:
    world, journals = World(), Journals()
    first = journals("t")
    await world.put(first, "a", 1)
    second = journals("t")
    await world.put(second, "a", 2)
    await first.undo_except(second)
    assert world.state["a"] == 2
    third = journals("t")
    await world.put(third, "b", 1)
    await second.undo_except(third)
    assert world.state == {"a": 0, "b": 1, "c": 0}


async def test_a_longer_order_takes_back_what_an_order_before_the_last_did() -> None:
    world, journals = World(), Journals()
    first = journals("t")
    await world.put(first, "a", 1)
    second = journals("t")
    await world.put(second, "b", 1)
    third = journals("t")  # the second was cut short before it took back the first
    await world.put(third, "c", 1)
    await second.undo_except(third)
    assert world.state == {"a": 0, "b": 0, "c": 1}


async def test_a_change_under_way_is_undone_once_it_is_made() -> None:
    world, journals = World(), Journals()
    world.slow.clear()
    first = journals("t")
    caller = asyncio.create_task(world.put(first, "a", 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    second = journals("t")
    undoing = asyncio.create_task(first.undo_except(second))
    await asyncio.sleep(0)
    world.slow.set()
    await undoing
    assert world.log == ["a=1", "undo a"]


async def test_a_failed_change_is_tried_again() -> None:
    journals = Journals()
    tries = 0

    async def work() -> Change:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise HomeError("away")
        return Change("done")

    with pytest.raises(HomeError):
        await journals("t").run("k", "s", work)
    assert await journals("t").run("k", "s", work) == "done"


async def test_turns_know_nothing_of_each_other() -> None:
    world, journals = World(), Journals()
    await world.put(journals("one"), "a", 1)
    await world.put(journals("two"), "a", 1)
    assert world.log == ["a=1", "a=1"]


async def test_an_undo_that_fails_stops_no_other() -> None:
    world, journals = World(), Journals()
    journal = journals("t")
    await world.put(journal, "a", 1)

    async def work() -> Change:
        async def undo() -> None:
            raise HomeError("away")

        return Change(None, undo)

    await journal.run("k", "s", work)
    await journal.undo_except(Effects())
    await journal.undo_except(Effects())
    assert world.log == ["a=1", "undo a"]
