"""What a source remembers of its conversation, so that "turn it off again" and "and the bedroom" have a meaning."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from assistant.dialogue.unheard import unheard

MEMORY_SECONDS = 120.0
"""After this long, "it" means nothing any more."""
MOST_EXCHANGES = 6
EXCHANGE_SECONDS = 600.0
"""What was talked about is remembered longer than what "it" was."""


@dataclass(slots=True)
class Conversation:
    """The context of one source."""

    intent: str = ""
    """Latest understood intent, as ``skill.Intent``."""
    slots: dict[str, Any] = field(default_factory=dict)
    devices: list[str] = field(default_factory=list)
    """Devices that the latest order was about."""
    answer: str = ""
    """Latest answer, for "say that again"."""
    unheard: str = ""
    """Its rest, where somebody talked over it."""
    heard: str = ""
    """Latest words understood."""
    certainty: float = 1.0
    """Probability that they were meant so."""
    missed: str = ""
    """The latest words, where they were not understood."""
    outcome: str = ""
    """What became of the latest order, as in ``Answered``."""
    reason: str = ""
    """Why, or what was said of it; empty where nothing was."""
    failures: int = 0
    """Utterances in a row that were not understood."""
    at: float = 0.0
    """When the latest order was understood, seconds on the loop's clock."""
    exchanged: deque[tuple[float, str, str]] = field(default_factory=lambda: deque(maxlen=MOST_EXCHANGES))
    """When, what was said, and what was answered."""

    def understood(
        self, intent: str, slots: dict[str, Any], heard: str, now: float, certainty: float = 1.0
    ) -> None:
        """An order was understood."""
        self.intent, self.slots, self.heard, self.at, self.failures = intent, dict(slots), heard, now, 0
        self.certainty, self.missed, self.outcome, self.reason = certainty, "", "", ""

    def not_understood(self, heard: str, now: float) -> None:
        """Words without a meaning here; what "it" means stays."""
        self.missed, self.at = heard, now
        self.failures += 1

    def answered(self, answer: str, devices: list[str], outcome: str = "", why: str = "") -> None:
        """An order was answered."""
        if answer:
            self.answer, self.unheard = answer, ""
        if devices:
            self.devices = list(devices)
        if outcome:
            self.outcome, self.reason = outcome, why or answer

    def broken_off(self, heard: str) -> None:
        """The latest answer was heard so far."""
        self.unheard = unheard(self.answer, heard)

    def exchange(self, heard: str, answer: str, now: float) -> None:
        """Something was said and answered."""
        self.exchanged.append((now, heard, answer))

    def exchanges(self, now: float) -> list[tuple[str, str]]:
        """What was said and answered lately, the latest last."""
        return [(heard, answer) for at, heard, answer in self.exchanged if now - at <= EXCHANGE_SECONDS]

    def snapshot(self, now: float) -> dict[str, Any]:
        """What a skill may know of it, as plain data; empty once it is too old."""
        if now - self.at > MEMORY_SECONDS:
            return {"answer": self.answer, "unheard": self.unheard}
        return {
            "intent": self.intent, "slots": self.slots, "devices": self.devices, "answer": self.answer,
            "unheard": self.unheard, "heard": self.heard, "certainty": self.certainty, "missed": self.missed,
            "outcome": self.outcome, "reason": self.reason,
        }
