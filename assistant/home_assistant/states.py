"""Devices and timers as the package's answers speak of them: objects with Home Assistant's attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.home.schema import Area, Device

UNKNOWN = "unknown"
UNAVAILABLE = "unavailable"


class Places(Protocol):
    """What has devices and areas: ``Home``."""

    @property
    def devices(self) -> Mapping[str, Device]: ...

    @property
    def areas(self) -> Mapping[str, Area]: ...


@dataclass(frozen=True, slots=True)
class State:
    """One device's state."""

    entity_id: str
    domain: str
    name: str
    state: str
    state_with_unit: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimerState:
    """One timer that runs."""

    name: str
    area: str
    is_active: bool
    total_seconds_left: int
    start_hours: int
    start_minutes: int
    start_seconds: int
    rounded_hours_left: int
    rounded_minutes_left: int
    rounded_seconds_left: int


def targets(slots: Mapping[str, Any], home: Places) -> list[Device]:
    """The devices that slots of theirs mean: the one that is named, or all of a domain and class in a place."""
    name, domain, device_class = (slots.get(key) for key in ("name", "domain", "device_class"))
    area, floor = slots.get("area"), slots.get("floor")
    return [
        device for device in home.devices.values()
        if (device.id == name if name is not None else device.spoken and domain in (None, device.kind))
        and (name is not None or device_class in (None, device.device_class))
        and area in (None, device.area) and floor in (None, _floor(device, home))
    ]


def _floor(device: Device, home: Places) -> str:
    area = home.areas.get(device.area)
    return area.floor if area is not None else ""


def state_of(device: Device, words: Mapping[str, str]) -> State:
    """A device's state. ``words``: what states are called in the language, for those who read them out."""
    state, attributes = _state(device), dict(device.state)
    unit = device.capabilities.unit
    if device.kind == "climate":
        attributes.setdefault("current_temperature", None)
    if unit:
        attributes["unit_of_measurement"] = unit
    if device.device_class:
        attributes["device_class"] = device.device_class
    told = f"{state} {unit}" if unit and state not in (UNKNOWN, UNAVAILABLE) else words.get(state, state)
    return State(device.id, device.kind, device.name, state, told, attributes)


def _state(device: Device) -> str:
    if not device.available:
        return UNAVAILABLE
    if device.kind == "cover":
        return str(device.state.get("moving") or _one_of(device.state.get("open"), "open", "closed"))
    if device.kind == "lock":
        return str(device.state.get("moving") or _one_of(device.state.get("locked"), "locked", "unlocked"))
    if device.kind == "climate":
        return str(device.state.get("mode") or UNKNOWN)
    if device.kind == "media_player":
        return str(device.state.get("playback") or UNKNOWN)
    if device.kind == "sensor":
        value = device.state.get("value")
        return UNKNOWN if value is None else str(value)
    return _one_of(device.state.get("on"), "on", "off")


def _one_of(value: Any, yes: str, no: str) -> str:
    return UNKNOWN if value is None else yes if value else no


def timer_state(name: str, seconds: float, left: float) -> TimerState:
    """A timer by its length and what is left of it, both in seconds."""
    whole, rest = round(seconds), max(0, round(left))
    return TimerState(
        name, "", True, rest, whole // 3600, whole // 60 % 60, whole % 60, rest // 3600, rest // 60 % 60, rest % 60
    )


def parted(devices: Iterable[State], state: str) -> dict[str, list[State]]:
    """States by whether they are the one that was asked for."""
    parts: dict[str, list[State]] = {"matched": [], "unmatched": []}
    for one in devices:
        parts["matched" if one.state == state else "unmatched"].append(one)
    return parts
