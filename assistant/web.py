"""Pages of the web, asked for on behalf of skills: only of servers that somebody named, protected, within limits."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.errors import SkillError, WebError

if TYPE_CHECKING:
    import httpx

LARGEST = 1 << 20
"""Bytes of a page."""
MOST_HOPS = 3
"""Times that servers may send us elsewhere."""
MOST_AT_ONCE = 8
"""Pages that are waited for; one more waits for its turn."""
LOOPBACK = ("localhost", "127.0.0.1")
"""Hosts that nothing leaves this machine for: the only ones that are asked without protection."""
OFFLINE = "is this machine connected?"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered."""

    status: int
    text: str


class Web:
    """Asks servers. Belongs to the event loop."""

    def __init__(self) -> None:
        self._trust: ssl.SSLContext | None = None
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._until: dict[object, float] = {}
        """Real time until which each page may be waited for."""

    @property
    def busy(self) -> bool:
        """Whether a server is waited for that still has time: audio time waits for it."""
        return any(time.monotonic() < until for until in self._until.values())

    async def get(self, address: str, servers: Collection[str], seconds: float) -> Fetched:
        """Ask for a page.

        Args:
            servers: that may be asked: ``host``, or ``host:port`` where that is not the usual one.
            seconds: until all of it must be there.

        Raises:
            SkillError: it may not be asked.
            WebError: it cannot be reached, is late or answers too much.
        """
        waited = object()
        self._until[waited] = time.monotonic() + seconds
        try:
            async with asyncio.timeout(seconds), self._room:
                return await self._follow(address, servers)
        except TimeoutError as error:
            raise WebError(f"no answer within {seconds:g} s", where=_host(address), mend=OFFLINE) from error
        finally:
            del self._until[waited]

    async def _follow(self, address: str, servers: Collection[str]) -> Fetched:
        if self._trust is None:
            self._trust = await asyncio.to_thread(_trust)
        for _ in range(1 + MOST_HOPS):
            answer = await self._ask(self._route(permitted(address, servers)), self._trust)
            if isinstance(answer, Fetched):
                return answer
            address = answer
        raise WebError("sends us round in circles", where=_host(address), mend="try again later")

    def _route(self, url: httpx.URL) -> httpx.URL:
        """Where a permitted address is looked for."""
        return url

    async def _ask(self, url: httpx.URL, trust: ssl.SSLContext) -> Fetched | str:
        """The page, or the address that has it. A client of its own: what one server keeps here, no other sees."""
        import httpx

        headers = {"User-Agent": f"voice-assistant/{__version__}"}
        proxies = url.host not in LOOPBACK
        try:
            async with (
                httpx.AsyncClient(verify=trust, timeout=None, trust_env=proxies, headers=headers) as client,
                client.stream("GET", url) as response,
            ):
                log.info("%s answers with status %d", url.host, response.status_code)
                if response.next_request is not None:
                    return str(response.next_request.url)
                return Fetched(response.status_code, await _text(response))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = str(error) or type(error).__name__
            raise WebError(f"cannot be reached: {said}", where=url.host, mend=OFFLINE) from error


def permitted(address: str, servers: Collection[str]) -> httpx.URL:
    """An address, read as it will be asked for.

    Raises:
        SkillError: it is no address, not protected, or of none of these servers.
    """
    import httpx

    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise SkillError(f"is no address: {error}", where=address[:200]) from error
    if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
        raise SkillError("is not a protected address", where=address[:200], mend="it should begin with https://")
    if url.userinfo:
        raise SkillError("an address with a password in it is not used", where=url.host, mend="name one without")
    server = url.host if url.port is None else f"{url.host}:{url.port}"
    if server not in servers:
        raise SkillError("may not be asked", where=server, mend=f"add 'net:{server}' to the grants")
    return url


async def _text(response: httpx.Response) -> str:
    held = bytearray()
    async for piece in response.aiter_bytes():
        held += piece
        if len(held) > LARGEST:
            raise WebError(f"answers with more than {LARGEST >> 10} KB", where=response.url.host)
    return held.decode(response.encoding or "utf-8", "replace")


def _trust() -> ssl.SSLContext:
    """Whose certificates count. Reading them takes a while, as does the library."""
    import httpx

    return httpx.create_ssl_context()


def _host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0][:200]
