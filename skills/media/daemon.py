"""What is asked of a Music Player Daemon, each time with a look at what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from assistant.skills import Outcome

from .search import find, play
from .servers import WHERE, Server, ServerError, connected, state_of

LOOK_SECONDS = 1.5
"""For telling what it does: orders to other players wait for that."""
SECONDS = 6.0
"""For a search and what follows: somebody waits, and large collections lie on slow disks."""
NOTHING_QUEUED = "has nothing to go on with"
T = TypeVar("T")



async def look(server: Server) -> dict[str, Any]:
    """What a daemon does.

    Raises:
        ServerError: it cannot be reached.
    """
    return await _in_time(server, LOOK_SECONDS, lambda: _look(server))


async def trouble(server: Server) -> ServerError | None:
    """Why a daemon cannot be used; None if it can."""
    try:
        await look(server)
    except ServerError as error:
        mend = error.mend or f"see {WHERE}"
        return ServerError(f"the music player daemon {server.name} {error.what}", where=WHERE, mend=mend)
    return None


async def act(server: Server, command: str, value: Any = None) -> Outcome:
    """Do what a player of the home would, by the same names, and see that it is done."""
    try:
        return await _in_time(server, SECONDS, lambda: _act(server, command, value))
    except ServerError as error:
        status = "refused" if error.what.startswith("refuses") else "unreachable"
        return Outcome(server.id, status, {}, str(error))


async def _in_time(server: Server, seconds: float, work: Callable[[], T]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(work)
    except TimeoutError as error:
        raise ServerError(f"no answer within {seconds:g} s", where=server.name) from error


def _look(server: Server) -> dict[str, Any]:
    with connected(server) as client:
        return state_of(client)


def _act(server: Server, command: str, value: Any) -> Outcome:
    with connected(server) as client:
        before = state_of(client)
        if command == "play" and value is not None:
            return _play(server, client, str(value))
        hindrance = _hindrance(command, before)
        if hindrance:
            return Outcome(server.id, "refused", before, hindrance)
        wanted = _wanted(command, value)
        if wanted and all(before.get(key) == held for key, held in wanted.items()):
            return Outcome(server.id, "already", before)
        _give(client, command, value)
        after = state_of(client)
        done = all(after.get(key) == held for key, held in wanted.items())
        return Outcome(server.id, "done" if done else "no_answer", after, after["error"])


def _play(server: Server, client: Any, words: str) -> Outcome:
    found = find(client, words)
    if found is None:
        return Outcome(server.id, "refused", {}, "nothing found")
    play(client, found)
    after = state_of(client)
    status = "done" if after["playback"] == "playing" else "no_answer"
    return Outcome(server.id, status, {**after, "found": str(found)}, after["error"])


def _hindrance(command: str, state: dict[str, Any]) -> str:
    """Why a daemon would not do it, or do something else."""
    if command == "play" and not state["queued"]:
        return NOTHING_QUEUED
    if command in ("pause", "next", "previous") and state["playback"] == "stopped":
        return "is not playing"
    return "has no volume" if command == "set_volume" and "volume" not in state else ""


def _wanted(command: str, value: Any) -> dict[str, Any]:
    """The state that a command leads to."""
    match command:
        case "play" | "pause" | "stop":
            return {"playback": {"play": "playing", "pause": "paused", "stop": "stopped"}[command]}
        case "set_volume":
            return {"volume": value}
        case "shuffle" | "repeat":
            return {command: value}
    return {}


def _give(client: Any, command: str, value: Any) -> None:
    match command:
        case "play":
            client.play()
        case "pause":
            client.pause(1)
        case "set_volume":
            client.setvol(value)
        case "shuffle":
            client.random(int(value))
        case "repeat":
            client.repeat(int(value))
        case "stop" | "next" | "previous":
            getattr(client, command)()
