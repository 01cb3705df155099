"""A home in memory that obeys at once, for tests of skills. Its devices can be told to misbehave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.home.actions import Outcome, Status
from assistant.home.schema import Area, Device, Floor, Group, Household

Wanted = Callable[[Device, Any], dict[str, Any]]


def _level(device: Device, value: Any) -> dict[str, Any]:
    return {"on": value > 0, "brightness": value or device.state.get("brightness")}


WANTED: dict[str, Wanted] = {
    "turn_on": lambda device, value: {"on": True},
    "turn_off": lambda device, value: {"on": False},
    "toggle": lambda device, value: {"on": not device.state.get("on")},
    "set_brightness": _level,
    "set_colour": lambda device, value: {"on": True, "colour": value},
    "set_kelvin": lambda device, value: {"on": True, "kelvin": value},
    "set_position": lambda device, value: {"position": value, "open": value > 0},
    "open": lambda device, value: {"open": True, "position": 100},
    "close": lambda device, value: {"open": False, "position": 0},
    "stop": lambda device, value: {"moving": ""},
    "set_temperature": lambda device, value: {"temperature": value},
    "set_mode": lambda device, value: {"mode": value, "on": value != "off"},
    "lock": lambda device, value: {"locked": True},
    "unlock": lambda device, value: {"locked": False},
    "set_percentage": lambda device, value: {"on": value > 0, "percentage": value or device.state.get("percentage")},
    "set_preset": lambda device, value: {"on": True, "preset": value},
    "oscillate": lambda device, value: {"oscillating": value},
    "set_direction": lambda device, value: {"direction": value},
    "activate": lambda device, value: {},
    "play": lambda device, value: {"playback": "playing", **({} if value is None else {"title": value})},
    "pause": lambda device, value: {"playback": "paused"},
    "next": lambda device, value: {},
    "previous": lambda device, value: {},
    "set_volume": lambda device, value: {"volume": value},
    "mute": lambda device, value: {"muted": True},
    "unmute": lambda device, value: {"muted": False},
    "shuffle": lambda device, value: {"shuffle": value},
    "repeat": lambda device, value: {"repeat": value},
}
"""State that each command asks for."""
COMMANDS_OF: dict[str, frozenset[str]] = {
    "light": frozenset(("turn_on", "turn_off", "toggle", "set_brightness", "set_colour", "set_kelvin")),
    "switch": frozenset(("turn_on", "turn_off", "toggle")),
    "cover": frozenset(("open", "close", "stop", "set_position", "toggle")),
    "climate": frozenset(("turn_on", "turn_off", "set_temperature", "set_mode")),
    "lock": frozenset(("lock", "unlock")),
    "fan": frozenset(("turn_on", "turn_off", "toggle", "set_percentage", "set_preset", "oscillate", "set_direction")),
    "scene": frozenset(("activate", "turn_on")),
    "media_player": frozenset((
        "play", "pause", "stop", "next", "previous", "set_volume", "mute", "unmute", "shuffle", "repeat", "turn_on",
        "turn_off",
    )),
}
AT_ONCE = ("activate", "next", "previous")
"""Commands that lead to no state, and are done each time."""
NEEDS = {
    "set_brightness": "brightness", "set_colour": "colour", "set_position": "position", "set_percentage": "speeds",
    "set_preset": "presets", "oscillate": "oscillation", "set_direction": "direction",
}
"""What a device must be able to do."""


def _wanted(device: Device, command: str, value: Any) -> dict[str, Any]:
    """What a command changes: a scene has nothing that "on" could mean, a player plays."""
    if device.kind in ("scene", "media_player") and command in ("turn_on", "turn_off"):
        return {} if device.kind == "scene" else {"playback": "playing" if command == "turn_on" else "stopped"}
    if device.kind == "media_player" and command == "stop":
        return {"playback": "stopped"}
    return WANTED[command](device, value)


class FakeHome:
    """Devices of a household; stands in for ``Home``.

    Attributes:
        household: as it was given; ``devices`` has them as they are now.
        acted: what was asked: device, command, value.
        statuses: device -> status with which it answers without obeying.
        connected: False: everything is unreachable.
    """

    def __init__(self, household: Household) -> None:
        self.household = household
        self.devices: Mapping[str, Device] = {device.id: device for device in household.devices}
        self.areas: Mapping[str, Area] = {area.name: area for area in household.areas}
        self.floors: Mapping[str, Floor] = {floor.name: floor for floor in household.floors}
        self.groups: Mapping[str, Group] = {group.id: group for group in household.groups}
        self.connected = True
        self.statuses: dict[str, Status] = {}
        self.acted: list[tuple[str, str, Any]] = []

    def state(self, device: str) -> Mapping[str, Any]:
        """What a device is like now."""
        return self.devices[device].state

    def put(self, device: str, **state: Any) -> None:
        """Change a device's state from outside."""
        known = self.devices[device]
        self.devices = {**self.devices, device: known.model_copy(update={"state": {**known.state, **state}})}

    async def act(self, device: str, command: str, value: Any = None, *, source: str = "", turn: str = "") -> Outcome:
        """Do as told, or as ``statuses`` says."""
        self.acted.append((device, command, value))
        known = self.devices.get(device)
        before = dict(known.state) if known is not None else {}
        status = self._hindrance(device, command)
        if status is not None or known is None:
            return Outcome(status or "refused", device, before, before, detail="it cannot do that")
        wanted = _wanted(known, command, value)
        if command not in AT_ONCE and wanted and all(before.get(key) == value for key, value in wanted.items()):
            return Outcome("already", device, before, before)
        self.put(device, **wanted)
        return Outcome("done", device, dict(self.state(device)), before)

    async def restore(self, device: str, state: Mapping[str, Any], *, source: str = "", turn: str = "") -> Outcome:
        """Put a state back."""
        before = dict(self.state(device))
        self.acted.append((device, "restore", dict(state)))
        self.put(device, **state)
        return Outcome("done", device, dict(self.state(device)), before)

    def _hindrance(self, device: str, command: str) -> Status | None:
        if not self.connected:
            return "unreachable"
        known = self.devices.get(device)
        if known is None or command not in COMMANDS_OF.get(known.kind, ()):
            return "refused"
        if command in NEEDS and not getattr(known.capabilities, NEEDS[command]):
            return "refused"
        return self.statuses.get(device)
