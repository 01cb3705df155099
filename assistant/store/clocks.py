"""The clocks that timers go by."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path


class Clocks:
    """The machine's clocks."""

    def wall(self) -> float:
        """Seconds since 1970; may jump."""
        return time.time()

    def boot(self) -> float:
        """Seconds since the machine was started, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()

    def boot_id(self) -> str:
        """Changes with each start of the machine; empty if that cannot be known."""
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        except OSError:
            return ""


class LoopClocks(Clocks):
    """The event loop's own clock: audio time, and tests. Make it inside the loop.

    Args:
        wall: seconds since 1970 at this moment; None: the machine's.
    """

    def __init__(self, wall: float | None = None) -> None:
        self._offset = (time.time() if wall is None else wall) - self.boot()

    def wall(self) -> float:
        return self._offset + self.boot()

    def boot(self) -> float:
        return asyncio.get_running_loop().time()

    def boot_id(self) -> str:
        return ""
