"""Child processes that die with us: the embedded broker and the simulated home."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections import deque

from assistant.errors import HomeError

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""Time a child has to end by itself before it is killed."""
LAST_LINES = 10
"""Lines of a child's output that an error may quote."""

_LAUNCHER = """
import ctypes, os, signal, sys
try:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: end when the parent does, even by kill -9
except (OSError, AttributeError):
    pass
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Child:
    """One child process; its output goes to the log under its name."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self.lines: deque[str] = deque(maxlen=LAST_LINES)
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it.

        Raises:
            HomeError: the program cannot be started.
        """
        launcher = (sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *self._command)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *launcher, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT, start_new_session=True,  # Ctrl-C is for us, not for them
            )
        except OSError as error:
            raise HomeError(f"cannot be started: {error.strerror}", where=self.name) from error
        self._reader = asyncio.create_task(self._read(), name=f"output of {self.name}")

    async def said(self, word: str, seconds: float) -> None:
        """Wait for a line that is ``word``.

        Raises:
            HomeError: it ended, or did not say so in time; quotes its last words.
        """
        deadline = time.monotonic() + seconds
        while word not in self.lines:
            if not self.running or time.monotonic() > deadline:
                raise self.failure()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), 0.1)
            self._ready.clear()

    async def ended(self) -> None:
        """Wait until it is gone."""
        if self._process is not None:
            await self._process.wait()

    def failure(self) -> HomeError:
        """Why it is not there, in its own last words."""
        words = "; ".join(self.lines) or "it said nothing"
        state = "does not get ready" if self.running else "ended"
        return HomeError(f"{state}: {words}", where=self.name)

    async def close(self) -> None:
        """End it; kill it if it does not listen."""
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        async for line in self._process.stdout:
            text = line.decode(errors="replace").rstrip()
            self.lines.append(text)
            self._ready.set()
            log.info("%s: %s", self.name, text)
        await self._process.wait()
        self._ready.set()
