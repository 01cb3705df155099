"""The fallback chain: one visible, ordered list of ways to find a meaning, the first meaning wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.grammar.base import Match, View

Link = Callable[[str, str, View], Match | None]
"""(words of the best reading, words of open recognition, view) -> a meaning or None."""


@dataclass(frozen=True, slots=True)
class Found:
    """A meaning, and which link found it."""

    match: Match
    link: str


class Chain:
    """Asks each link in order."""

    def __init__(self, links: Sequence[tuple[str, Link]]) -> None:
        self._links = tuple(links)

    def understand(self, reading: str, heard: str, view: View) -> Found | None:
        """The meaning of an utterance, or None."""
        for name, link in self._links:
            match = link(reading, heard, view)
            if match is not None:
                return Found(match, name)
        return None
