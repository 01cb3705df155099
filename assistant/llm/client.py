"""Speaks to the endpoint: one request, and the reply as it comes, each piece waited for only so long."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from assistant.config.understanding import Llm
from assistant.errors import LinkBroken, LinkError, LinkRefused, LinkTimeout, LinkUnknown
from assistant.llm.base import Message, Tool
from assistant.llm.events import Reply

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 3.0
MOST_TOLD = 2000
"""Bytes read of an error's page."""
WHERE = "llm: url"


class Endpoint:
    """An OpenAI-compatible server."""

    def __init__(self, config: Llm) -> None:
        self.config = config
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    @asynccontextmanager
    async def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> AsyncIterator[httpx.Response]:
        """Open a reply; leaving it hangs up, so that the server stops writing.

        Raises:
            LinkError: the server cannot be reached, or refuses; or the variable that should hold the key does not.
        """
        import httpx

        config = self.config
        body: dict[str, Any] = {
            "model": config.model, "messages": list(messages), "stream": True, "max_tokens": config.most_tokens,
        }
        if tools:
            body["tools"] = [tool.plain() for tool in tools]
        try:
            async with self._connected().stream("POST", self._url("chat/completions"), json=body) as response:
                await _check(response)
                yield response
        except httpx.TimeoutException as error:
            raise LinkTimeout("does not answer", where=WHERE) from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
            raise LinkBroken(f"broke off: {error or type(error).__name__}", where=WHERE) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            told = str(error) or type(error).__name__
            raise LinkError(f"cannot be reached: {told}", where=WHERE, mend=f"is a server at {config.url}?") from error

    async def pieces(self, response: httpx.Response, reply: Reply, until: float) -> AsyncGenerator[str, None]:
        """The text of a reply as it comes; its calls are in ``reply`` afterwards.

        Args:
            until: time on the loop's clock at which it must be over.

        Raises:
            LinkTimeout: nothing came for too long, or it was not over in time.
            LinkBroken: it ended before it was whole.
            LinkGarbled: it is none.
        """
        loop = asyncio.get_running_loop()
        source = response.aiter_bytes()
        while not reply.done:
            try:
                async with asyncio.timeout_at(min(until, loop.time() + self.config.first_seconds)):
                    data = await anext(source, None)
            except TimeoutError:
                late = loop.time() >= until
                what = "was not done in time" if late else f"said nothing for {self.config.first_seconds:g} s"
                raise LinkTimeout(what, where=WHERE) from None
            if data is None:
                raise LinkBroken("broke off before the reply was whole", where=WHERE)
            for text in reply.feed(data):
                yield text

    def _connected(self) -> httpx.AsyncClient:
        """Without the proxies, passwords and certificates of the environment: words go where the settings say."""
        if self._client is None:
            import httpx

            key = _key(self.config.key_env)
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            wait = httpx.Timeout(self.config.first_seconds, connect=CONNECT_SECONDS)
            self._client = httpx.AsyncClient(headers=headers, timeout=wait, trust_env=False)
        return self._client

    def _url(self, path: str) -> str:
        return f"{(self.config.url or '').rstrip('/')}/{path}"


def _key(variable: str | None) -> str:
    if variable is None:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise LinkRefused(f"the variable {variable} holds no key", where="llm: key_env",
                          mend=f"export {variable}=... before the assistant starts")
    return key


async def _check(response: httpx.Response) -> None:
    """Raises LinkError where the answer is none."""
    status = response.status_code
    if status == 200:
        return
    told = await _told(response)
    if status in (401, 403):
        raise LinkRefused(f"does not let us in ({status}): {told}", where=WHERE,
                          mend="name the variable that holds the key: llm: {key_env: ...}")
    if status == 404:
        raise LinkUnknown(f"knows no such model or address (404): {told}", where=WHERE,
                          mend="`llm: url` goes up to the version, such as .../v1; see `llm: model`")
    raise LinkError(f"fails ({status}): {told}", where=WHERE)


async def _told(response: httpx.Response) -> str:
    """What an error's page says, in short."""
    data = b""
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > MOST_TOLD:
            break
    try:
        error = json.loads(data)["error"]
        return str(error["message"] if isinstance(error, dict) else error)[:200]
    except (ValueError, TypeError, KeyError):
        return data[:80].decode("utf-8", "replace").strip()
