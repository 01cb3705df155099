"""The web of a test: servers of this machine stand for others, and beyond them there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.errors import WebError
from assistant.web import OFFLINE, Web

if TYPE_CHECKING:
    import httpx


class FakeWeb(Web):
    """Like the real one, with its limits and rules, but never off this machine.

    Attributes:
        servers: address of the server that stands for another, by that one's host.
        asked: the addresses that were asked for.
    """

    def __init__(self, servers: Mapping[str, str]) -> None:
        super().__init__()
        self.servers = dict(servers)
        self.asked: list[str] = []

    def _route(self, url: httpx.URL) -> httpx.URL:
        import httpx

        self.asked.append(str(url))
        if url.host not in self.servers:
            raise WebError("cannot be reached: nothing of a test leaves this machine", where=url.host, mend=OFFLINE)
        return httpx.URL(self.servers[url.host]).copy_with(raw_path=url.raw_path)
