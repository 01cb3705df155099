"""The words of trained understanding: examples, slots, guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

OUT_OF_SCOPE = "oos"
"""Intent of an example that means none of the others."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot filled by a piece of the text."""

    name: str
    start: int
    end: int
    """Characters of the text, as in a slice."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what it means."""

    text: str
    intent: str
    slots: tuple[Slot, ...] = ()

    def values(self) -> dict[str, str]:
        """The words of each slot; of two slots with one name the first."""
        return said(self.text, self.slots)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a trained model makes of a sentence."""

    intent: str
    """The likeliest of the known intents, whatever the other fields say."""
    certainty: float
    """Calibrated probability that the sentence means that intent and nothing else."""
    slots: tuple[Slot, ...] = ()
    in_scope: bool = True
    """Whether the certainty lies above the threshold under which sentences are out of scope."""
    sure: bool = True
    """Whether it lies above the threshold from which nothing needs to be asked."""


class Understanding(Protocol):
    """A trained model."""

    @property
    def intents(self) -> Sequence[str]:
        """What it may guess."""
        ...

    def guess(self, text: str) -> Guess: ...


def said(text: str, slots: Sequence[Slot]) -> dict[str, str]:
    """The words of each slot; of two slots with one name the first."""
    found: dict[str, str] = {}
    for slot in slots:
        found.setdefault(slot.name, text[slot.start : slot.end])
    return found
