"""Orders that come faster than they are answered, at the very moment at which one ends: none is forgotten."""

from __future__ import annotations

import asyncio

from assistant.events import Answered, Event, TurnEnded, TurnStarted
from tests.bad_days.house import LIVE, TIME, House, house

pytestmark = LIVE

PATIENCE = 10.0


async def test_an_order_at_the_end_of_another_is_not_forgotten() -> None:
    async with house() as home:
        session = home.agent.open_session("desk", "console", "kitchen", silent=True)
        for number in range(40):
            first = asyncio.create_task(session.text(TIME))
            for _ in range(1 + number % 8):  # the first one first
                await asyncio.sleep(0)
            if number % 2:
                await first
            assert await asyncio.wait_for(session.text(TIME), PATIENCE), "the second of two is answered"
            await asyncio.wait_for(first, PATIENCE)
        await home.until(lambda: _count(home, TurnStarted) == _count(home, TurnEnded))
        assert _count(home, Answered) >= 40


def _count(home: House, kind: type[Event]) -> int:
    return sum(isinstance(event, kind) for event in home.told)
