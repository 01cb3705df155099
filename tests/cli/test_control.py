"""The command socket of a running assistant: a desk on one end, commands on the other."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.agent_access import running
from assistant.cli.control import MAX_LINE, call, serve_control, socket_path
from assistant.errors import AssistantError, HomeError


class FakeDesk:
    """Answers like a desk."""

    async def status(self) -> dict[str, Any]:
        return {"pid": 4711, "page": "http://127.0.0.1:1"}

    async def ask(self, text: str, area: str = "") -> dict[str, Any]:
        if text == "fail":
            raise HomeError("the broker is away", where="home", mend="start it")
        await asyncio.sleep(0)
        return {"text": text.upper(), "outcome": "done"}

    async def secret(self) -> str:
        return "not a command"


@pytest.fixture
async def path(own_folders: Path) -> AsyncIterator[Path]:
    async with serve_control(FakeDesk()) as path:  # type: ignore[arg-type]
        yield path


async def test_commands_go_there_and_back(path: Path) -> None:
    assert path == socket_path()
    assert await call(path, "ask", text="lights") == {"text": "LIGHTS", "outcome": "done"}
    found = await running()
    assert found is not None
    assert await found.call("ask", text="on") == {"text": "ON", "outcome": "done"}


async def test_what_the_agent_raises_arrives_whole(path: Path) -> None:
    with pytest.raises(AssistantError) as caught:
        await call(path, "ask", text="fail")
    assert (caught.value.what, caught.value.where, caught.value.mend) == ("the broker is away", "home", "start it")


@pytest.mark.parametrize(
    ("command", "arguments", "what"),
    [("secret", {}, "no command 'secret'"), ("ask", {"txt": "x"}, "ask: "), ("ask", {}, "ask: ")],
)
async def test_only_commands_are_served(path: Path, command: str, arguments: dict[str, Any], what: str) -> None:
    with pytest.raises(AssistantError, match=what):
        await call(path, command, **arguments)


@pytest.mark.parametrize("line", [b"", b"\n", b"nonsense\n", b"[]\n", b'{"do": 3}\n', b'{"do": "ask", "with": 1}\n',
                                  b"\xff\xfe\n", b"x" * (MAX_LINE + 10) + b"\n"])
async def test_garbage_ends_only_its_own_connection(path: Path, line: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)
    writer.write_eof()
    async with asyncio.timeout(2):
        answer = await reader.read()
    writer.close()
    assert answer == b"" or answer.startswith(b'{"error"')
    assert (await call(path, "status"))["pid"] == 4711


async def test_many_at_once(path: Path) -> None:
    answers = await asyncio.gather(*(call(path, "ask", text=f"n{number}") for number in range(50)))
    assert [answer["text"] for answer in answers] == [f"N{number}" for number in range(50)]


async def test_a_second_agent_is_refused_and_the_first_named(path: Path) -> None:
    with pytest.raises(AssistantError, match="process 4711"):
        async with serve_control(FakeDesk()):  # type: ignore[arg-type]
            pass
    assert await call(path, "status") is not None


async def test_only_the_user_may_enter(path: Path) -> None:
    assert [stat.S_IMODE(os.stat(place).st_mode) for place in (path, path.parent)] == [0o600, 0o700]


async def test_a_folder_that_others_may_enter_is_refused(own_folders: Path) -> None:
    socket_path().parent.mkdir(mode=0o755)
    socket_path().parent.chmod(0o755)
    with pytest.raises(AssistantError, match="others may enter"):
        async with serve_control(FakeDesk()):  # type: ignore[arg-type]
            pass


async def test_what_a_dead_agent_left_behind_is_no_agent(own_folders: Path) -> None:
    socket_path().parent.mkdir(mode=0o700)
    socket_path().touch()
    assert await running() is None
    async with serve_control(FakeDesk()) as path:  # type: ignore[arg-type]
        assert await call(path, "status") is not None
    assert not path.exists()


async def test_an_agent_that_hangs_is_said_to(own_folders: Path) -> None:
    socket_path().parent.mkdir(mode=0o700)
    server = await asyncio.start_unix_server(lambda reader, writer: None, socket_path())
    with pytest.raises(AssistantError, match="does not answer"):
        await call(socket_path(), "status", seconds=0.05)
    server.close()
