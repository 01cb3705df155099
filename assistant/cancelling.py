"""Tells a cancellation of a task from one that comes out of something it awaits: a backend's own."""

from __future__ import annotations

import asyncio


def is_cancelled() -> bool:
    """Whether the task at hand is being cancelled. If it is not, a ``CancelledError`` is a fault of what it awaits."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
