"""Real brokers, devices that are scripted in the test, and a home that talks to them."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiomqtt
import pytest

from assistant.events import Event
from assistant.home.broker import EmbeddedBroker, find_brokers
from assistant.home.home import Home
from assistant.home.schema import Household
from assistant.home.settings import BrokerSettings

PATIENCE_SECONDS = 30.0
"""For what must come, on however busy a machine."""
IN_CI = os.environ.get("CI") == "true"


def need_broker(kind: str) -> None:
    """Skip where the broker is not installed; in CI that is a fault."""
    if kind not in find_brokers() and not IN_CI:
        pytest.skip(f"{kind} is not installed on this machine")


async def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds, on however busy a machine."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not come true in time"
        await asyncio.sleep(0.005)


class Things:
    """Devices played by the test: announces them and answers commands. What is said here has reached the broker."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.told: list[tuple[str, str]] = []
        self.answers: dict[str, Callable[[str], list[tuple[str, str]]]] = {}

    async def announce(self, topic: str, **settings: Any) -> None:
        await self.client.publish(f"homeassistant/{topic}/config", json.dumps(settings), qos=1, retain=True)

    async def say(self, topic: str, payload: str | bytes, retain: bool = True) -> None:
        await self.client.publish(topic, payload, qos=1, retain=retain)

    async def lamp(self, name: str = "lamp", *, answers: bool = True, state: str = "OFF", **settings: Any) -> None:
        """A lamp of the default schema that reports what it is told."""
        await self.announce(
            f"light/{name}", name=name, unique_id=name, state_topic=f"{name}/state", command_topic=f"{name}/set",
            **settings,
        )
        await self.say(f"{name}/state", state)
        if answers:
            self.answers[f"{name}/set"] = lambda payload: [(f"{name}/state", payload)]

    async def serve(self) -> None:
        async for message in self.client.messages:
            assert isinstance(message.payload, bytes)
            topic, payload = str(message.topic), message.payload.decode(errors="replace")
            self.told.append((topic, payload))
            for answer in (self.answers[topic](payload) if topic in self.answers else []):
                await self.say(*answer)


@asynccontextmanager
async def playing(settings: BrokerSettings) -> AsyncIterator[Things]:
    """Things on a broker, serving in the background."""
    async with aiomqtt.Client(settings.host, settings.port) as client:
        await client.subscribe([("+/set", 0), ("+/+/set", 0)])
        things = Things(client)
        task = asyncio.create_task(things.serve())
        try:
            yield things
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Scene:
    """A broker, things on it, and the home with what it published."""

    def __init__(self, settings: BrokerSettings, things: Things) -> None:
        self.settings = settings
        self.things = things
        self.events: list[Event] = []
        self._stack = AsyncExitStack()

    async def home(
        self, household: Household | None = None, answer_seconds: float = PATIENCE_SECONDS, **options: Any
    ) -> Home:
        home = Home(
            household or Household(), self.settings, self.events.append, answer_seconds=answer_seconds, **options
        )
        await self._stack.enter_async_context(home)
        assert await home.settled(PATIENCE_SECONDS)
        return home

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def close(self) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def staged(kind: str) -> AsyncIterator[Scene]:
    need_broker(kind)
    async with EmbeddedBroker(kind) as settings, playing(settings) as things:
        scene = Scene(settings, things)
        yield scene
        await scene.close()


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """On Mosquitto."""
    async with staged("mosquitto") as scene:
        yield scene


@pytest.fixture(params=["mosquitto", "iotcore"])
async def each_scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """On each broker: for what depends on one."""
    async with staged(request.param) as scene:
        yield scene
