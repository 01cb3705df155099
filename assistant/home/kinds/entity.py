"""What every kind of device has: topics that tell its state, and plans that change it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from assistant.errors import HomeError
from assistant.home.announcement import Announcement
from assistant.home.colours import same_colour
from assistant.home.payload import read_text
from assistant.home.schema import Capabilities
from assistant.home.template import Command, Template

State = Mapping[str, Any]
UNKNOWN = "None"
"""What Home Assistant's devices send for "I do not know"."""

TOLERANCE = {"brightness": 1.0, "position": 1.0, "temperature": 0.06, "kelvin": 150.0,
             "percentage": 1.0, "volume": 1.0}
"""Difference by which a device may miss what it was told: 254 steps are no percents, lamps no spectrometers."""


_SAID = {
    "turn_on": "be switched on", "turn_off": "be switched off", "set_brightness": "be dimmed",
    "set_colour": "change its colour", "set_kelvin": "change its white", "set_position": "be moved to a position",
    "open": "be opened", "close": "be closed", "stop": "be stopped", "set_temperature": "be set to a temperature",
    "set_mode": "change its mode", "lock": "be locked", "unlock": "be unlocked", "restore": "be set back",
    "set_percentage": "run at a speed", "set_preset": "run in a preset", "oscillate": "swing",
    "set_direction": "turn the other way", "activate": "be activated", "play": "play", "pause": "pause",
    "next": "skip", "previous": "go back", "set_volume": "be set to a volume", "mute": "be muted",
    "unmute": "be unmuted", "shuffle": "shuffle", "repeat": "repeat",
}


_MORE_ORDERS = ("set_position_topic",)
"""Keys of topics that take orders, beside those that end in ``command_topic``."""


class Refused(HomeError):
    """The device cannot do that; ``what`` says why, in words fit to be spoken."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to publish."""

    topic: str
    payload: str
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, and the state that proves that it was done."""

    messages: tuple[Message, ...]
    want: State
    begun: State = field(default_factory=dict)
    """A state that proves that it is being done, for what takes long: ``{"moving": "opening"}``."""
    news: frozenset[str] | None = None
    """Of what leads to no state that is known before ("next"): keys of which one must change; empty: nothing tells."""


@dataclass(frozen=True, slots=True)
class _Reader:
    template: Template
    keys: tuple[str, ...]
    parse: Callable[[Any], dict[str, Any]]


class Entity(ABC):
    """A device as MQTT sees it. Holds no state: it turns payloads into state and commands into payloads."""

    kind: ClassVar[str]

    def __init__(self, announcement: Announcement) -> None:
        self.capabilities = Capabilities()
        self.reports: set[str] = set()
        """State keys that some topic tells."""
        self.retain = announcement.flag("retain")
        self.optimistic = announcement.flag("optimistic")
        self._announcement = announcement
        self._readers: dict[str, list[_Reader]] = {}

    @property
    def topics(self) -> Iterable[str]:
        """Topics that tell the state."""
        return self._readers.keys()

    @property
    def orders(self) -> frozenset[str]:
        """Topics under which it takes orders."""
        data = self._announcement.data
        return frozenset(
            str(topic) for key, topic in data.items() if key.endswith("command_topic") or key in _MORE_ORDERS
        )

    @property
    def confirms(self) -> frozenset[str]:
        """State keys by which the device proves what it did; empty where it never does."""
        return frozenset() if self.optimistic else frozenset(self.reports)

    @property
    def signature(self) -> Hashable:
        """What two ways of announcing one thing share: where it takes orders, or else what it reads where."""
        if self.orders:
            return self.kind, self.orders
        return self.kind, frozenset(
            (topic, reader.template.path) for topic, readers in self._readers.items() for reader in readers
        )

    def read(self, topic: str, payload: bytes) -> dict[str, Any]:
        """The state that a message tells; empty if none.

        Raises:
            PayloadError: it cannot be read.
        """
        text = read_text(payload)
        state: dict[str, Any] = {}
        for reader in self._readers.get(topic, ()):
            value = reader.template.pick(text)
            if value == UNKNOWN:
                state.update(dict.fromkeys(reader.keys))
            elif value is not None and value != "":
                state.update(reader.parse(value))
        return state

    @abstractmethod
    def plan(self, command: str, value: Any, state: State) -> Plan:
        """How to carry out a command.

        Raises:
            Refused: the device cannot do that.
        """

    @abstractmethod
    def restore(self, earlier: State, state: State) -> Plan:
        """How to bring back an earlier state.

        Raises:
            Refused: the device cannot do that.
        """

    def _listen(
        self, topic: str, template: str, keys: tuple[str, ...], parse: Callable[[Any], dict[str, Any]]
    ) -> bool:
        """Read ``keys`` from the topic named by the setting ``topic``; False if the device has no such topic."""
        name = self._announcement.topic(topic)
        found = self._announcement.template(template) if name else None
        if name is None or found is None:
            return False
        self._readers.setdefault(name, []).append(_Reader(found, keys, parse))
        self.reports.update(keys)
        return True

    def _say(self, command: Command | str | None, payload: str) -> tuple[Message, ...]:
        if command is None:
            return ()
        if isinstance(command, str):
            command = Command(command)
        return (Message(command.topic, command.payload(payload), self.retain),)


def differing(want: State, state: State) -> set[str]:
    """Keys in which the state is not what is wanted."""
    return {key for key, value in want.items() if not same(key, state.get(key), value)}


def same(key: str, have: Any, want: Any) -> bool:
    """Whether a reported value is the one asked for, as exactly as such devices can be."""
    if have is None or want is None:
        return have is want
    if key == "rgb":
        return same_colour(have, want)
    if key in TOLERANCE:
        return abs(float(have) - float(want)) <= TOLERANCE[key]
    return bool(have == want)


def as_word(value: Any) -> str:
    """A picked value as the text that a payload setting is compared with."""
    return value if isinstance(value, str) else str(value)


def percent(value: Any, what: str) -> int:
    """A percentage that someone asked for.

    Raises:
        Refused: it is no number from 0 to 100.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Refused(f"{what} goes from 0 to 100 percent")
    return round(value)


def unknown_command(command: str, kind: str) -> Refused:
    """The answer to a command that a kind does not have."""
    thing = {"climate": "thermostat", "binary_sensor": "sensor", "media_player": "player"}.get(kind, kind)
    return Refused(f"a {thing} cannot {_SAID.get(command, command.replace('_', ' '))}")
