"""The home: its connection, its devices, and what was asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeConnected(Event):
    """The broker can be reached."""

    broker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLost(Event):
    """The broker cannot be reached."""

    broker: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAdded(Event):
    """A device became known."""

    device: str
    """Identifier."""
    name: str
    kind: str
    area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRemoved(Event):
    """A device is known no more."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Event):
    """A device reported its state."""

    device: str
    state: dict[str, Any] = field(default_factory=dict)
    """All known state, by the household schema's keys."""
    available: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequested(Event):
    """Something was asked of a device."""

    device: str
    command: str
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFinished(Event):
    """What became of it."""

    device: str
    command: str
    status: str
    """``done``, ``already``, ``no_answer``, ``unreachable``, ``unavailable`` or ``refused``."""
    seconds: float = 0.0
