"""A device does as told, or not, and never says so."""

from __future__ import annotations

import asyncio

from assistant.events import ActionRequested
from assistant.home.simulated import Behaviour
from tests.bad_days.house import LIGHT_ON, LIVE, house

pytestmark = LIVE


async def test_a_device_that_never_confirms_keeps_nobody_waiting() -> None:
    async with house(Behaviour(delay_ms=20, silent=frozenset({"hall_light"})), answer_seconds=8.0) as home:
        order = asyncio.create_task(home.ask("turn on the hall light"))
        await home.until(lambda: any(isinstance(event, ActionRequested) for event in home.told))
        await home.ask(LIGHT_ON, "elsewhere")
        assert home.state("kitchen_light")["on"] is True
        assert not order.done(), "the other source did not wait for this one"
        answer = await order
        assert "did not answer" in answer or "didn't answer" in answer, answer
        record = await home.record()
        assert (record.outcome, record.answer) == ("failed", answer)
        assert "no_answer" in str(record.trace)
