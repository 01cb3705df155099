"""A fake agent and its server on a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.testing.fake_agent import FakeAgent


@pytest.fixture
async def agent() -> AsyncIterator[FakeAgent]:
    fake = FakeAgent()
    yield fake
    await fake.bus.close()


@pytest.fixture
async def address(agent: FakeAgent) -> AsyncIterator[str]:
    """Where the page is, on this machine."""
    async with serve(create_app(agent), "127.0.0.1", 0) as url:
        yield url
