"""The broker is away at the start, or is killed in the middle of an order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from assistant.events import ActionRequested, Answered, Event, HomeConnected, HomeLost
from assistant.home.broker import EmbeddedBroker
from assistant.home.simulated import Behaviour
from tests.bad_days.house import LIGHT_ON, LIVE, free_port, house, kill, simulated

pytestmark = LIVE

E = TypeVar("E", bound=Event)

AWAY = "can't reach the home"


async def test_it_is_away_at_the_start_and_comes_later() -> None:
    port = free_port()
    async with house(port=port) as home:
        assert AWAY in await home.ask(LIGHT_ON)
        assert "is the broker running" in home.agent.home.problem
        assert (await home.record()).outcome == "failed"
        await home.works()
        broker = EmbeddedBroker("mosquitto", port=port)
        try:
            things = await simulated(await broker.start())
            await home.until(lambda: home.agent.home.connected and home.agent.home.devices["kitchen_light"].available)
            await home.ask(LIGHT_ON)
            assert home.state("kitchen_light")["on"] is True
            await things.close()
        finally:
            await broker.close()


async def test_it_is_killed_in_the_middle_of_an_order() -> None:
    async with house(Behaviour(delay_ms=20, slow={"bedroom_light": 60_000})) as home:
        assert home.broker is not None
        await home.ask(LIGHT_ON)
        order = asyncio.create_task(home.ask("turn on the bedroom light"))
        await home.until(lambda: any(event.device == "bedroom_light" for event in _all(home.told, ActionRequested)))
        kill(home.broker.pid)
        assert AWAY in await order
        assert (await home.record()).outcome == "failed"
        assert [event.outcome for event in _all(home.told, Answered)] == ["done", "failed"]
        await home.works()

        assert len(_all(home.told, HomeLost)) == 1
        await home.until(lambda: _all(home.told, HomeConnected))
        await home.until(lambda: home.agent.home.devices["kitchen_light"].available)
        assert home.state("kitchen_light")["on"] is True, "what devices had told is known again"
        assert "already" in await home.ask(LIGHT_ON)
        await home.ask("turn off the kitchen light")
        assert home.state("kitchen_light")["on"] is False


def _all(events: Sequence[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]
