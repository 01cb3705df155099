"""Where a browser is: what is typed on this machine is the household's, elsewhere it may be anybody's."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from assistant.server.settings import is_loopback

PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers of a proxy on this machine: who stands behind it does not."""


def is_here(connection: HTTPConnection) -> bool:
    """Whether it comes from this machine itself, called by its own name. In doubt it does not."""
    client = connection.client
    named = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    passed_on = any(name in connection.headers for name in PASSED_ON)
    return client is not None and is_loopback(client.host) and is_loopback(named) and not passed_on
