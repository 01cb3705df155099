"""A tab without a browser: the page's side of the WebSocket, for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from assistant.audio.frames import Pcm
from assistant.server.sound import HEADER, pack
from assistant.testing.fake_agent import FakeSource

PATIENCE = 30.0
"""Seconds for what must happen, however busy the machine is."""


def frames(pcm: Pcm, first: int = 0) -> list[bytes]:
    """int16[n * 320] as messages."""
    return [pack(first + at, frame) for at, frame in enumerate(pcm.reshape(-1, 320))]


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that sets no event."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def did(source: FakeSource, *expected: tuple[str, Any]) -> None:
    """Wait until the person did exactly this."""
    await until(lambda: len(source.did) >= len(expected))
    assert source.did == list(expected)


class Client:
    """One connection. Messages that a test does not ask for are kept in ``got`` and ``sound``."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.got: list[dict[str, Any]] = []
        self.sound: list[tuple[int, Pcm]] = []

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hello(self, **more: Any) -> dict[str, Any]:
        await self.send(**{"type": "hello", "version": 1, **more})
        return await self.expect("welcome")

    async def expect(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next message of a type with these fields."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self.take()
                if message and message["type"] == kind and fields.items() <= message.items():
                    return message

    async def take(self) -> dict[str, Any] | None:
        """One message; None if it was sound."""
        received = await self.socket.recv()
        if isinstance(received, bytes):
            self.sound.append((HEADER.unpack_from(received)[0], np.frombuffer(received, "<i2", offset=HEADER.size)))
            return None
        message: dict[str, Any] = json.loads(received)
        self.got.append(message)
        return message

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of a type."""
        while True:
            event: dict[str, Any] = (await self.expect("event"))["event"]
            if event["type"] == kind:
                return event

    async def listen(self, seconds: float) -> None:
        """Take what comes for a while."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.take()
        except TimeoutError:
            return

    async def closed(self) -> tuple[int, str]:
        """Code and reason, once the server has closed the connection."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionClosed):
                while True:
                    await self.take()
            await self.socket.wait_closed()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def tab(address: str, **options: Any) -> AsyncIterator[Client]:
    """A connection that has not said hello; ``options`` are those of ``websockets.connect``."""
    url = address.replace("http", "ws", 1) + "ws"
    async with connect(url, max_size=None, open_timeout=PATIENCE, close_timeout=1, **options) as socket:
        yield Client(socket)
