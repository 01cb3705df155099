"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How bad it is."""

    GOOD = "ok"
    NOTE = "note"
    """It works without, or differently."""
    BAD = "bad"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    name: str
    state: State
    text: str
    """What is so."""
    mend: str = ""
    """What to do."""


def good(name: str, text: str) -> Finding:
    return Finding(name, State.GOOD, text)


def note(name: str, text: str, mend: str = "") -> Finding:
    return Finding(name, State.NOTE, text, mend)


def bad(name: str, text: str, mend: str = "") -> Finding:
    return Finding(name, State.BAD, text, mend)
