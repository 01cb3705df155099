"""The conversation with one worker process: calls, streams and requests in flight, and their deadlines."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError, WorkerError, WorkerLost, WorkerTimeout
from assistant.workers.process import Process, settings
from assistant.workers.spec import WorkerSpec
from assistant.workers.wire import HEADER, STREAM_CREDIT, Message, check_size, decode_error, encode_error, pack, unpack

OnRequest = Callable[..., Awaitable[Any]]
"""``async def on_request(name, *args)``: answers what a service asks of its parent."""

MAX_REQUESTS = 64
"""Requests of one process that may be under way; further ones are refused."""
MESSAGES_AT_A_TIME = 16
"""After so many messages the loop gets its turn, so a process that floods disturbs nobody else."""
CANCEL_GRACE = 1.0
"""Seconds that a concurrent service has to give up a cancelled call before its process is killed."""

logger = logging.getLogger(__name__)


@dataclass
class Counters:
    """What a worker did since it was made; survives restarts."""

    calls: int = 0
    sends: int = 0
    dropped: int = 0
    timeouts: int = 0
    requests: int = 0


class Call:
    """A call or stream in flight. ``replies`` holds ``(kind, value)`` as they come; the last is not an item."""

    def __init__(self, number: int, method: str, timeout: float) -> None:
        self.number = number
        self.method = method
        self.timeout = timeout
        self.replies: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.credit = STREAM_CREDIT
        self.asking = 0
        """Requests to us that it waits for."""
        self.since = 0.0
        """When its deadline began to run."""
        self.cancelled = False
        self.timer: asyncio.TimerHandle | None = None

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Link:
    """One process's life. Ends once, with a reason; everything in flight then fails with WorkerLost."""

    def __init__(
        self, spec: WorkerSpec, process: Process, counters: Counters, on_request: OnRequest | None,
        on_end: Callable[[], None],
    ) -> None:
        self.spec = spec
        self.process = process
        self.calls: dict[int, Call] = {}
        self.reason = ""
        self._counters = counters
        self._on_request = on_request
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count(1)
        self._concurrent = False
        self._progress = self._loop.time()
        self._pong = 0
        self._requests: set[asyncio.Task[None]] = set()
        self._waiting: asyncio.TimerHandle | None = None

    async def greet(self, limit: float | None) -> None:
        """Tell the process what to run and wait until it is ready. Raises the error with which it failed.

        Args:
            limit: seconds until it must be; None: as long as it lives.
        """
        if limit is None:
            self._waiting = self._loop.call_later(self.spec.start_timeout, self._still_waiting, self._loop.time())
        try:
            async with asyncio.timeout(limit):
                self.process.writer.write(pack(["init", settings(self.spec)]))
                match await self._receive():
                    case ["ready", {"concurrent": bool(concurrent), "pid": int(pid)}]:
                        self._concurrent, self.process.pid = concurrent, pid
                    case ["failed", error]:
                        raise decode_error(error)
                    case _:
                        raise self._error("began with nonsense")
        except TimeoutError:
            raise self._error(f"was not ready after {limit:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            how = await self.process.ended()
            last = f": {self.process.last_line}" if self.process.last_line else ""
            raise self._error(f"ended while starting ({how}){last}") from None
        finally:
            if self._waiting is not None:
                self._waiting.cancel()

    def _still_waiting(self, began: float) -> None:
        """Say what is waited for; again after as long as it has taken so far."""
        taken = self._loop.time() - began
        logger.warning(
            "still waiting for the %s, which has been starting for %.0f s: this machine is slow or busy",
            self.spec.name, taken,
        )
        self._waiting = self._loop.call_later(taken, self._still_waiting, began)

    async def run(self) -> str:
        """Take messages until the process ends; returns the reason."""
        pinger = asyncio.create_task(self._ping()) if self.spec.ping else None
        try:
            while True:
                for _ in range(MESSAGES_AT_A_TIME):
                    self._dispatch(await self._receive())
                await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError):
            how = await self.process.ended()
        except Exception as error:  # whatever it sent, whoever looks after it goes on
            self.kill(f"spoke nonsense: {error}")
            how = await self.process.ended()
        finally:
            if pinger is not None:
                pinger.cancel()
            for task in self._requests:
                task.cancel()
        self.end(f"ended ({how})")
        return self.reason

    def kill(self, reason: str) -> None:
        """Kill the process and fail what is in flight."""
        self.process.kill()
        self.end(reason)

    def end(self, reason: str) -> None:
        """Note the reason, once, and fail what is in flight."""
        self.reason = self.reason or reason
        self._on_end()
        for call in list(self.calls.values()):
            call.stop_timer()
            call.replies.put_nowait(("error", self._error(self.reason, WorkerLost)))
        self.calls.clear()

    def open(self, kind: str, method: str, args: tuple[Any, ...], timeout: float) -> Call:
        """Send a ``call`` or a ``stream``. Raises WorkerLost if the process does not read any more."""
        call = Call(next(self._numbers), method, timeout)
        credit = [STREAM_CREDIT] if kind == "stream" else []
        data = pack([kind, call.number, method, list(args), *credit])
        if not self.fits(len(data)):
            raise self._error("does not read what it is sent", WorkerLost)
        self.process.writer.write(data)
        self.calls[call.number] = call
        self._arm(call)
        return call

    def send(self, message: Message) -> bool:
        """Send if there is room; whether it was sent."""
        data = pack(message)
        fits = self.fits(len(data))
        if fits:
            self.process.writer.write(data)
        return fits

    def fits(self, size: int) -> bool:
        waiting = self.process.writer.transport.get_write_buffer_size()
        return not self.reason and (waiting == 0 or waiting + size <= self.spec.buffer_bytes)

    def taken(self, call: Call) -> None:
        """The reader of a stream took an item: the process may make another."""
        if call.number in self.calls:
            call.credit += 1
            self.send(["more", call.number, 1])
            if call.credit == 1:
                self._arm(call)

    def cancel(self, call: Call) -> None:
        """Nobody waits for the call any more. Its deadline still runs, so that a hang does not go unnoticed."""
        if call.number in self.calls and not call.cancelled:
            call.cancelled = True
            self.send(["cancel", call.number])
            if call.timer is None and not call.asking:
                self._arm(call)

    async def _receive(self) -> Message:
        (size,) = HEADER.unpack(await self.process.reader.readexactly(HEADER.size))
        check_size(size)
        return unpack(await self.process.reader.readexactly(size))

    def _dispatch(self, message: Message) -> None:
        match message:
            case ["result" | "error" | "end" as kind, int(number), *value]:
                self._progress = self._loop.time()
                call = self.calls.pop(number, None)
                if call is not None:
                    call.stop_timer()
                    call.replies.put_nowait(_reply(kind, value))
            case ["item", int(number), value]:
                self._progress = self._loop.time()
                if number in self.calls:
                    self._item(self.calls[number], value)
            case ["pong", int(number)]:
                self._pong = max(self._pong, number)
            case ["request", int(number), int(call), str(name), list(args)]:
                self._progress = self._loop.time()
                self._asked(number, call, name, args)
            case _:
                raise WorkerError(f"unknown message {message[0][:40]!r}")

    def _item(self, call: Call, value: Any) -> None:
        call.credit -= 1
        if call.credit < 0:
            raise WorkerError("more items than were asked for")
        call.replies.put_nowait(("item", value))
        call.stop_timer()
        if call.credit:
            self._arm(call)

    def _asked(self, number: int, on_behalf: int, name: str, args: list[Any]) -> None:
        self._counters.requests += 1
        if self._on_request is None or len(self._requests) >= MAX_REQUESTS:
            what = "nobody answers requests here" if self._on_request is None else "too many requests at once"
            self.send(["answer", number, False, encode_error(WorkerError(what, where=name), name)])
            return
        call = self.calls.get(on_behalf)
        if call is not None:
            call.asking += 1
            call.stop_timer()
        task = asyncio.create_task(self._answer(self._on_request, number, call, name, args))
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _answer(self, handler: OnRequest, number: int, call: Call | None, name: str, args: list[Any]) -> None:
        try:
            answer: Message = ["answer", number, True, await handler(name, *args)]
            pack(answer)
        except AssistantError as error:
            answer = ["answer", number, False, encode_error(error, name)]
        except Exception as error:
            logger.exception("request %s of worker %s", name, self.spec.name)
            answer = ["answer", number, False, encode_error(error, name)]
        self.send(answer)
        if call is not None:
            call.asking -= 1
            if not call.asking and call.number in self.calls:
                self._arm(call)

    def _arm(self, call: Call) -> None:
        call.stop_timer()
        call.since = self._loop.time()
        if not math.isinf(call.timeout):
            call.timer = self._loop.call_later(call.timeout, self._late, call)

    def _late(self, call: Call) -> None:
        """Past its deadline: the caller is told, and a process that makes no progress is killed."""
        self._counters.timeouts += 1
        first = not call.cancelled
        what = f"{call.method} took longer than {call.timeout:g} s"
        call.replies.put_nowait(("error", self._error(what, WorkerTimeout)))
        idle = self._loop.time() - max(call.since, self._progress)
        if first:
            self.cancel(call)
        if first and self._concurrent:
            call.timer = self._loop.call_later(CANCEL_GRACE, self._late, call)
        elif self._concurrent or idle >= call.timeout * 0.99:
            self.kill(what)
        else:
            # It is at work for others; this one only waited in line.
            call.timer = self._loop.call_later(call.timeout - idle, self._late, call)

    async def _ping(self) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(self.spec.ping)
            self.send(["ping", number])
            self._loop.call_later(self.spec.ping_timeout, self._check_pong, number)

    def _check_pong(self, number: int) -> None:
        if self._pong < number and not self.reason:
            self.kill(f"gave no sign of life for {self.spec.ping_timeout:g} s")

    def _error(self, what: str, kind: type[WorkerError] = WorkerError) -> WorkerError:
        return kind(what, where=f"worker {self.spec.name}")


def _reply(kind: str, value: list[Any]) -> tuple[str, Any]:
    body = value[0] if value else None
    return (kind, decode_error(body)) if kind == "error" else (kind, body)
