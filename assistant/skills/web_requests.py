"""What a skill may ask of the web: the servers that its grants name, and no others."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol

from assistant.skills.manifest import NET

if TYPE_CHECKING:
    from assistant.skills.calls import SkillCall
    from assistant.web import Fetched

LONGEST_ADDRESS = 4000
"""Characters."""
MOST_SECONDS = 10.0
"""Somebody may be waiting."""


class WebPort(Protocol):
    """The web, as ``Web`` has it."""

    async def get(self, address: str, servers: Collection[str], seconds: float) -> Fetched: ...


class WebRequests:
    """Grants for servers, enforced."""

    def __init__(self, web: WebPort) -> None:
        self._web = web

    async def get(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        """A page: ``status`` and ``text``."""
        address, seconds = args["url"], float(args["seconds"])
        if not isinstance(address, str) or len(address) > LONGEST_ADDRESS:
            raise ValueError(f"an address is a text of at most {LONGEST_ADDRESS} characters")
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError(f"a page is waited for at most {MOST_SECONDS:g} s")
        servers = [grant.removeprefix(NET) for grant in call.manifest.grants if grant.startswith(NET)]
        fetched = await self._web.get(address, servers, seconds)
        return {"status": fetched.status, "text": fetched.text}
