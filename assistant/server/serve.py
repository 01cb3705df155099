"""Runs the web server inside the agent's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from assistant.errors import ConfigError
from assistant.server.listeners import who_listens
from assistant.server.settings import ServerSettings, is_loopback
from assistant.server.tls import Certificate

log = logging.getLogger(__name__)

MAX_MESSAGE = 256 * 1024
"""Bytes of a WebSocket message that are read at all; what is longer closes the socket, unread."""
MAX_CONNECTIONS = 64
GRACE_SECONDS = 2
"""Time that open sockets get when the server ends."""
STEP = 0.005
DATE_SECONDS = 1.0
"""How old the date in a response may be."""


class ClosableWebSocket(WebSocketsSansIOProtocol):
    """Uvicorn's, which cannot be shut down while its client is closing it."""

    def shutdown(self) -> None:
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()


class _Server(uvicorn.Server):
    """Uvicorn without its hand on the signals, which the agent has, and without looking ten times a second whether it
    should end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Finish what is open, and return from ``serve``."""
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), DATE_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def serve(
    app: FastAPI, host: str, port: int, *, certificate: Certificate | None = None, where: str = "server"
) -> AsyncIterator[str]:
    """Serve ``app`` while the block runs; yields the page's address.

    Args:
        app: made by ``create_app`` with settings for the same ``host``.
        host: name or address to listen on; 127.0.0.1 keeps it on this machine.
        port: 0 takes any free one.
        certificate: for TLS; needed where ``host`` is not this machine only.
        where: place in the configuration that sets ``port``, for error messages ("home.yaml:12").

    Raises:
        ConfigError: the port is taken (by whom is said) or the address is not this machine's, or it would be open to
            the network without TLS or pairing.
    """
    settings: ServerSettings = app.state.settings
    if not is_loopback(host) and (certificate is None or not settings.exposed):
        raise ConfigError(
            f"the page would be open to the network at {host} without TLS and pairing", where=where,
            mend="set server: {tls: true}, or host: 127.0.0.1",
        )
    with _listen(host, port, where) as listener:
        bound = listener.getsockname()[1]
        server = _Server(configure(app, certificate))
        running = asyncio.create_task(server.serve([listener]), name="server")
        try:
            await _started(server, running)
            yield _url(host, bound, certificate is not None)
        finally:
            server.end()
            await running


def configure(app: FastAPI, certificate: Certificate | None) -> uvicorn.Config:
    """How uvicorn serves ``app``."""
    return uvicorn.Config(
        app, log_config=None, access_log=False, log_level=logging.WARNING, lifespan="off", ws=ClosableWebSocket,
        ws_max_size=MAX_MESSAGE, ws_per_message_deflate=False, limit_concurrency=MAX_CONNECTIONS, proxy_headers=False,
        server_header=False, timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=certificate.certificate if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


async def _started(server: uvicorn.Server, running: asyncio.Task[None]) -> None:
    while not server.started:
        if running.done():
            running.result()
            raise ConfigError("the web server ended as it began", where="server")
        await asyncio.sleep(STEP)


def _listen(host: str, port: int, where: str) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise ConfigError(f"there is no address {host!r}: {error.strerror}", where=where) from error
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _bind_error(error, host, port, where) from error
    listener.setblocking(False)
    return listener


def _bind_error(error: OSError, host: str, port: int, where: str) -> ConfigError:
    if error.errno == errno.EADDRINUSE:
        return ConfigError(
            f"port {port} on {host} is in use by {who_listens(port) or 'another program'}", where=where,
            mend=f"stop it, or choose another port: server: {{port: {port + 1}}}",
        )
    if error.errno == errno.EACCES:
        return ConfigError(f"port {port} is for the system only", where=where, mend="choose one from 1024 up")
    return ConfigError(f"cannot listen on {host}: {error.strerror}", where=where, mend="use an address of this machine")


def _url(host: str, port: int, secure: bool) -> str:
    name = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    return f"{'https' if secure else 'http'}://{f'[{name}]' if ':' in name else name}:{port}/"
