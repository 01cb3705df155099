"""Two people say the wake word at the same moment; one says it twice; one says it and nothing more."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from assistant.events import TurnEnded, Understood, WakeHeard
from assistant.testing.voices import say
from tests.bad_days.house import House, house

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[House]:
    async with house() as opened:
        yield opened


async def test_in_two_rooms_at_once(home: House) -> None:
    await home.set(kitchen_light="turn_off", bedroom_light="turn_off", bedside_lamp="turn_off")
    async with home.room("kitchen") as kitchen, home.room("bedroom") as bedroom:
        kitchen.begin(0.5, say("computer"), 0.2, say("turn on the light"))
        bedroom.begin(0.5, say("computer", "espeak"), 0.2, say("turn on the bedroom light", "espeak"))
        await kitchen.until(TurnEnded)
        await bedroom.rest()
        for room, device in ((kitchen, "kitchen_light"), (bedroom, "bedroom_light")):
            assert room.reasons == ["wake"], room.told()
            assert room.outcomes == ["done"], room.told()
            assert len(room.completed()) == 1
            assert home.state(device)["on"] is True
            assert (await home.record(room.name)).outcome == "done"


async def test_twice_in_a_row_is_one_order(home: House) -> None:
    await home.set(kitchen_light="turn_off")
    async with home.room("kitchen") as room:
        await room.order(0.5, say("computer"), 0.3, say("computer"), 0.2, say("turn on the kitchen light"))
        assert len(room.all(WakeHeard)) == 2
        assert room.outcomes == ["cancelled", "done"], "the second one begins anew"
        assert len(room.all(Understood)) == 1, room.told()
        assert home.state("kitchen_light")["on"] is True
        assert len(room.completed()) == 1
        assert (await home.record(room.name)).outcome == "done"


async def test_silence_after_it_is_told_and_nothing_is_done(home: House) -> None:
    home.told.clear()
    async with home.room("kitchen") as room:
        await room.order(0.5, say("computer"), 6.0)
        assert room.completed() == ["I didn't hear an order."], room.told()
        assert room.outcomes == ["failed"]
        record = await home.record(room.name)
        assert (record.outcome, record.trace["reason"]) == ("failed", "no_speech")
        assert not home.faults()

        await home.set(kitchen_light="turn_off")
        await room.order(say("computer"), 0.2, say("turn on the kitchen light"))
        assert home.state("kitchen_light")["on"] is True
