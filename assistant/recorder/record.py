"""What a turn's record holds of the world around it, as it is written down and read again."""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import AssistantError, EventError, StoreError
from assistant.events import Event, decode
from assistant.home.schema import Household
from assistant.store.turns import TurnRecord

LARGEST_HOME = 16 << 20
"""Bytes of a home unpacked: thousands of devices. A damaged record must not fill the memory."""


class Part(BaseModel):
    """Frozen; what a later version adds is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TimerBefore(Part):
    """A timer that ran."""

    name: str = ""
    source: str = ""
    seconds: float
    left: float


class Before(Part):
    """The world when the turn began."""

    kind: str = ""
    """Of the source, as in ``SourceOpened``."""
    area: str = ""
    silent: bool = True
    """Whether the source had no loudspeaker: a typed conversation."""
    now: str = ""
    """Local time with its zone, ISO 8601."""
    volume: int = 60
    connected: bool = True
    """Whether the home could be reached."""
    conversation: dict[str, Any] = Field(default_factory=dict)
    """Fields of ``Conversation``; ``at`` is how many seconds ago."""
    timers: tuple[TimerBefore, ...] = ()
    home: str = ""
    """The devices with their states, areas and floors: see ``pack``."""


class Order(Part):
    """An order that went to a skill, and what it answered."""

    skill: str
    intent: str
    slots: dict[str, Any] = Field(default_factory=dict)
    person: str = ""
    memory: dict[str, Any] = Field(default_factory=dict)
    """What the skill remembered of the conversation."""
    answer: dict[str, Any] | None = None
    """An ``Answer``; None: there was none."""


class Request(Part):
    """What a skill asked of the agent, and got."""

    skill: str
    name: str
    args: dict[str, Any] = Field(default_factory=dict)
    result: Any = None
    seconds: float = 0.0


class Outside(Part):
    """All of it."""

    before: Before = Before()
    orders: tuple[Order, ...] = ()
    requests: tuple[Request, ...] = ()


class Sound(Part):
    """Where the sound of a turn begins and ends, in samples of its source at 16 kHz."""

    start: int
    end: int


class Record(Part):
    """One turn, ready to be run again."""

    id: str
    source: str
    began: float
    """Seconds since 1970."""
    outcome: str
    text: str
    answer: str
    events: tuple[dict[str, Any], ...] = ()
    """As encoded; ``at`` from the turn's beginning."""
    outside: Outside = Outside()
    sound: Sound | None = None
    """None: no sound was kept."""

    @classmethod
    def of(cls, turn: TurnRecord) -> Record:
        """A turn out of the database.

        Raises:
            StoreError: its trace is damaged.
        """
        trace = turn.trace
        known = {name: trace[name] for name in ("events", "outside", "sound") if name in trace}
        plain = {name: getattr(turn, name) for name in ("id", "source", "began", "outcome", "text", "answer")}
        return cls.read({**plain, **known}, f"turn {turn.id}")

    @classmethod
    def read(cls, data: Any, where: str) -> Record:
        """The record in plain data.

        Raises:
            StoreError: it is none.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise StoreError(f"the record is damaged: {place}: {first['msg']}", where=where) from error

    def decoded(self) -> list[Event]:
        """Its events; those of a type or shape that is gone are passed over."""
        found = []
        for event in self.events:
            try:
                found.append(decode(event))
            except EventError:
                continue
        return found


def pack(household: Household) -> str:
    """A home in few characters: a record of each turn has one."""
    plain = household.model_dump_json(exclude_defaults=True)
    return b85encode(zlib.compress(plain.encode())).decode()


def unpack(text: str, where: str) -> Household:
    """The home that ``pack`` wrote.

    Raises:
        StoreError: it is damaged.
    """
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(b85decode(text), LARGEST_HOME)
        if not reader.eof:
            raise ValueError("it is cut off, or larger than a home can be")
        return Household.model_validate_json(plain)
    except (ValueError, zlib.error, AssistantError) as error:
        raise StoreError(f"the home in the record is damaged: {str(error)[:100]}", where=where) from error


def plain(value: Any) -> Any:
    """Something as plain JSON data; what is none becomes text."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes) else str(value)
