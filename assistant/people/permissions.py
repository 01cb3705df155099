"""Who may do what: the rules of the house for what is wanted, and which actions are risky."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.home.schema import Device
from assistant.localtime import present
from assistant.people.claim import Claim
from assistant.people.rights import Decision, Groups, Wish, decide
from assistant.people.rules import Rules

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


ALLOW = Decision("allow")
FREE = frozenset(("builtin",))
"""Skills whose orders anybody may give: stop, never mind."""


class Permissions:
    """Decides about orders and actions.

    Args:
        rules: who may do what.
        people: those whose voices are known. Nobody: everybody is of the household, and what is risky asks for a yes.
        clock: local time.
    """

    def __init__(
        self, rules: Rules | None = None, people: Callable[[], Groups] = dict,
        clock: Callable[[], datetime] = present,
    ) -> None:
        self.rules = rules or Rules()
        self._people = people
        self._clock = clock

    @property
    def apply(self) -> bool:
        """Whether it matters who speaks: somebody is known here."""
        return bool(self._people())

    def person(self, claim: Claim) -> str:
        """In whose name a claim may act; empty: nobody's."""
        return claim.known if claim.known in self._people() else ""

    def order(self, claim: Claim, skill: str, intent: str) -> Decision:
        """Whether somebody may give an order at all, before anything of it is done."""
        if not self.apply or skill in FREE:
            return ALLOW
        return self._decided(claim, Wish(skill, intent))

    def decide(self, claim: Claim, action: Action, skill: str = "", intent: str = "") -> Decision:
        """Whether somebody may do this at once, after something else, or not at all."""
        reason, device = risk(action), action.device
        if not self.apply:
            return Decision("ask", reason, ("yes",)) if reason else ALLOW
        named = (device.id, device.name, *device.aliases) if device is not None else ()
        kind, area = (device.kind, device.area) if device is not None else ("", "")
        return self._decided(claim, Wish(skill, intent, action.command, kind, named, area, reason))

    def _decided(self, claim: Claim, wish: Wish) -> Decision:
        return decide(self.rules, self._people(), claim, wish, self._clock().time())


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
