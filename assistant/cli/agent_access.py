"""How a command reaches an agent: the one that runs, else one of its own for as long as the command lasts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from assistant.cli.control import KNOCK_SECONDS, call, socket_path


class Running:
    """The agent that runs."""

    own = False

    def __init__(self, path: Path) -> None:
        self._path = path

    async def call(self, command: str, **arguments: Any) -> Any:
        """Run a command there.

        Raises:
            AssistantError: it refused, or ended meanwhile.
        """
        from assistant.errors import AssistantError

        result = await call(self._path, command, **arguments)
        if result is None:
            raise AssistantError("the assistant ended meanwhile", mend="start it again: assistant run")
        return result


class Own:
    """An agent of the command's own, in this process."""

    own = True

    def __init__(self, desk: Any) -> None:
        self._desk = desk

    async def call(self, command: str, **arguments: Any) -> Any:
        """Run a command here."""
        return await getattr(self._desk, command)(**arguments)


async def running(path: Path | None = None) -> Running | None:
    """The agent of this user that runs; None if none does."""
    path = path or socket_path()
    return Running(path) if await call(path, "status", seconds=KNOCK_SECONDS) is not None else None


@asynccontextmanager
async def open_access(config: Path | None = None, *, deaf: bool = False) -> AsyncIterator[Running | Own]:
    """The running agent, else a new one that ends with the block.

    Args:
        config: settings for a new one; naming a file always starts a new one.
        deaf: a new one needs neither ears nor voice, and starts sooner; the household's timers are not its business.

    Raises:
        AssistantError: a new one cannot be started.
    """
    found = await running() if config is None else None
    if found is not None:
        yield found
        return
    from assistant.agent import Agent
    from assistant.cli.desk import Desk
    from assistant.config import load_config
    from assistant.logs import quiet

    loaded = load_config(config)
    with contextlib.ExitStack() as stack:
        stack.enter_context(quiet(loaded.log.level))
        async with Agent(loaded, passing=deaf, world=_deaf() if deaf else None) as agent:
            yield Own(Desk(agent))


def _deaf() -> Any:
    """A world without ears and voice."""
    from assistant.parts import World
    from assistant.recorder.stand_ins import QuietVoice, TextWorkers

    return World(workers=lambda config, bus, grammar: TextWorkers(QuietVoice({})))  # type: ignore[arg-type, return-value]
