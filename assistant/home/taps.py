"""Messages for others than the home: whoever asked for a topic filter gets what comes under it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from assistant.home.connection import Connection
from assistant.home.topics import matches

log = logging.getLogger(__name__)
Tap = Callable[[str, bytes], None]


class Taps:
    """Who listens to which topic filters.

    Args:
        keeps: whether the home itself needs a subscription to a topic.
    """

    def __init__(self, connection: Connection, keeps: Callable[[str], bool]) -> None:
        self._connection = connection
        self._keeps = keeps
        self._taps: list[tuple[str, Tap]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, pattern: str, tap: Tap) -> Callable[[], None]:
        """Call ``tap`` with topic and payload of every message under a filter; gives the function that ends it."""
        entry = (pattern, tap)
        self._taps.append(entry)
        self._later(pattern, True)

        def end() -> None:
            if entry in self._taps:
                self._taps.remove(entry)
                if not self._keeps(pattern) and not self.wants(pattern):
                    self._later(pattern, False)

        return end

    def wants(self, pattern: str) -> bool:
        """Whether somebody listens to this very filter."""
        return any(pattern == other for other, _ in self._taps)

    def take(self, topic: str, payload: bytes) -> None:
        """Pass a message on."""
        for pattern, tap in tuple(self._taps):
            if matches(pattern, topic):
                tap(topic, payload)

    def _later(self, pattern: str, wanted: bool) -> None:
        connection = self._connection
        work = connection.subscribe((pattern,)) if wanted else connection.unsubscribe((pattern,))
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
