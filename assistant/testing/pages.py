"""A web server of a test, on loopback: what it answers is said by address, and its manners may be bad."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    """Whether it stops before its last byte, and never goes on."""


class Pages:
    """The server.

    Attributes:
        address: of it, without a slash at the end.
        asked: path and query of each question.
        heads: what each question came with, by name in lower case.
    """

    def __init__(self, answer: Callable[[str], Reply]) -> None:
        self.answer = answer
        self.address = ""
        self.asked: list[str] = []
        self.heads: list[dict[str, str]] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question."""
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            self.asked.append(path)
            self.heads.append({name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])})
            reply = self.answer(path)
            heads = {"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers}
            head = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
            body = reply.body[:-1] if reply.hangs else reply.body
            writer.write(f"HTTP/1.1 {reply.status} X\r\n{head}\r\n".encode() + body)
            await writer.drain()
            if reply.hangs:
                await reader.read()  # until whoever waits gives up
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def pages(answer: Callable[[str], Reply]) -> AsyncIterator[Pages]:
    """A server that answers each path and query with what ``answer`` says, while the block runs."""
    served = Pages(answer)
    server = await asyncio.start_server(served.handle, "127.0.0.1", 0)
    try:
        served.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield served
    finally:
        server.close()
