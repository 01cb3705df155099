"""Scores of an understanding: intents, slots, and what is out of scope, by what each sentence was to mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assistant.bench import report
from assistant.nlu.base import OUT_OF_SCOPE

HOME = "home"
"""The skill that moves things in the house."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and what it means."""

    text: str
    intent: str
    """``oos``: out of scope."""
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a link took it for."""

    intent: str = ""
    """Empty: nothing."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = True
    asks: bool = False
    """It would ask before it acts."""
    skill: str = ""
    """Whose intent it is, where that is known."""


def figures(said: Sequence[Said], taken: Sequence[Taken], seconds: Sequence[float]) -> dict[str, Any]:
    """The keys of one link; those of which there is nothing to count are left out."""
    pairs = list(zip(said, taken, strict=True))
    inside = [(one, found) for one, found in pairs if one.intent != OUT_OF_SCOPE]
    outside = [found for one, found in pairs if one.intent == OUT_OF_SCOPE]
    keys: dict[str, Any] = {}
    if inside:
        keys["intent_accuracy"] = report.share(sum(found.intent == one.intent for one, found in inside), len(inside))
        keys["exact"] = report.share(sum(_exact(one, found) for one, found in inside), len(inside))
        keys["refused_in_scope"] = report.share(sum(found.refused for _, found in inside), len(inside))
        keys["asked_in_scope"] = report.share(sum(found.asks for _, found in inside), len(inside))
    if any(one.slots for one, _ in inside):
        counts: Any = [_counts(one.slots, found.slots) for one, found in inside]
        keys["slot_f1"] = report.statistic(counts, f1)
    if outside:
        keys["oos_recall"] = report.share(sum(found.refused for found in outside), len(outside))
        keys["oos_acted_on"] = report.share(
            sum(not found.refused and not found.asks for found in outside), len(outside)
        )
        keys["oos_for_home"] = report.share(sum(_for_home(found) for found in outside), len(outside))
    milliseconds = [1000 * one for one in seconds]
    return keys | {f"p{q}_ms": report.percentile(milliseconds, q) for q in (50, 95)}


def f1(counts: np.ndarray) -> float:
    """Of rows of (right, found, meant) slots; 1 where there are none."""
    right, found, meant = counts.sum(axis=0)
    return float(2 * right / (found + meant)) if found + meant else 1.0


def _for_home(found: Taken) -> bool:
    """Whether it was taken, with or without a question, for an order to devices."""
    return not found.refused and found.skill == HOME


def _exact(one: Said, found: Taken) -> bool:
    return found.intent == one.intent and plain(found.slots) == plain(one.slots)


def _counts(meant: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[int, int, int]:
    first, second = set(plain(meant).items()), set(plain(found).items())
    return len(first & second), len(second), len(first)


def plain(slots: Mapping[str, Any]) -> dict[str, str]:
    """Slots in one form: case, spaces and underscores are free, 50 is 50.0, a list of one thing is that thing."""
    return {name: _plain(value) for name, value in slots.items() if value is not None}


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if isinstance(value, list | tuple):
        return " and ".join(sorted(map(_plain, value)))
    text = " ".join(str(value).casefold().replace("_", " ").split())
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
