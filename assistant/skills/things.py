"""What a skill speaks of: devices, what became of actions, timers, rooms, people, replies, the conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assistant.errors import WebError


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a skill sees it."""

    id: str
    name: str
    kind: str
    """``light``, ``switch``, ``fan``, ``cover``, ``climate``, ``lock``, ``scene``, ``media_player``, ``sensor`` or
    ``binary_sensor``."""
    area: str = ""
    aliases: tuple[str, ...] = ()
    device_class: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    available: bool = True
    floor: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Names of the groups it belongs to by identifier; slots of the list ``{group}`` hold identifiers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action on one device."""

    device: str
    status: str
    """``done``, ``already``, ``no_answer``, ``unreachable``, ``unavailable`` or ``refused``."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """After it."""
    detail: str = ""
    """Why it was not done. ``declined``: somebody was asked and said no."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that runs, or rings."""

    id: str
    seconds: float
    """Its whole length."""
    left: float
    """Seconds until it is due."""
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm or a reminder."""

    id: str
    kind: str
    """``alarm`` or ``reminder``; of one that was put off also ``timer``."""
    due: datetime
    """Next, in local time, without a zone."""
    name: str = ""
    """What it is called; of a reminder, what it is about."""
    rule: str = ""
    """How it repeats: a recurrence rule; ``again``: each time after so many seconds; empty: it does not."""
    seconds: float = 0.0
    """Its length, where it is due after a while; else 0."""
    person: str = ""
    """Whose it is; empty if nobody knows."""
    source: str = ""
    everywhere: bool = False
    left_out: tuple[date, ...] = ()
    """Days to come on which it does not ring."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered to a question."""

    text: str
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said before; all empty when it is more than two minutes ago."""

    intent: str = ""
    """Latest order, as ``skill.Intent``."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    """Identifiers of the devices it was about: what "it" means."""
    answer: str = ""
    unheard: str = ""
    """The rest of the answer, from the last word heard on, where somebody talked over it."""
    heard: str = ""
    """The words that were understood."""
    certainty: float = 1.0
    """Probability that they were meant so."""
    missed: str = ""
    """The words after them, where those were not understood."""
    outcome: str = ""
    """What became of the order, as of ``Answer``."""
    reason: str = ""
    """Why, or what was said of it."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    """What this skill's latest answer asked to remember."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the home; what a slot of the list ``{area}`` becomes."""

    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the household; what a slot of the list ``{person}`` becomes."""

    name: str


@dataclass(frozen=True, slots=True)
class WakeVerdict:
    """Whether the assistant can be called so."""

    fault: str
    """Why it cannot; empty if it can."""
    advice: list[str]
    """What speaks against it, the gravest first."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server on the web answered."""

    status: int
    """Of HTTP: 200 where all is well."""
    text: str

    def json(self) -> Any:
        """The data in it.

        Raises:
            WebError: it is no JSON.
        """
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise WebError(f"answers something that is no JSON: {error}") from error
