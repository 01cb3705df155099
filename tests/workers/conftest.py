"""A worker of each kind, closed after the test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from assistant.events.base import Event
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

Make = Callable[..., Worker]
PATIENCE = 30.0
"""Seconds for what must happen, however busy the machine is."""


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that sets no event."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def ready(worker: Worker) -> None:
    """Wait until the worker takes calls."""
    await asyncio.wait_for(worker.wait_ready(), PATIENCE)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
async def make(events: list[Event]) -> AsyncIterator[Make]:
    """Makes workers: ``make("Plain", config={...}, on_request=..., call_timeout=...)``; all are closed afterwards."""
    made: list[Worker] = []

    def build(service: str = "Plain", *, on_restart: Any = None, on_request: Any = None, **settings: Any) -> Worker:
        settings = {"backoff": 0.02, "call_timeout": PATIENCE, **settings}
        spec = WorkerSpec(name="test", service=f"tests.workers.services:{service}", **settings)
        made.append(Worker(spec, events.append, on_restart=on_restart, on_request=on_request))
        return made[-1]

    async with contextlib.AsyncExitStack() as stack:
        yield build
        for worker in made:
            stack.push_async_callback(worker.close)
