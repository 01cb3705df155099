"""Which tabs are on this machine: what is typed there has the household's rights."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from assistant.server.place import is_here
from assistant.testing.fake_agent import FakeAgent
from tests.server.client import tab

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("client", "host", "more", "here"), [
    ("127.0.0.1", "localhost:8440", {}, True),
    ("127.0.0.1", "127.0.0.1:8440", {}, True),
    ("::1", "[::1]:8440", {}, True),
    ("192.168.1.7", "assistant.local", {}, False),
    ("192.168.1.7", "localhost", {}, False),
    ("127.0.0.1", "assistant.example", {}, False),
    ("127.0.0.1", "localhost", {"X-Forwarded-For": "192.168.1.7"}, False),
    ("127.0.0.1", "localhost", {"Via": "1.1 proxy"}, False),
    ("127.0.0.1", "", {}, False),
    (None, "localhost", {}, False),
])
async def test_here_is_this_machine_and_no_proxy_on_it(
    client: str | None, host: str, more: dict[str, str], here: bool
) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in {"Host": host, **more}.items()]
    scope = {"type": "websocket", "headers": headers, "client": None if client is None else (client, 4000)}
    assert is_here(HTTPConnection(scope)) is here


@pytest.mark.parametrize(("headers", "remote"), [({}, False), ({"X-Forwarded-For": "10.0.0.9"}, True)])
async def test_the_agent_is_told(agent: FakeAgent, address: str, headers: dict[str, str], remote: bool) -> None:
    async with tab(address, additional_headers=headers) as page:
        await page.hello()
        assert agent.opened[-1].remote is remote
