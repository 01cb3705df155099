"""Talks to systemd by its plain socket: ready, still alive, stopping. Does nothing where there is no systemd."""

from __future__ import annotations

import asyncio
import os
import socket

BEATS = 3
"""Life signs per watchdog period: one may be late without harm."""


def notify(state: str) -> bool:
    """Send a state such as ``READY=1`` or ``STATUS=listening``; whether there was somebody to tell."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect("\0" + address[1:] if address[0] == "@" else address)
            sender.sendall(state.encode())
    except OSError:
        return False
    return True


def watchdog_seconds() -> float | None:
    """Seconds within which systemd wants a life sign; None: it does not watch this process."""
    period, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not period.isdecimal() or (process and process != str(os.getpid())):
        return None
    return int(period) / 1e6


async def keep_alive() -> None:
    """Send life signs from the event loop for ever; a loop that hangs sends none and is restarted."""
    period = watchdog_seconds()
    while period is not None:
        notify("WATCHDOG=1")
        await asyncio.sleep(period / BEATS)
