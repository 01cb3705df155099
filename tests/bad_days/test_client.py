"""A page's socket sends what no page sends, while an order from another source is under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.tabs import Pages
from assistant.testing.voices import say
from tests.agent.stage import silence
from tests.bad_days.house import House, house
from tests.server.client import Client, frames, tab

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["live"])

HALF_A_FRAME = bytes(4 + 320)
STEREO = bytes(4 + 3840)
"""20 ms at 48 kHz, two channels."""
HUGE = 100_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[House]:
    async with house() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(home: House) -> AsyncIterator[str]:
    async with serve(create_app(Pages(home.agent)), "127.0.0.1", 0) as url:
        yield url


@pytest.mark.parametrize(
    ("nonsense", "words"),
    [
        ([b"\xff" * 7, "no json", '{"type": "reboot"}'], "Invalid JSON"), ([HALF_A_FRAME] * 20, "half a frame"),
        ([STEREO] * 20, "48 kHz stereo"), ([bytes(HUGE)], ""),
    ],
    ids=["garbage", "half a frame", "stereo", "100 MB"],
)
async def test_another_sources_order_goes_on(
    home: House, address: str, nonsense: list[bytes | str], words: str
) -> None:
    await home.set(kitchen_light="turn_off")
    async with home.room("kitchen") as room, tab(address) as bad:
        await bad.hello()
        sending = asyncio.create_task(send(bad, nonsense))
        await room.order(0.3, say("computer"), 0.3, say("turn on the kitchen light"))
        await sending
        assert home.state("kitchen_light")["on"] is True, room.told()
        assert (await home.record(room.name)).outcome == "done"
        if words:
            await told(bad, words)
            await bad.socket.send(frames(silence(0.02))[0])
            await bad.send(type="stop")
        else:
            await bad.closed()
            assert bad.socket.close_code in (1006, 1009), "too big; or the pipe broke before that was read"
    async with tab(address) as good:
        await good.hello()
        await good.send(type="text", text="what time is it")
        await good.event("Answered")


async def send(client: Client, messages: list[bytes | str]) -> None:
    """Send, as long as anybody listens."""
    try:
        for message in messages:
            await client.socket.send(message)
            await asyncio.sleep(0.02)
    except ConnectionClosed:
        return


async def told(client: Client, words: str) -> None:
    """The page is told what was wrong."""
    for _ in range(200):
        error = await client.expect("error")
        if words in error["reason"]:
            assert not error["fatal"]
            return
    raise AssertionError(f"{words!r} was not told")
