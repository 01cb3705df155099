"""A fake agent and its server on a free port, on the loop of the module, which may so share a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.testing.fake_agent import FakeAgent
from tests.server.browser import browser

if TYPE_CHECKING:
    from playwright.async_api import Browser


@pytest_asyncio.fixture(loop_scope="module")
async def agent() -> AsyncIterator[FakeAgent]:
    fake = FakeAgent()
    yield fake
    await fake.bus.close()


@pytest_asyncio.fixture(loop_scope="module")
async def address(agent: FakeAgent) -> AsyncIterator[str]:
    """Where the page is, on this machine."""
    async with serve(create_app(agent), "127.0.0.1", 0) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser, with a microphone that beeps, for all tests of a module; every page begins with nothing kept."""
    async with browser() as opened:
        yield opened
