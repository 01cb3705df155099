"""How a worker process runs a service with ``ASYNC = True``: every call a task, started in the order it was sent."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from assistant.errors import WorkerError
from assistant.workers.channel import Channel, Parent, current_call
from assistant.workers.serial import method_of, report
from assistant.workers.wire import Message, encode_error


class AsyncParent(Parent):
    """What a service with ``ASYNC = True`` sees of its parent: ``await service.parent.request(name, *args)``."""

    async def request(self, name: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        async with asyncio.timeout(timeout):
            return await asyncio.wrap_future(self.ask(name, *args))


class ConcurrentRunner:
    """Runs coroutines, async generators and plain methods of one service on an asyncio loop."""

    def __init__(self, service: Any, channel: Channel) -> None:
        self._service = service
        self._channel = channel
        self._loop = asyncio.new_event_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._credits: dict[int, asyncio.Semaphore] = {}
        self._sends: set[asyncio.Task[None]] = set()

    def deliver(self, message: Message | None) -> None:
        """Take a message from the reading thread; None when the line is closed."""
        try:
            self._loop.call_soon_threadsafe(self._handle, message)
        except RuntimeError:
            return  # the loop has ended: the process is on its way out

    def run(self) -> None:
        """Work until the line closes or the parent says goodbye."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for task in [*self._tasks.values(), *self._sends]:
            task.cancel()

    def _handle(self, message: Message | None) -> None:
        match message:
            case None | ["bye"]:
                self._loop.stop()
            case ["call", int(call), str(method), list(args)]:
                self._start(call, self._call(call, method, args))
            case ["stream", int(call), str(method), list(args), int(credit)]:
                self._credits[call] = asyncio.Semaphore(credit)
                self._start(call, self._stream(call, method, args))
            case ["send", str(method), list(args)]:
                task = self._loop.create_task(self._send(method, args))
                self._sends.add(task)
                task.add_done_callback(self._sends.discard)
            case ["more", int(call), int(count)] if call in self._credits:
                for _ in range(count):
                    self._credits[call].release()
            case ["cancel", int(call)] if call in self._tasks:
                self._tasks[call].cancel()

    def _start(self, call: int, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks[call] = task
        task.add_done_callback(lambda task: self._ended(call, task))

    def _ended(self, call: int, task: asyncio.Task[None]) -> None:
        del self._tasks[call]
        self._credits.pop(call, None)
        error = asyncio.CancelledError("cancelled") if task.cancelled() else task.exception()
        if error is not None:
            self._channel.send(["error", call, encode_error(error, "")])

    async def _call(self, call: int, method: str, args: list[Any]) -> None:
        current_call.set(call)
        try:
            value = method_of(self._service, method)(*args)
            if inspect.isawaitable(value):
                value = await value
            self._channel.send(["result", call, value])
        except Exception as error:
            self._channel.send(["error", call, report(error, method)])

    async def _send(self, method: str, args: list[Any]) -> None:
        try:
            value = method_of(self._service, method)(*args)
            if inspect.isawaitable(value):
                await value
        except Exception as error:
            report(error, method)

    async def _stream(self, call: int, method: str, args: list[Any]) -> None:
        current_call.set(call)
        credit = self._credits[call]
        try:
            items = method_of(self._service, method)(*args)
            if not inspect.isasyncgen(items):
                raise WorkerError(f"{method!r} is no asynchronous generator")
            try:
                await credit.acquire()
                async for item in items:
                    self._channel.send(["item", call, item])
                    await credit.acquire()
            finally:
                await items.aclose()
            self._channel.send(["end", call])
        except Exception as error:
            self._channel.send(["error", call, report(error, method)])
