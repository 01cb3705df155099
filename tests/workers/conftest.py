"""A worker of each kind, closed after the test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from assistant.events.base import Event
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

Make = Callable[..., Worker]


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
async def make(events: list[Event]) -> AsyncIterator[Make]:
    """Makes workers: ``make("Plain", config={...}, on_request=..., call_timeout=...)``; all are closed afterwards."""
    made: list[Worker] = []

    def build(service: str = "Plain", *, on_restart: Any = None, on_request: Any = None, **settings: Any) -> Worker:
        spec = WorkerSpec(name="test", service=f"tests.workers.services:{service}", **{"backoff": 0.02, **settings})
        made.append(Worker(spec, events.append, on_restart=on_restart, on_request=on_request))
        return made[-1]

    async with contextlib.AsyncExitStack() as stack:
        yield build
        for worker in made:
            stack.push_async_callback(worker.close)
