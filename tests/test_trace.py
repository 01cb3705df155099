"""The record of turns, as an observer of the bus writes it down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from assistant.bus import Bus
from assistant.clock import pass_time, run_virtual, settle
from assistant.errors import StoreError
from assistant.events import (
    Answered,
    DeviceChanged,
    FinalHeard,
    NotUnderstood,
    PartialHeard,
    StageTimed,
    TurnEnded,
    TurnStarted,
    Understood,
)
from assistant.store.turns import TurnRecord
from assistant.trace import MOST_EVENTS, Trace


class FakeTurns:
    """Keeps records in a list, unless its disk is full."""

    def __init__(self) -> None:
        self.records: list[TurnRecord] = []
        self.full = False

    async def add(self, record: TurnRecord) -> None:
        if self.full:
            raise StoreError("the disk is full")
        self.records.append(record)


@asynccontextmanager
async def traced() -> AsyncIterator[tuple[Bus, FakeTurns]]:
    bus, turns = Bus(), FakeTurns()
    async with Trace(bus, cast(Any, turns)):
        await settle()
        yield bus, turns
    await bus.close()


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


async def one_turn(bus: Bus, turn: str, source: str = "room") -> None:
    """A turn of one second."""
    bus.post(TurnStarted(source=source, turn=turn, reason="wake"))
    await pass_time(0.5)
    bus.post(PartialHeard(source=source, turn=turn, text="turn"))
    bus.post(FinalHeard(source=source, turn=turn, text="turn on the light"))
    bus.post(Understood(source=source, turn=turn, skill="home", intent="TurnOn", slots={"a": 1}, text="turn on light"))
    bus.post(StageTimed(source=source, turn=turn, stage="act", seconds=0.123456))
    await pass_time(0.5)
    bus.post(Answered(source=source, turn=turn, text="It is on.", outcome="done"))
    bus.post(TurnEnded(source=source, turn=turn, outcome="done", reason="because"))
    await settle()


def test_a_turn_is_written_down_when_it_ends() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            await one_turn(bus, "a")
            [record] = turns.records
            assert (record.id, record.source, record.outcome) == ("a", "room", "done")
            assert (record.text, record.answer) == ("turn on light", "It is on.")
            assert record.trace["reason"] == "because" and record.trace["stages"] == {"act": 0.1235}
            events = [(event["type"], event["at"]) for event in record.trace["events"]]
            assert events == [
                ("TurnStarted", 0), ("FinalHeard", 0.5), ("Understood", 0.5), ("StageTimed", 0.5), ("Answered", 1.0),
                ("TurnEnded", 1.0),
            ]
            assert record.trace["events"][2]["slots"] == {"a": 1}

    run(main)


def test_the_words_are_those_understood_else_those_first_heard() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            bus.post(TurnStarted(turn="a", reason="wake"))
            bus.post(FinalHeard(turn="a", text="make me a sandwich"))
            bus.post(FinalHeard(turn="a", text="yes"))
            bus.post(TurnEnded(turn="a", outcome="not_understood"))
            await settle()
            assert turns.records[0].text == "make me a sandwich"

    run(main)


def test_words_that_were_not_understood_are_kept_as_the_answer_quotes_them() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            bus.post(TurnStarted(turn="typed", reason="text"))
            bus.post(NotUnderstood(turn="typed", text="make me a sandwich", reason="no sentence fits"))
            bus.post(TurnEnded(turn="typed", outcome="not_understood"))
            bus.post(TurnStarted(turn="spoken", reason="wake"))
            bus.post(FinalHeard(turn="spoken", text="turn on the", free_text="turn on the unicorn"))
            bus.post(NotUnderstood(turn="spoken", text="turn on the unicorn", reason="no sentence fits"))
            bus.post(TurnEnded(turn="spoken", outcome="not_understood"))
            await settle()
            assert [record.text for record in turns.records] == ["make me a sandwich", "turn on the unicorn"]

    run(main)


def test_turns_of_several_sources_are_kept_apart() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            for turn in ("a", "b"):
                bus.post(TurnStarted(source=turn, turn=turn, reason="wake"))
            for turn in ("b", "a"):
                bus.post(Answered(source=turn, turn=turn, text=f"answer {turn}", outcome="done"))
                bus.post(TurnEnded(source=turn, turn=turn, outcome="done"))
            await settle()
            kept = [(record.source, record.answer) for record in turns.records]
            assert kept == [("b", "answer b"), ("a", "answer a")]

    run(main)


def test_what_is_no_turns_is_left_out() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            bus.post(DeviceChanged(device="lamp"))
            bus.post(Answered(turn="begun before", text="x", outcome="done"))
            bus.post(TurnEnded(turn="begun before", outcome="done"))
            await one_turn(bus, "a")
            bus.post(TurnEnded(turn="a", outcome="done"))
            await settle()
            assert [record.id for record in turns.records] == ["a"], "a turn ends once"

    run(main)


def test_a_turn_without_end_does_not_fill_the_memory_and_keeps_its_outcome() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            bus.post(TurnStarted(turn="a", reason="wake"))
            for number in range(3 * MOST_EVENTS):
                bus.post(StageTimed(turn="a", stage="act", seconds=number))
                if number % 100 == 0:
                    await settle()
            bus.post(Answered(turn="a", text="at last", outcome="done"))
            bus.post(TurnEnded(turn="a", outcome="done"))
            await settle()
            [record] = turns.records
            assert len(record.trace["events"]) == MOST_EVENTS and record.answer == "at last"

    run(main)


def test_a_full_disk_costs_one_record_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            turns.full = True
            await one_turn(bus, "a")
            turns.full = False
            await one_turn(bus, "b")
            assert [record.id for record in turns.records] == ["b"]
        assert "disk is full" in caplog.text

    run(main)


def test_a_turn_that_ended_just_before_closing_is_kept() -> None:
    async def main() -> None:
        async with traced() as (bus, turns):
            bus.post(TurnStarted(turn="a", reason="wake"))
            bus.post(TurnEnded(turn="a", outcome="done"))
        assert [record.id for record in turns.records] == ["a"]
        assert "trace" not in bus.statistics()

    run(main)


class Diary:
    """A witness that takes its time, and forgets when it is told to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.go_on = asyncio.Event()

    def began(self, event: TurnStarted) -> None:
        self.told.append(f"{event.turn} began")

    def went_on(self, turn: str) -> None:
        self.told.append(f"{turn} went on")

    async def ended(self, turn: str) -> dict[str, Any]:
        await self.go_on.wait()
        return {"weather": "fine"}

    async def forget(self, turn: str) -> None:
        self.told.append(f"{turn} forgotten")


def test_a_witness_adds_to_the_record_and_delays_no_turn() -> None:
    async def main() -> None:
        bus, turns, diary = Bus(), FakeTurns(), Diary()
        async with Trace(bus, cast(Any, turns), [diary]):
            await settle()
            await one_turn(bus, "a")
            assert turns.records == [], "the witness is not ready"
            bus.post(TurnStarted(source="room", turn="b", reason="wake"))
            await settle()
            assert diary.told[0] == "a began" and "a went on" in diary.told and "b began" in diary.told
            diary.go_on.set()
            await settle()
            [record] = turns.records
            assert record.trace["weather"] == "fine" and record.trace["stages"] == {"act": 0.1235}
        await bus.close()

    run(main)


def test_a_witness_forgets_what_could_not_be_recorded() -> None:
    async def main() -> None:
        bus, turns, diary = Bus(), FakeTurns(), Diary()
        turns.full = True
        diary.go_on.set()
        async with Trace(bus, cast(Any, turns), [diary]):
            await settle()
            await one_turn(bus, "a")
            assert diary.told[-1] == "a forgotten"
        await bus.close()

    run(main)
