"""Stands before every request: who calls, by which name, from which page, how much; and what browsers may do with us.

A web site somewhere can make its visitor's browser call this machine: by its own name rebound to our address (the
``Host`` is then foreign), or across origins (the ``Origin`` is). Both are refused, on loopback too.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.server.settings import ServerSettings

log = logging.getLogger(__name__)

MAX_BODY = 1_024
"""Bytes of a request's body: the only one is a pairing code."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}


class Guard:
    """ASGI middleware: refuses what is foreign or too large, adds the security headers."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault is not None:
            status, reason = fault
            log.warning("refused %s: %s", scope.get("client"), reason)
            await _refuse(scope, receive, _with_headers(send), status, reason)
            return
        await self._app(scope, receive, _with_headers(send))

    def _fault(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._settings.allows(_hostname(host)):
            return 403, f"this server is not called {host[:80]!r}"
        origin = headers.get("origin")
        if origin is not None and not _same_origin(origin, host, scope["scheme"]):
            return 403, f"called from another page, {origin[:80]!r}"
        size = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not size.isascii() or not size.isdigit() or int(size[:9]) > MAX_BODY:
            return 413, f"a request may carry {MAX_BODY} bytes, in one piece"
        return None


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _same_origin(origin: str, host: str, scheme: str) -> bool:
    secure = scheme in ("https", "wss")
    return origin.lower() == f"{'https' if secure else 'http'}://{host.lower()}"


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            MutableHeaders(scope=message).update(SECURITY_HEADERS)
        await send(message)

    return wrapped


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
    await PlainTextResponse(f"{reason}\n", status)(scope, receive, send)
