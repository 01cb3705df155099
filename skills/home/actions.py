"""What commands ask of devices: states, levels, limits, and the way back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.skills import Device, Outcome

from .words import Words, called, degrees, words_for

OWN_NOUN = ("climate", "switch", "fan")
"""Kinds that are meant again by their own name: "and in the bedroom" after "turn on the fan"."""
DIMMEST = 5
"""Percent: dimming never switches a light off."""
WAKING = 30
"""Percent at which "brighter" wakes a light that is off and is called by its name."""
WANTED: Mapping[str, Any] = {
    "turn_on": {"on": True}, "turn_off": {"on": False}, "open": {"open": True}, "close": {"open": False},
    "lock": {"locked": True}, "unlock": {"locked": False},
}
"""State that a command without value asks for."""
KEYS = {
    "set_brightness": "brightness", "set_position": "position", "set_temperature": "temperature", "set_mode": "mode",
    "set_colour": "colour", "set_percentage": "percentage", "set_preset": "preset", "oscillate": "oscillating",
    "set_direction": "direction",
}
"""State that a command's value is for."""
SLOTS = {**KEYS, "oscillate": "wanted"}
"""Slot of the order that holds the value."""
SPEED_STEP = 20
"""Percent by which "faster" changes a fan, or one speed where that is more."""


def level(device: Device, step: int) -> int:
    """Brightness after a step."""
    now = device.state.get("brightness") if device.state.get("on") else None
    if not device.state.get("on"):
        return WAKING if step > 0 else 0
    return max(DIMMEST, min(100, (50 if now is None else int(now)) + step))


def speed_for(device: Device, percentage: int) -> int:
    """The speed that a fan can run at for a wish: the slowest that is at least so fast, in percent."""
    count = int(device.capabilities.get("speeds") or 100)
    return min(max(math.ceil(percentage * count / 100), 1), count) * 100 // count


def next_speed(device: Device, change: int) -> int:
    """A fan's speed after a change in percent: at least one speed further, never off."""
    count = int(device.capabilities.get("speeds") or 100)
    now = round(int(device.state.get("percentage") or 0) * count / 100)
    steps = max(1, round(abs(change) * count / 100)) * (1 if change > 0 else -1)
    return min(max(now + steps, 1), count) * 100 // count


def measured(device: Device) -> float | None:
    value = None
    if device.kind == "climate":
        value = device.state.get("current_temperature")
    elif device.kind == "sensor" and device.device_class == "temperature":
        value = device.state.get("value")
    return float(value) if isinstance(value, int | float) and device.available else None


def out_of_range(devices: Sequence[Device], command: str, values: Mapping[str, Any]) -> str:
    """What to say where a thermostat cannot be set so; empty if it can."""
    if command != "set_temperature":
        return ""
    for device in devices:
        low, high = (device.capabilities.get(key) for key in ("min_temperature", "max_temperature"))
        if low is not None and high is not None and not low <= values[device.id] <= high:
            return f"I can set {called(device)} from {float(low):g} to {degrees(high)}."
    return ""


def toggled(outcomes: Sequence[Outcome]) -> Words:
    states = {outcome.state.get("on", outcome.state.get("open")) for outcome in outcomes if outcome.status == "done"}
    if len(states) != 1:
        return words_for("toggle")
    return words_for("turn_on" if states.pop() else "turn_off")


def memory_of(name: str, slots: Mapping[str, Any], devices: Sequence[Device]) -> dict[str, Any]:
    """What "and the bedroom" and "put it back" need to know."""
    first = devices[0]
    noun = first.device_class if first.kind == "cover" else first.kind if first.kind in OWN_NOUN else None
    return {
        "intent": name, "slots": dict(slots), "kind": first.kind, "noun": noun,
        "lights": "one" if len(devices) == 1 else "many",
        "before": {device.id: dict(device.state) for device in devices},
    }


def way_back(device: Device, before: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Commands that bring a device back to an earlier state."""
    if device.kind in ("light", "switch"):
        if not before.get("on"):
            return [("turn_off", None)]
        level = before.get("brightness")
        return [("turn_on", None) if level is None else ("set_brightness", level)]
    if device.kind == "fan":
        return _fan_back(device, before)
    if device.kind == "cover":
        position = before.get("position")
        if position is not None:
            return [("set_position", position)]
        return [("open" if before.get("open") else "close", None)]
    if device.kind == "climate" and before.get("temperature") is not None:
        return [("set_temperature", before["temperature"])]
    return [("lock" if before.get("locked") else "unlock", None)] if device.kind == "lock" else []


def _fan_back(device: Device, before: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if not before.get("on"):
        return [("turn_off", None)]
    pairs = (("oscillate", "oscillating"), ("set_direction", "direction"), ("set_preset", "preset"),
             ("set_percentage", "percentage"))
    changed = [
        (command, before[key]) for command, key in pairs
        if before.get(key) is not None and before[key] != device.state.get(key)
    ]
    return changed or [("turn_on", None)]
