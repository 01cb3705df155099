"""What came of a turn, as far as two runs of it can be compared, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from assistant.events import (
    ActionFinished,
    Answered,
    Event,
    FinalHeard,
    NotUnderstood,
    QuestionAsked,
    StageTimed,
    TurnEnded,
    TurnStarted,
    Understood,
    encode,
)

SAME_CONFIDENCE = 0.01
"""Confidences so near each other are alike: sound is read at other moments than it was."""
NO_TURN = "no turn began"


@dataclass(frozen=True, slots=True)
class Course:
    """What came of a turn."""

    heard: tuple[str, ...] = ()
    """What was read of each utterance, for spoken turns."""
    confidence: tuple[float, ...] = ()
    """Of what was heard, and of what was guessed."""
    meanings: tuple[tuple[str, str], ...] = ()
    """Skill and intent of each meaning."""
    slots: tuple[Mapping[str, Any], ...] = ()
    questions: tuple[str, ...] = ()
    done: tuple[tuple[str, str, str], ...] = ()
    """Device, command and status of each action."""
    answers: tuple[str, ...] = ()
    outcome: str = NO_TURN
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    what: str
    before: Any
    now: Any


def course_of(events: Iterable[Event]) -> Course:
    """What came of the turn whose events these are."""
    found: dict[str, list[Any]] = {field.name: [] for field in fields(Course)}
    outcome, reason = NO_TURN, ""
    for event in events:
        match event:
            case TurnStarted():
                outcome = "it did not end"
            case FinalHeard():
                found["heard"].append(event.text or event.free_text)
                found["confidence"].append(round(event.confidence, 3))
            case Understood():
                found["meanings"].append((event.skill, event.intent))
                found["slots"].append(dict(event.slots))
                found["confidence"].append(round(event.confidence, 3))
            case NotUnderstood():
                found["meanings"].append(("", "not understood"))
            case QuestionAsked():
                found["questions"].append(event.text)
            case ActionFinished():
                found["done"].append((event.device, event.command, event.status))
            case Answered():
                found["answers"].append(event.text)
            case TurnEnded():
                outcome, reason = event.outcome, event.reason
    lists = {name: tuple(values) for name, values in found.items() if name not in ("outcome", "reason")}
    lists["done"] = tuple(sorted(lists["done"]))  # devices answer side by side
    return Course(**lists, outcome=outcome, reason=reason)


def differences(before: Course, now: Course, *, spoken: bool = True) -> list[Difference]:
    """What differs, in the order of the turn.

    Args:
        spoken: whether both were heard; else what was heard, and how surely, is not compared.
    """
    return list(_differences(before, now, spoken))


def _differences(before: Course, now: Course, spoken: bool) -> Iterator[Difference]:
    for field in fields(Course):
        one, other = getattr(before, field.name), getattr(now, field.name)
        if field.name in ("heard", "confidence") and not spoken:
            continue
        alike = _near(one, other) if field.name == "confidence" else one == other
        if not alike:
            yield Difference(field.name, one, other)


def _near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return len(one) == len(other) and all(abs(a - b) < SAME_CONFIDENCE for a, b in zip(one, other, strict=True))


def timeless(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as plain data without what no two runs share.

    Turns are numbered, times count from the first event; how long a stage computed is left out.
    """
    numbers: dict[str, str] = {}
    plain: list[dict[str, Any]] = []
    began: float | None = None
    for event in events:
        began = event.at if began is None else began
        data = encode(event) | {"at": round(event.at - began, 4)}
        if event.turn:
            data["turn"] = numbers.setdefault(event.turn, f"turn {len(numbers) + 1}")
        if isinstance(event, StageTimed) and event.stage not in ("endpoint", "act"):
            del data["seconds"]
        plain.append(data)
    return plain
