"""Who may do what. Today everybody is household; what is risky asks for a yes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.home.schema import Device

Verdict = Literal["allow", "ask", "deny"]

ENTRANCES = frozenset(("door", "garage", "garage_door", "gate"))
"""Device classes of covers that let people in."""
ENTRANCE = re.compile(r"\b(garage|gate|door)s?\b", re.IGNORECASE)
SHADE = re.compile(r"\b(blind|shutter|curtain|shade|awning|screen|window)s?\b", re.IGNORECASE)
"""Covers without a device class are known by their names: a garage door lets people in, a door's blind does not."""
OPENER = re.compile(r"\b(gate|door|garage opener)s?\b", re.IGNORECASE)
NO_OPENER = re.compile(r"\b(lights?|lamps?|bell|chime|camera|sensor|heater|fan|lock)\b", re.IGNORECASE)
"""A switch may be what opens a gate; its lamp and its bell are not."""
OPENING = frozenset(("open", "set_position", "toggle", "turn_on"))
"""Commands that may leave a cover open."""
HEATING = frozenset(("turn_on", "toggle", "set_temperature", "set_mode"))
OVEN = re.compile(r"\b(oven|stove|cooker|hob|cooktop|grill|fryer|iron)\b", re.IGNORECASE)
"""Switches behind which something gets hot enough to burn a house; known by name, for lack of a device class."""
ERASING = frozenset(("disarm", "erase", "purchase"))
"""Actions without a device that ask for a yes."""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody wants done."""

    command: str
    device: Device | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it may be done, and why not at once."""

    verdict: Verdict
    reason: str = ""


ALLOW = Decision("allow")


class Permissions:
    """Decides about actions of people."""

    def decide(self, person: str, action: Action) -> Decision:
        """Whether ``person`` (empty: unknown) may do this at once, after a yes, or not at all."""
        reason = risk(action)
        return Decision("ask", reason) if reason else ALLOW


def risk(action: Action) -> str:
    """Why an action is risky; empty if it is not. Locking and closing never are."""
    command, device = action.command, action.device
    if device is None:
        return f"{command} cannot be taken back" if command in ERASING else ""
    return _RISKS.get(device.kind, _no_risk)(action, device)


def _lock(action: Action, device: Device) -> str:
    unlocks = action.command in ("unlock", "open", "toggle") and device.state.get("locked") is not False
    return "it unlocks" if unlocks else ""


def _cover(action: Action, device: Device) -> str:
    if not _is_entrance(device) or action.command not in OPENING:
        return ""
    shuts = action.command == "set_position" and action.value == 0
    return "" if shuts else "it opens a way in"


def _is_entrance(device: Device) -> bool:
    names = " ".join((device.name, *device.aliases))
    named = not device.device_class and ENTRANCE.search(names) and not SHADE.search(names)
    return device.device_class in ENTRANCES or bool(named)


def _switch(action: Action, device: Device) -> str:
    names = " ".join((device.name, *device.aliases))
    opens = action.command in OPENING and OPENER.search(names) and not NO_OPENER.search(names)
    return "it opens a way in" if opens else _heater(action, device)


def _heater(action: Action, device: Device) -> str:
    names = " ".join((device.name, *device.aliases, device.device_class))
    return "it gets hot" if action.command in HEATING and OVEN.search(names) else ""


def _no_risk(action: Action, device: Device) -> str:
    return ""


_RISKS: Mapping[str, Callable[[Action, Device], str]] = {
    "lock": _lock, "cover": _cover, "switch": _switch, "climate": _heater,
}
