"""Services that do what good and bad services do."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NoReturn

from assistant.errors import Abandoned, ModelError
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker


class Plain:
    def __init__(self, greeting: str = "hello", fail: bool = False, wait_for: str = "", dies: bool = False) -> None:
        while wait_for and not Path(wait_for).exists():
            time.sleep(0.01)
        if dies:
            os._exit(7)
        if fail:
            raise ModelError("no such model", where="model.onnx", mend="install it")
        self.greeting = greeting
        self.log: list[Any] = []
        self.parent: Any = None

    def greet(self, name: str) -> str:
        return f"{self.greeting} {name}"

    def echo(self, value: Any) -> Any:
        return value

    def note(self, value: Any) -> None:
        self.log.append(value)

    def notes(self) -> list[Any]:
        return self.log

    def bad_news(self) -> None:
        raise ModelError("damaged", where="x.onnx", mend="fetch it again")

    def bug(self) -> None:
        raise ZeroDivisionError("by zero")

    def unsendable(self) -> Any:
        return object()

    def zeros(self, size: int) -> bytes:
        return bytes(size)

    def sleep(self, seconds: float) -> str:
        time.sleep(seconds)
        return "slept"

    def exit(self) -> None:
        os._exit(3)

    def crash(self) -> None:
        ctypes.string_at(0)

    def stop_itself(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def hold_interpreter(self, sign: str = "") -> None:
        """Never returns and never releases the interpreter's lock; makes the file ``sign`` first."""
        if sign:
            Path(sign).touch()
        ctypes.PyDLL(None).pause()

    def write(self, text: str) -> None:
        print(text, flush=True)

    def babble(self, count: int) -> None:
        os.write(1, os.urandom(count) + b"\n")
        sys.stderr.write("x" * 100_000 + "\n")

    def spoil_line(self, data: bytes) -> None:
        os.write(int(sys.argv[1]), data)

    def flood(self, count: int) -> None:
        for number in range(count):
            self.parent.ask("flood", number)

    def count(self, to: int, pause: float = 0.0) -> Iterator[int]:
        try:
            for number in range(to):
                time.sleep(pause)
                self.log.append(number)
                yield number
        finally:
            self.log.append("closed")

    def count_and_break(self) -> Iterator[int]:
        yield 1
        raise ModelError("broke")

    def ask(self, name: str, *args: Any) -> Any:
        return self.parent.request(name, *args)

    def work_until_given_up(self) -> None:
        self.parent.ask("begun")
        while not self.parent.given_up():
            time.sleep(0.005)
        self.log.append("given up")
        raise Abandoned("nobody waits")

    def environment(self, name: str) -> str | None:
        return os.environ.get(name)

    def eat(self, megabytes: int) -> int:
        return len(bytearray(megabytes << 20))

    def niceness(self) -> int:
        return os.nice(0)

    def processors(self) -> list[int]:
        return sorted(os.sched_getaffinity(0))

    def start_child(self) -> int:
        return subprocess.Popen(["sleep", "60"]).pid


class Coroutines:
    ASYNC = True

    def __init__(self) -> None:
        self.parent: Any = None
        self.log: list[Any] = []

    async def sleep(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "slept"

    async def note(self, value: Any) -> None:
        self.log.append(value)

    def notes(self) -> list[Any]:
        return self.log

    async def ask(self, name: str, *args: Any) -> Any:
        return await self.parent.request(name, *args)

    async def count(self, to: int) -> AsyncIterator[int]:
        try:
            for number in range(to):
                self.log.append(number)
                yield number
        finally:
            self.log.append("closed")

    async def block(self) -> None:
        time.sleep(60)  # noqa: ASYNC251 - a service that does the wrong thing

    async def stubborn(self) -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.log.append("refused")


class Spawner:
    """Starts processes that do not want to end."""

    def spawn(self, way: str) -> list[int]:
        reading, writing = os.pipe()
        started = os.fork()
        if started == 0:
            os.close(reading)
            _linger(way, writing)
        os.close(writing)
        if way in ("orphan", "family"):
            os.waitpid(started, 0)
        with os.fdopen(reading) as lines:
            return [int(line) for line in lines]

    def leave(self) -> None:
        os._exit(3)


def _linger(way: str, line: int) -> NoReturn:
    """In a fork: get away as far as the way goes, tell who is there, and stay."""
    if way != "child":
        os.setsid()
    if way in ("orphan", "family") and os.fork():
        os._exit(0)
    if way in ("stubborn", "family"):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    if way == "family":
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
    os.write(line, f"{os.getpid()}\n".encode())
    os.closerange(0, 64)
    while True:
        time.sleep(60)


class Agent:
    """An agent with a contained worker of its own."""

    ASYNC = True
    parent: Any = None

    async def employ(self) -> list[int]:
        self._worker = Worker(WorkerSpec("inner", "tests.workers.services:Spawner", contain=True))
        await self._worker.start()
        pids: list[int] = await self._worker.call("spawn", "family")
        assert self._worker.pid is not None
        return [*pids, self._worker.pid]
