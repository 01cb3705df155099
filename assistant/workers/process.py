"""One operating-system process of a worker: started, listened to, measured, killed."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.errors import WorkerError
from assistant.quiet import QUIET_LIBRARIES
from assistant.workers.spec import SMALL_PROCESSES, WorkerSpec
from assistant.workers.warden import sweep

ROOT = Path(__file__).resolve().parents[2]
MAX_LINE = 2_000
LINES_PER_SECOND = 50
"""What a process may write to the log; the rest is counted."""
LINE_LIMIT = 1 << 16
GOODBYE_SECONDS = 1.0
LEVELS = {"DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARNING": logging.WARNING, "ERROR": logging.ERROR,
          "CRITICAL": logging.CRITICAL}


class Process:
    """A started worker process. ``reader`` and ``writer`` are its line."""

    def __init__(self, spec: WorkerSpec, popen: subprocess.Popen[bytes]) -> None:
        self.name = spec.name
        self.pid = popen.pid
        """Of what runs the service; of its warden, where it has one, until it is ready."""
        self.last_line = ""
        self._popen = popen
        self._contained = spec.contain and sys.platform == "linux"
        self._overdue = False
        """Whether the warden had its time."""
        self._logger = logging.getLogger(f"assistant.worker.{spec.name}")
        self._pump: asyncio.Task[None] | None = None
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    @classmethod
    async def spawn(cls, spec: WorkerSpec) -> Process:
        """Start the process; it waits for its ``init`` message.

        Raises:
            WorkerError: the system refuses to start one.
        """
        ours, theirs = socket.socketpair()
        output, log = os.pipe()
        try:
            popen = start_process(spec, theirs.fileno(), log)
        except OSError as error:
            ours.close()
            os.close(output)
            raise WorkerError(f"cannot start a process: {error}", where=f"worker {spec.name}") from error
        finally:
            theirs.close()
            os.close(log)
        process = cls(spec, popen)
        ours.setblocking(False)
        process.reader, process.writer = await asyncio.open_connection(sock=ours)
        lines = asyncio.StreamReader(limit=LINE_LIMIT)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(output, "rb", buffering=0)
        )
        process._pump = asyncio.create_task(process._log(lines), name=f"log of {spec.name}")
        return process

    def kill(self) -> None:
        """End the process and whatever it started, at once; a warden does it, and ends then."""
        if self._contained and not self._overdue:
            self._tell_warden()
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        if self._popen.poll() is None:
            self._popen.kill()

    def _tell_warden(self) -> None:
        """The worker is killed here: so it is gone at once. What it started, the warden finds."""
        if self._popen.poll() is not None:  # the worker leads a group of its own, and may have killed its warden
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            if self.pid != self._popen.pid:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(self.pid, signal.SIGKILL)
            for number in (signal.SIGTERM, signal.SIGCONT):
                self._popen.send_signal(number)

    async def ended(self) -> str:
        """Wait for the end of a process that was killed or has closed its line; returns how it ended."""
        deadline = asyncio.get_running_loop().time() + GOODBYE_SECONDS
        while (code := self._popen.poll()) is None:
            if asyncio.get_running_loop().time() > deadline:
                if self._contained and not self._overdue:
                    await asyncio.to_thread(sweep, self._popen.pid)
                self._overdue = True
                self.kill()
            await asyncio.sleep(0.005)
        self.kill()  # what it started
        self.writer.close()
        if self._pump is not None:
            await asyncio.wait([self._pump], timeout=0.2)
            self._pump.cancel()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"

    def pss_mb(self) -> float:
        """Proportional set size in MiB; 0 when the process is gone or the system does not tell."""
        return pss_mb(self.pid)

    async def _log(self, lines: asyncio.StreamReader) -> None:
        clock = asyncio.get_running_loop().time
        second, written, hidden = clock(), 0, 0
        while True:
            try:
                line = await lines.readuntil()
            except asyncio.IncompleteReadError as error:
                line = error.partial
                if not line:
                    return
            except asyncio.LimitOverrunError as error:
                line = await lines.readexactly(error.consumed)
            if clock() - second >= 1.0:
                if hidden:
                    self._logger.warning("%s: %d lines left out", self.name, hidden)
                second, written, hidden = clock(), 0, 0
            if written >= LINES_PER_SECOND:
                hidden += 1
                await asyncio.sleep(0)
                continue
            written += 1
            self._write(line.decode("utf-8", "replace").rstrip()[:MAX_LINE])

    def _write(self, text: str) -> None:
        if not text:
            return
        self.last_line = text
        level, _, rest = text.partition(" ")
        self._logger.log(LEVELS.get(level, logging.INFO), "%s: %s", self.name, rest if level in LEVELS else text)


def start_process(spec: WorkerSpec, line: int, log: int) -> subprocess.Popen[bytes]:
    """Start a worker's process with descriptors for its line and its output; it waits for its ``init`` message.

    Called on the loop's thread, because the child is killed when the *thread* that started it ends. Takes 2 ms.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "assistant.workers.main", str(line)],
        pass_fds=[line], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(spec),
        start_new_session=True,
    )


def settings(spec: WorkerSpec) -> dict[str, Any]:
    """What the process is told first."""
    return {
        "name": spec.name,
        "service": spec.service,
        "config": dict(spec.config),
        "limits": asdict(spec.limits),
        "nice": spec.nice,
        "spare": spec.spare,
        "contain": spec.contain,
        "parent": os.getpid(),
        "path": sys.path,
        "log_level": logging.getLogger("assistant.worker").getEffectiveLevel(),
    }


def pss_mb(pid: int) -> float:
    """Proportional set size of a process in MiB; 0 when it is gone or the system does not tell."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _environment(spec: WorkerSpec) -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {
        **os.environ, **SMALL_PROCESSES, **QUIET_LIBRARIES, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1",
        "PYTHONPATH": path, **spec.env,
    }
