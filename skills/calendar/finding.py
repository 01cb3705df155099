"""Which events people mean by the words they say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.grammar.symbols import fold

from .events import Event

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LITTLE = frozenset((
    *_WEEK, "today", "tomorrow", "tonight", "a", "an",
    "the", "my", "our", "next", "of", "to", "at", "with", "for", "in", "on", "and", "s",
))
"""Words that say nothing about which event is meant ..."""
GENERAL = frozenset(("appointment", "appointments", "event", "meeting", "date", "entry", "thing"))
"""... and those that say little: they count where there are no others."""
STEM = 4
"""Letters that make one word of "visit" and "visits"."""
MOST_NAMES, MOST_WORDS = 200, 8
"""Titles that are listened for, and their words."""
LONGEST = 80
"""Characters of such a title."""
_WORD = re.compile(r"[^\W_]+")
_SAID = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words that count."""
    words = [word for word in _WORD.findall(fold(text).replace("'s", "").replace("s'", "s")) if word not in LITTLE]
    return [word for word in words if word not in GENERAL] or words


def meant(said: str, events: Sequence[Event]) -> list[Event]:
    """The events whose titles hold all the words that count, each title's first one."""
    wanted = words_of(said)
    found: dict[str, Event] = {}
    for event in events:
        title = _WORD.findall(fold(event.title).replace("'s", ""))
        if wanted and all(any(_same(word, other) for other in title) for word in wanted):
            found.setdefault(fold(event.title), event)
    exact = found.get(fold(said))
    return [exact] if exact is not None else list(found.values())


def _same(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return word == other or (len(short) >= STEM and long.startswith(short))


def names(events: Sequence[Event]) -> dict[str, str]:
    """What the events to come are called, as it may be said, and their titles; those that come first, first."""
    found: dict[str, str] = {}
    for event in events:
        said = " ".join(_SAID.findall(fold(event.title)))
        if said and len(said.split()) <= MOST_WORDS and len(said) <= LONGEST:
            found.setdefault(said, event.title)
        if len(found) == MOST_NAMES:
            break
    return found
