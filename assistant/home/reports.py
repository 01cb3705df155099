"""What is wrong with messages of devices: each fault is told once, and what is wrong now can be asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

MOST_TOPICS = 1_000
"""Topics whose faults are remembered."""
MOST_FAULTS = 20
"""Different faults of one topic that are told."""


class Reports:
    """Faults by topic."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, set[str]] = OrderedDict()
        self._present: dict[str, tuple[str, ...]] = {}

    @property
    def present(self) -> tuple[str, ...]:
        """What is wrong with the present announcements."""
        return tuple(problem for problems in self._present.values() for problem in problems)

    def note(self, topic: str, problems: tuple[str, ...]) -> None:
        """An announcement came, with these faults or none."""
        self._present.pop(topic, None)
        if problems and len(self._present) < MOST_TOPICS:
            self._present[topic] = problems

    def fresh(self, topic: str, problems: Iterable[str]) -> list[str]:
        """Those problems of a topic that were not told yet; a topic that makes ever new ones is told no more."""
        new = []
        for problem in problems:
            told = self._told.setdefault(topic, set())
            if len(self._told) > MOST_TOPICS:
                self._told.popitem(last=False)
            if problem not in told and len(told) < MOST_FAULTS:
                told.add(problem)
                new.append(problem)
        return new
