"""An endpoint that answers by a script: streams, calls of tools, and every way in which a server can fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from assistant.config.understanding import Llm


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply.

    Attributes:
        text: pieces as they are sent.
        calls: (tool, arguments as JSON) in pieces of a few characters.
        then: ``done``, ``break`` (the connection is cut), ``hang`` (nothing more comes) or ``endless``.
        status: of the reply; with another than 200 ``body`` is all of it.
        gate: waited for after the first piece.
    """

    text: Sequence[str] = ()
    calls: Sequence[tuple[str, str]] = ()
    then: str = "done"
    status: int = 200
    body: str = ""
    gate: asyncio.Event | None = None


@dataclass(slots=True)
class Scripted:
    """What it was asked, and what it is to answer next."""

    script: list[Turn]
    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of the requests."""
    headers: list[str] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client left before the end."""

    def config(self, **fields: Any) -> Llm:
        """Settings that lead here."""
        return Llm(url=f"http://127.0.0.1:{self.port}/v1", model="tiny", **fields)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(int(line.split(":")[1]) for line in head.lower().splitlines() if "content-length" in line)
            self.asked.append(json.loads(await reader.readexactly(length)))
            self.headers.append(head)
            await self._answer(self.script.pop(0), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()

    async def _answer(self, turn: Turn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kind = "text/event-stream" if turn.status == 200 else "application/json"
        head = f"HTTP/1.1 {turn.status} OK\r\nContent-Type: {kind}\r\n"
        if turn.body:
            writer.write(f"{head}Content-Length: {len(turn.body)}\r\n\r\n{turn.body}".encode())
            await writer.drain()
            return
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for number, piece in enumerate(turn.text):
            await _send(writer, {"content": piece})
            if number == 0 and turn.gate is not None:
                await turn.gate.wait()
        for index, (name, arguments) in enumerate(turn.calls):
            await _send(writer, {"tool_calls": [{"index": index, "id": f"c{index}", "function": {"name": name}}]})
            for at in range(0, len(arguments), 5):
                part = {"index": index, "function": {"arguments": arguments[at : at + 5]}}
                await _send(writer, {"tool_calls": [part]})
        await self._end(turn, reader, writer)

    async def _end(self, turn: Turn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while turn.then == "endless":
            await _send(writer, {"content": "and so on "})
        if turn.then == "hang":
            await reader.read()
            self.hung_up.set()
        elif turn.then == "done":
            await _chunk(writer, b"data: [DONE]\n\n")
            await _chunk(writer, b"")


async def _send(writer: asyncio.StreamWriter, delta: dict[str, Any]) -> None:
    event = {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    await _chunk(writer, f"data: {json.dumps(event)}\n\n".encode())


async def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
    await writer.drain()


@asynccontextmanager
async def scripted(*script: Turn) -> AsyncIterator[Scripted]:
    """A server on a free port of this machine."""
    held = Scripted(list(script))
    server = await asyncio.start_server(held.serve, "127.0.0.1", 0)
    held.port = server.sockets[0].getsockname()[1]
    try:
        yield held
    finally:
        server.close()
