"""The worker's end of the line: a blocking channel, and the way back to the parent that services use."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

from assistant.workers.wire import HEADER, Message, check_size, decode_error, pack, unpack

current_call: ContextVar[int] = ContextVar("current_call", default=0)
"""The call on whose behalf code runs: its deadline stands still while it waits for the parent."""


class Channel:
    """Messages over a connected socket. Any thread may send; one receives."""

    def __init__(self, link: socket.socket) -> None:
        self._socket = link
        self._reader = link.makefile("rb", buffering=1 << 16)
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        data = pack(message)
        with self._lock:
            self._socket.sendall(data)

    def receive(self) -> Message | None:
        """The next message; None when the parent is gone."""
        header = self._reader.read(HEADER.size)
        if len(header) < HEADER.size:
            return None
        (size,) = HEADER.unpack(header)
        check_size(size)
        body = self._reader.read(size)
        return unpack(body) if len(body) == size else None


class Parent:
    """What a service sees of its parent: ``service.parent.request(name, *args)``."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Any]] = {}
        self.given_up: Callable[[], bool] = lambda: False
        """Whether nobody waits for the present call any more; long work may ask, and raise ``Abandoned``."""

    def ask(self, name: str, *args: Any) -> Future[Any]:
        """Send a request; the future is fulfilled by the thread that reads."""
        number = next(self._numbers)
        future: Future[Any] = Future()
        self._waiting[number] = future
        try:
            self._channel.send(["request", number, current_call.get(), name, list(args)])
        except BaseException:
            del self._waiting[number]
            raise
        return future

    def request(self, name: str, *args: Any, timeout: float | None = None) -> Any:
        """Ask the parent and wait for its answer; raises the AssistantError it answers with."""
        return self.ask(name, *args).result(timeout)

    def answered(self, number: int, ok: bool, value: Any) -> None:
        """Deliver the parent's answer; one that nobody waits for any more is dropped."""
        future = self._waiting.pop(number, None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if ok:
            future.set_result(value)
        else:
            future.set_exception(decode_error(value))
