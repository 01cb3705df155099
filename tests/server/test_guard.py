"""Who may call: names, origins, sizes, headers; and pairing where the server is open to the network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from websockets.exceptions import InvalidStatus

from assistant.server.app import COOKIE, create_app
from assistant.server.guard import SECURITY_HEADERS
from assistant.server.settings import ServerSettings
from assistant.testing.fake_agent import FakeAgent
from tests.server.client import tab

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN = ServerSettings(host="0.0.0.0", names=("nova.home",))


def client(app: FastAPI, base: str = "http://127.0.0.1:8600") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)


@pytest_asyncio.fixture(loop_scope="module")
async def local(agent: FakeAgent) -> AsyncIterator[httpx.AsyncClient]:
    async with client(create_app(agent)) as http:
        yield http


@pytest.fixture
def open_app(agent: FakeAgent) -> FastAPI:
    return create_app(agent, OPEN)


@pytest.mark.parametrize("host", ["127.0.0.1:8600", "localhost:1", "[::1]:8600", "127.0.0.1", "LOCALHOST", "127.9.9.9"])
async def test_this_machine_may_call(local: httpx.AsyncClient, host: str) -> None:
    assert (await local.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:8600", "192.168.1.7", "", "localhost@evil.example", "[", "a b", "0.0.0.0"],
)
async def test_a_rebound_name_is_refused(local: httpx.AsyncClient, host: str) -> None:
    answer = await local.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "is not called" in answer.text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:8600", "http://127.0.0.1:9999", "https://127.0.0.1:8600"]
)
async def test_another_page_is_refused(local: httpx.AsyncClient, origin: str) -> None:
    answer = await local.get("/", headers={"Origin": origin})
    assert answer.status_code == 403


async def test_our_own_page_is_not(local: httpx.AsyncClient) -> None:
    assert (await local.get("/", headers={"Origin": "http://127.0.0.1:8600"})).status_code == 200


async def test_a_socket_from_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(InvalidStatus) as foreign:
        async with tab(address, origin="https://evil.example"):
            pass
    assert foreign.value.response.status_code == 403
    port = int(address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(InvalidStatus) as rebound:
        async with tab(f"http://evil.example:{port}/", host="127.0.0.1", port=port):
            pass
    assert rebound.value.response.status_code == 403
    async with tab(address, origin=address.rstrip("/")) as own:
        await own.hello()


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/missing.js", "/nowhere"])
async def test_every_answer_has_the_security_headers(local: httpx.AsyncClient, path: str) -> None:
    answer = await local.get(path)
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Length", "5000"), ("Content-Length", "-1"), ("Content-Length", "9" * 400),
        ("Transfer-Encoding", "chunked"),
    ],
)
async def test_large_bodies_are_refused(local: httpx.AsyncClient, header: str, value: str) -> None:
    assert (await local.post("/pair", content=b"", headers={header: value})).status_code == 413


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/docs", "/openapi.json"]
)
async def test_only_the_page_s_files_are_served(local: httpx.AsyncClient, path: str) -> None:
    assert (await local.get(path)).status_code in (404, 405)


async def test_on_this_machine_no_code_is_needed(local: httpx.AsyncClient) -> None:
    assert (await local.post("/pair", json={"code": "12345678"})).status_code == 404


@pytest.mark.parametrize(("host", "status"), [("nova.home", 200), ("192.168.1.7:8600", 200), ("evil.example", 403)])
async def test_names_of_an_open_server(open_app: FastAPI, host: str, status: int) -> None:
    async with client(open_app, "https://127.0.0.1") as http:
        assert (await http.get("/", headers={"Host": host})).status_code == status


async def test_pairing_opens_the_page(open_app: FastAPI) -> None:
    async with client(open_app, "https://nova.home") as http:
        assert "Pair this browser" in (await http.get("/")).text
        code = open_app.state.pairing.code
        wrong = await http.post("/pair", json={"code": "0" * 8 if code != "0" * 8 else "1" * 8})
        assert (wrong.status_code, wrong.json()["reason"]) == (403, "This is not the code.")
        right = await http.post("/pair", json={"code": code})
        cookie = right.headers["set-cookie"].lower()
        assert right.status_code == 200
        assert cookie.startswith(COOKIE.lower())
        for part in ("httponly", "secure", "samesite=strict", "path=/"):
            assert part in cookie
        assert "<title>Assistant</title>" in (await http.get("/")).text


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"code": 12345678}', b'{"code": "1234567"}', b'{"code": "\xff"}', b"{" * 900]
)
async def test_what_is_no_code(open_app: FastAPI, body: bytes) -> None:
    async with client(open_app, "https://nova.home") as http:
        assert (await http.post("/pair", content=body)).status_code == 422


async def test_guessing_is_slowed_down(open_app: FastAPI) -> None:
    async with client(open_app, "https://nova.home") as http:
        codes = [(await http.post("/pair", json={"code": f"{number:08d}"})).status_code for number in range(8)]
        assert codes[:5].count(429) == 0
        assert codes[5:] == [429, 429, 429]
        late = await http.post("/pair", json={"code": open_app.state.pairing.code})
        assert late.status_code == 429, "the right code has to wait, too"
        assert 0 < int(late.headers["retry-after"]) <= 60


async def test_the_server_s_own_files_are_complete() -> None:
    static = Path(create_app.__code__.co_filename).parent / "static"
    assert {"index.html", "pair.html", "app.js", "style.css", "capture-worklet.js", "playback-worklet.js"} <= {
        path.name for path in static.iterdir()
    }
