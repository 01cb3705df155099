"""Servers of the Model Context Protocol as tools: only those that are listed, for so long, and so much of an answer.

Each server has a task that connects, lists its tools and looks after it: one that dies is named and begun anew, later
each time.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from assistant.config.understanding import McpServer
from assistant.errors import BackendError, LinkError
from assistant.events import ComponentFailed, Event
from assistant.extras import install_command
from assistant.llm import prompt
from assistant.llm.base import Tool

if TYPE_CHECKING:
    from mcp import Client

log = logging.getLogger(__name__)

PREFIX = "mcp__"
START_SECONDS = 60.0
"""Wait for a server to start and list its tools."""
BEAT_SECONDS = 10.0
"""A server that died is noticed within this."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before a server that failed is begun anew; twice as many each time."""
LARGEST_SCHEMA = 20_000
"""Characters of a tool's parameters."""
LONGEST_ABOUT = 500
LONGEST_NAME = 64
"""Of a tool, as endpoints take it; of two that are alike up to here the first is offered."""
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9_-]")
_SIGNS = re.compile(r"[\W_]+")


class ToolServer:
    """One server.

    Args:
        publish: takes events.
    """

    def __init__(self, config: McpServer, publish: Callable[[Event], None] = lambda event: None) -> None:
        self.config = config
        self.tools: Sequence[Tool] = ()
        """What it offers of what is allowed; nothing while it is down."""
        self._publish = publish
        self._names: dict[str, str] = {}
        self._asked: set[str] = set()
        """Tools that need a yes."""
        self._client: Client | None = None
        self._failed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, in the background."""
        self._task = asyncio.create_task(self._live(), name=f"tool server {self.config.name}")

    async def close(self) -> None:
        """Disconnect; a program that was started ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def call(self, tool: str, arguments: str) -> tuple[str, str]:
        """Call a tool by its name for the model; outcome and text of its answer."""
        client, name = self._client, self._names.get(tool)
        if client is None or name is None:
            return "failed", f"the server {self.config.name} is not there now"
        try:
            given = json.loads(arguments or "{}")
            if not isinstance(given, dict):
                raise ValueError
        except (ValueError, RecursionError):
            return "failed", "the arguments are no JSON object"
        try:
            async with asyncio.timeout(self.config.seconds):
                result = await client.call_tool(name, given)
        except TimeoutError:
            return "failed", f"it took longer than {self.config.seconds:g} s"
        except Exception as error:  # of another's library: whatever it is, this call has failed
            self._failed.set()
            return "failed", str(error)[:200] or type(error).__name__
        return "failed" if result.is_error else "done", _text(result.content)

    def question(self, tool: str) -> str:
        """What whoever speaks is asked before a tool is used; empty if nothing."""
        if tool not in self._asked:
            return ""
        words = " ".join(_SIGNS.sub(" ", self._names.get(tool, "")).split())
        return f"Shall I use {words} of {self.config.name}?"

    async def _live(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                async with AsyncExitStack() as stack:
                    async with asyncio.timeout(START_SECONDS):
                        client = await stack.enter_async_context(connection(self.config))
                        self.tools = await self._listed(client)
                    self._client, wait = client, FIRST_WAIT
                    await self._watch(client)
            except Exception as error:  # of another's library, and of another's program
                self._name_failure(error)
            finally:
                self._client, self.tools = None, ()
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _watch(self, client: Client) -> None:
        """Returns never; raises when it is gone."""
        while True:
            self._failed.clear()
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._failed.wait()
            except TimeoutError:
                pass  # nothing was wrong so far
            async with asyncio.timeout(START_SECONDS):
                self.tools = await self._listed(client)

    async def _listed(self, client: Client) -> list[Tool]:
        found = (await client.list_tools(cache_mode="bypass")).tools
        self._names, self._asked = {}, set()
        tools = []
        for tool in found:
            name = f"{PREFIX}{self.config.name}__{_UNNAMEABLE.sub('_', tool.name)}"[:LONGEST_NAME]
            schema = json.dumps(tool.input_schema, ensure_ascii=False)
            if tool.name in self.config.allow and name not in self._names and len(schema) <= LARGEST_SCHEMA:
                self._names[name] = tool.name
                if tool.name in self.config.ask or (tool.annotations and tool.annotations.destructive_hint):
                    self._asked.add(name)
                about = prompt.quoted(tool.description or "", LONGEST_ABOUT)
                told = f"Of the server {self.config.name}, which says: {about}"
                tools.append(Tool(name, told, json.loads(prompt.harmless(schema))))
        return tools

    def _name_failure(self, error: Exception) -> None:
        told = _reason(error)
        log.warning("the tool server %s: %s", self.config.name, told)
        self._publish(ComponentFailed(component=f"tool server {self.config.name}", error=told))


class ToolServers:
    """All servers."""

    def __init__(self, configs: Sequence[McpServer], publish: Callable[[Event], None] = lambda event: None) -> None:
        self._servers = [ToolServer(config, publish) for config in configs]

    def start(self) -> None:
        """Connect to all, in the background."""
        for server in self._servers:
            server.start()

    async def close(self) -> None:
        """Disconnect from all."""
        await asyncio.gather(*(server.close() for server in self._servers))

    @property
    def tools(self) -> list[Tool]:
        """Of those that are there."""
        return [tool for server in self._servers for tool in server.tools]

    def question(self, tool: str) -> str:
        """What whoever speaks is asked before a tool is used; empty if nothing."""
        return next(filter(None, (server.question(tool) for server in self._servers)), "")

    async def call(self, tool: str, arguments: str) -> tuple[str, str]:
        """Call a tool; outcome and text of its answer."""
        for server in self._servers:
            if any(known.name == tool for known in server.tools):
                return await server.call(tool, arguments)
        return "failed", f"there is no tool {tool!r} now"


async def offered(config: McpServer) -> set[str]:
    """The names of all tools that a server has.

    Raises:
        LinkError: it cannot be started, reached or listed.
    """
    try:
        async with asyncio.timeout(START_SECONDS), connection(config) as client:
            return {tool.name for tool in (await client.list_tools()).tools}
    except BackendError as error:
        raise LinkError(error.what, mend=error.mend) from error
    except Exception as error:
        raise LinkError(_reason(error)) from error


def connection(config: McpServer) -> Client:
    """A client of a server, not connected yet. A program gets none of our environment's secrets.

    Raises:
        BackendError: the package is not installed.
    """
    try:
        from mcp import Client, StdioServerParameters
        from mcp.client.stdio import stdio_client
    except ImportError as error:
        raise BackendError("tool servers need the package mcp", mend=install_command("mcp")) from error
    if config.url is not None:
        return Client(config.url)
    program, *arguments = (os.path.expanduser(word) for word in config.command)
    silent = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as long as the program
    parameters = StdioServerParameters(command=program, args=arguments)
    return Client(stdio_client(parameters, errlog=silent))


def _reason(error: BaseException) -> str:
    """The first cause of a failure, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return f"did not answer within {START_SECONDS:g} s"
    return " ".join((str(error) or type(error).__name__).split())[:200]


def _text(content: Sequence[Any]) -> str:
    """The words of an answer; pictures and sounds have none."""
    return "\n".join(part.text for part in content if getattr(part, "type", "") == "text")
