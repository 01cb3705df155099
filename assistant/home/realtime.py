"""Waiting in real time, whatever clock the loop keeps: lamps and brokers know nothing of audio time."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable


def ring(seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
    """Call back on the running loop after real seconds; gives the function that cancels it."""
    loop = asyncio.get_running_loop()

    def due() -> None:
        with contextlib.suppress(RuntimeError):  # the loop ended first
            loop.call_soon_threadsafe(callback)

    timer = threading.Timer(seconds, due)
    timer.daemon = True
    timer.start()
    return timer.cancel


async def pause(seconds: float) -> None:
    """Sleep for real seconds."""
    passed = asyncio.Event()
    cancel = ring(seconds, passed.set)
    try:
        await passed.wait()
    finally:
        cancel()
