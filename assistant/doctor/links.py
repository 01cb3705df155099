"""The servers that links of the fallback chain ask: there, willing, and quick enough."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from assistant.config import Config
from assistant.config.understanding import McpServer, Rasa
from assistant.doctor.finding import Finding, bad, good, note
from assistant.errors import LinkError


def links(config: Config) -> Iterator[Finding]:
    """Those that the configuration names."""
    if "rasa" in config.understanding.links and config.understanding.rasa is not None:
        yield _rasa(config, config.understanding.rasa)
    if "llm" in config.understanding.links:
        yield _language_model(config)
        for server in config.llm.mcp:
            yield _tool_server(server)


def _rasa(config: Config, settings: Rasa) -> Finding:
    from assistant.grammar.grammar import Grammar
    from assistant.grammar.phrasing import Phrasing
    from assistant.nlu.rasa import RasaLink

    async def parse() -> None:
        link = RasaLink(settings, Phrasing(Grammar()))
        try:
            await link.parse("hello")
        finally:
            await link.close()

    began = time.perf_counter()
    try:
        asyncio.run(parse())
    except LinkError as error:
        return bad("rasa", f"{settings.url}: {error.what}",
                   error.mend or f"see {config.where('understanding', 'rasa', 'url')}")
    return good("rasa", f"answers in {(time.perf_counter() - began) * 1000:.0f} ms")


def _language_model(config: Config) -> Finding:
    from assistant.llm.client import Endpoint
    from assistant.llm.events import Reply

    async def first_words() -> None:
        endpoint, reply = Endpoint(config.llm), Reply()
        try:
            async with endpoint.ask([{"role": "user", "content": "Say hello."}]) as response:
                until = asyncio.get_running_loop().time() + config.llm.seconds
                async for _ in endpoint.pieces(response, reply, until):
                    return
        finally:
            await endpoint.close()

    began = time.perf_counter()
    try:
        asyncio.run(first_words())
    except LinkError as error:
        return bad("llm", f"{config.llm.url}: {error.what}", error.mend or f"see {config.where('llm', 'url')}")
    told = f"{config.llm.model} answers after {time.perf_counter() - began:.1f} s"
    url = config.llm.url or ""
    return good("llm", told if is_local(url) else f"{told}; what is said to it goes to {urlsplit(url).hostname}")


def _tool_server(server: McpServer) -> Finding:
    from assistant.llm.mcp import offered

    label = f"mcp {server.name}"
    try:
        names = asyncio.run(offered(server))
    except LinkError as error:
        return bad(label, error.what, error.mend or "try its command, or its url, yourself")
    missing = [name for name in server.allow if name not in names]
    if missing:
        return note(label, f"has no tool {', '.join(missing)}", f"it has: {', '.join(sorted(names)) or 'none'}")
    return good(label, f"offers {', '.join(server.allow) or 'nothing that is allowed'}")


def is_local(url: str) -> bool:
    """Whether an address is of this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
