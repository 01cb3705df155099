"""The fallback chain: one visible, ordered list of ways to find a meaning, each with its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.grammar.base import Match, View

Link = Callable[[str, str, View], Match | None]
"""(words of the best reading, words of open recognition, view) -> a meaning or None."""


@dataclass(frozen=True, slots=True)
class Found:
    """A meaning, and which link found it in what time."""

    match: Match
    link: str
    seconds: float


class Chain:
    """Asks each link in order; the first meaning wins."""

    def __init__(self, links: Sequence[tuple[str, Link]]) -> None:
        self._links = tuple(links)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self._links)

    def understand(self, reading: str, heard: str, view: View) -> Found | None:
        """The meaning of an utterance, or None."""
        for name, link in self._links:
            began = time.perf_counter()
            match = link(reading, heard, view)
            if match is not None:
                return Found(match, name, time.perf_counter() - began)
        return None
