"""How a worker process runs a plain service: one thing at a time, in the order it was sent."""

from __future__ import annotations

import inspect
import queue
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from assistant.errors import WorkerError
from assistant.workers.channel import Channel, current_call
from assistant.workers.wire import Message, encode_error

MAX_QUEUED = 4096
"""Sends that may wait inside the process; a service that is slower for so long loses the newest."""


def method_of(service: Any, name: str) -> Callable[..., Any]:
    """The public method of that name. Raises WorkerError if there is none."""
    method = None if name.startswith("_") else getattr(service, name, None)
    if not callable(method):
        raise WorkerError(f"{type(service).__name__} has no method {name!r}")
    return method  # type: ignore[no-any-return]


def report(error: BaseException, where: str) -> dict[str, str]:
    """The error for the parent; one that is a fault of the code also leaves its traceback in the log."""
    plain = encode_error(error, where)
    if plain["kind"] == "WorkerError" and not isinstance(error, WorkerError):
        traceback.print_exception(error, file=sys.stderr)
    return plain


class Runner(Protocol):
    """Runs a service: one thread delivers messages, the main thread works on them."""

    def deliver(self, message: Message | None) -> None: ...

    def run(self) -> None: ...


class _Stream:
    def __init__(self, call: int, method: str, items: Iterator[Any], credit: int) -> None:
        self.call = call
        self.method = method
        self.items = items
        self.credit = credit


class SerialRunner:
    """Runs calls and sends in order; streams advance an item at a time between them."""

    def __init__(self, service: Any, channel: Channel) -> None:
        self._service = service
        self._channel = channel
        self._work: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._streams: deque[_Stream] = deque()
        self._cancelled: set[int] = set()
        self._dropped = 0

    def deliver(self, message: Message | None) -> None:
        """Take a message from the reading thread; None when the line is closed."""
        if message is not None and message[0] == "cancel":
            self._cancelled.add(message[1])
        if message is not None and message[0] == "send" and self._work.qsize() >= MAX_QUEUED:
            self._dropped += 1
            if self._dropped & (self._dropped - 1) == 0:
                print(f"WARNING {self._dropped} sends dropped, {message[1]!r} is too slow", file=sys.stderr)
            return
        self._work.put(message)

    def given_up(self) -> bool:
        """Whether the parent has cancelled the call that is being worked on."""
        return current_call.get() in self._cancelled

    def run(self) -> None:
        """Work until the line closes or the parent says goodbye."""
        while True:
            stream = self._next_stream()
            try:
                message = self._work.get(block=stream is None)
            except queue.Empty:
                pass
            else:
                if message is None or message[0] == "bye":
                    return
                self._handle(message)
                # The message may have cancelled the stream.
                stream = self._next_stream()
            if stream is not None:
                self._advance(stream)

    def _next_stream(self) -> _Stream | None:
        for _ in range(len(self._streams)):
            self._streams.rotate(-1)
            if self._streams[-1].credit > 0:
                return self._streams[-1]
        return None

    def _handle(self, message: Message) -> None:
        match message:
            case ["call", int(call), str(method), list(args)]:
                self._call(call, method, args)
            case ["send", str(method), list(args)]:
                self._send(method, args)
            case ["stream", int(call), str(method), list(args), int(credit)]:
                self._open(call, method, args, credit)
            case ["more", int(call), int(count)]:
                for stream in self._streams:
                    if stream.call == call:
                        stream.credit += count
            case ["cancel", int(call)]:
                self._cancelled.discard(call)
                for stream in [stream for stream in self._streams if stream.call == call]:
                    self._finish(stream, ["end", call])

    def _call(self, call: int, method: str, args: list[Any]) -> None:
        if call in self._cancelled:
            self._channel.send(["result", call, None])
            return
        current_call.set(call)
        try:
            value = method_of(self._service, method)(*args)
            self._channel.send(["result", call, value])
        except Exception as error:
            self._channel.send(["error", call, report(error, method)])
        finally:
            current_call.set(0)

    def _send(self, method: str, args: list[Any]) -> None:
        try:
            method_of(self._service, method)(*args)
        except Exception as error:
            print(f"ERROR in {method}: {encode_error(error, method)['what']}", file=sys.stderr)
            report(error, method)

    def _open(self, call: int, method: str, args: list[Any], credit: int) -> None:
        try:
            items = method_of(self._service, method)(*args)
            if not inspect.isgenerator(items):
                raise WorkerError(f"{method!r} is no generator")
        except Exception as error:
            self._channel.send(["error", call, report(error, method)])
            return
        self._streams.append(_Stream(call, method, items, credit))

    def _advance(self, stream: _Stream) -> None:
        current_call.set(stream.call)
        try:
            item = next(stream.items)
            self._channel.send(["item", stream.call, item])
            stream.credit -= 1
        except StopIteration:
            self._finish(stream, ["end", stream.call])
        except Exception as error:
            self._finish(stream, ["error", stream.call, report(error, stream.method)])
        finally:
            current_call.set(0)

    def _finish(self, stream: _Stream, last: Message) -> None:
        self._streams.remove(stream)
        try:
            stream.items.close()  # type: ignore[attr-defined]
        except Exception as error:
            report(error, stream.method)
        self._channel.send(last)
