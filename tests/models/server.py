"""A server on loopback whose manners the tests choose: it breaks off, lies, ignores, refuses, redirects."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.models.checksum import Checksum
from assistant.models.remote import Remote

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(
    request: BaseHTTPRequestHandler, content: bytes, *, status: int = 200, length: int | None = None, **headers: str
) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(content) if length is None else length))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(content)


def whole(content: bytes) -> Answer:
    """Sends what is asked for, from where it is asked for."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        start = asked_from(request)
        if start is None:
            send(request, content)
        else:
            place = f"bytes {start}-{len(content) - 1}/{len(content)}"
            send(request, content[start:], status=206, Content_Range=place)

    return answer


def index(data: Any) -> Answer:
    """Sends JSON."""
    return whole(json.dumps(data).encode())


def ignoring_range(content: bytes) -> Answer:
    """Always begins at the beginning."""
    return lambda request: send(request, content)


def breaking_off(content: bytes, after: int, times: int, *, resuming: bool = True) -> Answer:
    """Sends at most ``after`` bytes the first ``times`` times, having announced all."""
    asked = iter(range(10_000))

    def answer(request: BaseHTTPRequestHandler) -> None:
        if next(asked) >= times:
            (whole if resuming else ignoring_range)(content)(request)
            return
        start = asked_from(request) if resuming else None
        rest = content[start or 0 :]
        headers = {} if start is None else {"Content_Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        send(request, rest[:after], status=200 if start is None else 206, length=len(rest), **headers)
        request.close_connection = True

    return answer


def refusing(status: int) -> Answer:
    """Sends an error."""
    return lambda request: send(request, b"no", status=status)


def redirecting(to: str) -> Answer:
    """Sends elsewhere."""
    return lambda request: send(request, b"", status=302, Location=to)


def asked_from(request: BaseHTTPRequestHandler) -> int | None:
    wanted = request.headers.get("Range")
    return int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else None


class Server:
    """What it answers by path, and what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, int | None]] = []
        """Path, and the byte from which."""

    def remote(self, content: bytes, answer: Answer, *, size: int | None = -1, sha256: str = "") -> Remote:
        """A file under this server; -1: its index tells the true size."""
        self.answers["/file.bin"] = answer
        digest = sha256 or hashlib.sha256(content).hexdigest()
        return Remote(f"{self.address}/file.bin", "file.bin", Checksum("sha256", digest),
                      len(content) if size == -1 else size)


@contextmanager
def serving() -> Iterator[Server]:
    """A server while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            server.asked.append((path, asked_from(self)))
            server.answers.get(path, refusing(404))(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
