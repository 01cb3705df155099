"""The running agent's own socket: the commands of its user, and of nobody else, reach it here.

One JSON object per line: ``{"do": "ask", "with": {"text": "..."}}`` is answered by ``{"result": ...}`` or
``{"error": {"what", "where", "mend"}}``. The socket lies in a folder that only the user may enter.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from assistant.cli.desk import Desk
from assistant.errors import AssistantError
from assistant.paths import runtime_dir

log = logging.getLogger(__name__)

COMMANDS = (
    "status", "ask", "understand", "explain", "say", "mute", "devices", "stop", "wake", "wake_hours", "wake_recorded",
    "people_changed", "enrol_begin", "enrol_next", "enrol_end",
)
MAX_LINE = 64 * 1024
"""Bytes; the longest honest message is a list of devices."""
MAX_REPLY = 4 << 20
CALL_SECONDS = 120.0
KNOCK_SECONDS = 2.0


def socket_path() -> Path:
    """Where the socket of this user's agent is."""
    return runtime_dir() / "control.sock"


@asynccontextmanager
async def serve_control(desk: Desk, path: Path | None = None) -> AsyncIterator[Path]:
    """Serve a desk while the block runs.

    Raises:
        AssistantError: another agent of this user runs already, or the folder is not the user's own.
    """
    path = path or socket_path()
    await refuse_second(path)
    _private_folder(path.parent)
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(lambda r, w: _serve(desk, r, w), path, limit=MAX_LINE)
    path.chmod(0o600)
    try:
        yield path
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def refuse_second(path: Path | None = None) -> None:
    """See to it that this user's agent does not run already.

    Raises:
        AssistantError: it does; names its process.
    """
    running = await call(path or socket_path(), "status", seconds=KNOCK_SECONDS)
    if running is not None:
        raise AssistantError(
            f"an assistant runs already (process {running['pid']}, {running['page'] or 'no page'})",
            mend="talk to it, or end it: assistant stop",
        )


async def call(path: Path, command: str, seconds: float = CALL_SECONDS, **arguments: Any) -> Any:
    """Ask the running agent; None when none runs.

    Raises:
        AssistantError: it refused, or did not answer in time.
    """
    try:
        if not _ours(path):
            return None
        reader, writer = await asyncio.open_unix_connection(path, limit=MAX_REPLY)
    except OSError:
        return None
    try:
        async with asyncio.timeout(seconds):
            writer.write(json.dumps({"do": command, "with": arguments}).encode() + b"\n")
            await writer.drain()
            answer = json.loads(await reader.readline())
    except (TimeoutError, ValueError, OSError) as error:
        raise AssistantError("the running assistant does not answer", mend="end it and start it again") from error
    finally:
        writer.close()
    if "error" in answer:
        raise AssistantError(**answer["error"])
    return answer["result"]


def _ours(path: Path) -> bool:
    """Whether the socket is this user's: anybody's could collect our orders.

    Raises:
        OSError: there is none.
    """
    return path.stat().st_uid == os.getuid()


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise AssistantError("others may enter the folder of the control socket", where=str(folder),
                             mend=f"chmod 700 {folder}, or remove it if it is not yours")


async def _serve(desk: Desk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        reply = await _answer(desk, await reader.readline())
        writer.write(json.dumps(reply).encode() + b"\n")
        await writer.drain()
    except (OSError, ValueError) as error:
        log.debug("a command broke off: %s", error)
    finally:
        writer.close()


async def _answer(desk: Desk, line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
        command, arguments = message["do"], message.get("with", {})
    except (ValueError, TypeError, KeyError, AttributeError):
        return _error(AssistantError("this is no command", where="control socket"))
    if command not in COMMANDS or not isinstance(arguments, dict):
        return _error(AssistantError(f"there is no command {command!r}", where="control socket"))
    method = getattr(desk, command)
    try:
        inspect.signature(method).bind(**arguments)
    except TypeError as error:
        return _error(AssistantError(f"{command}: {error}", where="control socket"))
    try:
        return {"result": await method(**arguments)}
    except AssistantError as error:
        return _error(error)


def _error(error: AssistantError) -> dict[str, Any]:
    return {"error": {"what": error.what, "where": error.where, "mend": error.mend}}
