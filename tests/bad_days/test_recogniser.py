"""The recogniser crashes in the middle of an order, is stopped, or holds the interpreter and answers nothing at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from assistant.events import TurnEnded, TurnStarted
from assistant.testing.voices import say
from tests.agent.stage import words
from tests.bad_days.holding import hold
from tests.bad_days.house import House, house, kill, stop

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["live"])

RECOGNISER = "recogniser"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[House]:
    async with house() as opened:
        worker = opened.agent.workers.recognizer.worker
        worker.spec = replace(worker.spec, service="tests.bad_days.holding:HoldingService")
        kill(worker.pid)
        await opened.until(lambda: opened.deaths(RECOGNISER))
        yield opened


@pytest.mark.parametrize(("harm", "reason"), [(kill, "SIGKILL"), (stop, "took longer"), (hold, "took longer")])
async def test_the_reason_is_spoken_and_the_next_order_is_heard(
    home: House, harm: Callable[[int | None], None], reason: str
) -> None:
    home.told.clear()
    await home.ready(RECOGNISER)
    await home.set(kitchen_light="turn_off")
    async with home.room("kitchen") as room:
        room.begin(0.5, say("computer"), 0.3, say("turn on the kitchen light"))
        await room.until(TurnStarted)
        harm(home.pid(RECOGNISER))
        await home.works()
        ended = await room.until(TurnEnded)
        assert (ended.outcome, ended.reason) == ("failed", RECOGNISER), room.told()
        assert words(room.completed()[-1])[:4] == words("I can't hear right")
        assert home.state("kitchen_light")["on"] is False
        assert len(home.deaths(RECOGNISER)) == 1
        assert reason in home.deaths(RECOGNISER)[0]
        record = await home.record(room.name)
        assert (record.outcome, record.trace["reason"]) == ("failed", RECOGNISER)

        await home.ready(RECOGNISER)
        await room.order(say("computer"), 0.3, say("turn on the kitchen light"))
        assert home.state("kitchen_light")["on"] is True, room.told()
        assert room.outcomes[-1] == "done"
