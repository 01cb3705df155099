"""What is asked of the web, of whom, and when it is given up. Only servers of this machine are asked."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from assistant.clock import hasten, run_virtual
from assistant.errors import SkillError, WebError
from assistant.testing.pages import Pages, Reply, pages
from assistant.web import LARGEST, Web, permitted

GRANTED = ("weather.example", "sun.example:8443", "localhost", "127.0.0.1:8080")


def own(server: Pages) -> tuple[str]:
    return (server.address.removeprefix("http://"),)


@pytest.mark.parametrize("address", [
    "https://weather.example/now?place=a%20b", "https://WEATHER.example:443/", "https://sun.example:8443/",
    "http://localhost/", "http://127.0.0.1:8080/x",
])
def test_servers_that_a_grant_names_may_be_asked(address: str) -> None:
    assert permitted(address, GRANTED).host in ("weather.example", "sun.example", "localhost", "127.0.0.1")


@pytest.mark.parametrize(("address", "fault"), [
    ("http://weather.example/", "not a protected address"),
    ("ftp://weather.example/", "not a protected address"),
    ("file:///etc/passwd", "not a protected address"),
    ("weather.example", "not a protected address"),
    ("https://weather.example:8443/", "weather.example:8443: may not be asked"),
    ("https://sun.example/", "sun.example: may not be asked .add 'net:sun.example' to the grants"),
    ("https://www.weather.example/", "may not be asked"),
    ("https://weather.example.evil.example/", "may not be asked"),
    ("https://weather.example@evil.example/", "password"),
    ("https://me:secret@weather.example/", "password"),
    ("https://evil.example/https://weather.example/", "evil.example: may not be asked"),
    ("http://127.0.0.1/", "may not be asked"),
    ("http://127.0.0.1:1883/", "may not be asked"),
    ("https://[::1/", "is no address"),
])
def test_others_may_not(address: str, fault: str) -> None:
    with pytest.raises(SkillError, match=fault):
        permitted(address, GRANTED)


async def test_a_page_comes_with_its_status() -> None:
    async with pages(lambda path: Reply(path.encode() + "ü".encode(), 404)) as server:
        fetched = await Web().get(f"{server.address}/a?b=c", own(server), 5)
        assert (fetched.status, fetched.text) == (404, "/a?b=cü")
        assert server.heads[0]["user-agent"].startswith("voice-assistant/")
        assert "cookie" not in server.heads[0]


async def test_what_one_answer_sets_the_next_question_does_not_tell() -> None:
    async with pages(lambda path: Reply(headers={"Set-Cookie": "who=me"})) as server:
        web = Web()
        for _ in range(2):
            await web.get(server.address, own(server), 5)
        assert "cookie" not in server.heads[1]


async def test_it_follows_where_it_may() -> None:
    def answer(path: str) -> Reply:
        return Reply(b"here") if path == "/new" else Reply(status=301, headers={"Location": "/new"})

    async with pages(answer) as server:
        assert (await Web().get(f"{server.address}/old", own(server), 5)).text == "here"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "http://127.0.0.1:1/", "file:///etc/passwd"])
async def test_it_does_not_follow_where_it_may_not(elsewhere: str) -> None:
    async with pages(lambda path: Reply(status=302, headers={"Location": elsewhere})) as server:
        with pytest.raises((SkillError, WebError), match=r"may not be asked|not a protected|cannot be reached"):
            await Web().get(server.address, own(server), 5)


async def test_it_does_not_go_round_in_circles() -> None:
    async with pages(lambda path: Reply(status=302, headers={"Location": "/again"})) as server:
        with pytest.raises(WebError, match=r"round in circles"):
            await Web().get(server.address, own(server), 5)
        assert len(server.asked) == 4


@pytest.mark.parametrize("length", [LARGEST + 1, 10 * LARGEST])
async def test_a_page_has_a_size(length: int) -> None:
    async with pages(lambda path: Reply(b"x" * length)) as server:
        with pytest.raises(WebError, match=r"more than 1024 KB"):
            await Web().get(server.address, own(server), 5)


async def test_a_server_that_hangs_is_not_waited_for() -> None:
    async with pages(lambda path: Reply(b"nearly", hangs=True)) as server:
        web, began = Web(), time.monotonic()
        with pytest.raises(WebError, match=r"no answer within 0.2 s"):
            await web.get(server.address, own(server), 0.2)
        assert time.monotonic() - began < 2
        assert not web.busy


async def test_a_server_that_is_not_there() -> None:
    async with pages(lambda path: Reply()) as server:
        address, servers = server.address, own(server)
    with pytest.raises(WebError, match=r"cannot be reached"):
        await Web().get(address, servers, 5)


async def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*question: Any, **more: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(WebError, match=r"weather.example: cannot be reached: .*Name or service not known"):
        await Web().get("https://weather.example/", ["weather.example"], 2)


def test_audio_time_waits_for_a_server_but_not_for_ever() -> None:
    async def ask() -> str:
        web = Web()
        async with pages(lambda path: Reply(b"late", hangs=path == "/never")) as server:
            asked = web.get(f"{server.address}/soon", own(server), 5)
            text = (await hasten(asked, lambda: web.busy)).text
            with pytest.raises(WebError, match=r"no answer within 0.3 s"):
                await hasten(web.get(f"{server.address}/never", own(server), 0.3), lambda: web.busy)
        return text

    assert run_virtual(ask()) == "late"
