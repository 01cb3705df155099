"""Answers to questions about the state of the home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.skills import Answer, Device
from assistant.spoken import sentence

from .words import be, called, degrees, is_plural, named, together

UNITS = {"°F": "degrees Fahrenheit", "%": "percent", "W": "watts", "kWh": "kilowatt hours", "lx": "lux"}
SEEN = {"motion": ("motion", "no motion"), "occupancy": ("somebody", "nobody"), "presence": ("somebody", "nobody")}
"""What binary sensors for people mean when on and when off."""
OPENABLE = ("door", "window", "garage_door", "opening", "garage", "gate")


def unknown(device: Device) -> str:
    """The answer where a state is not known."""
    name = sentence(called(device))
    return f"{name} has not told its state yet." if device.available else f"{name} can't be reached."


def yes_no(devices: Sequence[Device], key: str, value: Any, yes: str, no: str, every: bool = False) -> Answer:
    """Whether devices are in a state; of several, whether any is (or all are)."""
    ids = tuple(device.id for device in devices)
    known = [device for device in devices if device.state.get(key) is not None]
    if not known:
        return Answer(unknown(devices[0]), "info", devices=ids)
    if len(devices) == 1:
        is_so = known[0].state[key] == value
        how = f"{called(known[0])} {be(known)} {yes if is_so else no}"
        return Answer(f"{'Yes' if is_so else 'No'}, {how}.", "info", devices=ids)
    so = [device for device in known if device.state[key] == value]
    if not so:
        return Answer(f"No, they are all {no}.", "info", devices=ids)
    if len(so) == len(devices):
        return Answer(f"Yes, all {together(devices)} are {yes}.", "info", devices=ids)
    these = f"{named(so)} {be(so)} {yes}"
    text = f"No, only {these}." if every else f"Yes, {these}."
    return Answer(text, "info", devices=tuple(device.id for device in so))


def which(devices: Sequence[Device], value: bool) -> Answer:
    """Which of them are on (or off)."""
    so = [device for device in devices if device.state.get("on") is value]
    word = "on" if value else "off"
    if not so:
        return Answer(f"No lights are {word}.", "info")
    return Answer(f"{sentence(named(so))} {be(so)} {word}.", "info", devices=tuple(device.id for device in so))


def describe(device: Device) -> str:
    """A device's state in one sentence."""
    how = _DESCRIBE[device.kind](device) if device.available else None
    if how is None:
        return unknown(device)
    if is_plural(device) and how.startswith("is "):
        how = f"are {how.removeprefix('is ')}"
    return f"{sentence(called(device))} {how}."


def _light(device: Device) -> str | None:
    on, brightness, colour = (device.state.get(key) for key in ("on", "brightness", "colour"))
    if not on:
        return None if on is None else "is off"
    shade = f", {colour}" if colour and colour != "white" else ""
    return f"is on{f' at {brightness} percent' if brightness is not None else ''}{shade}"


def _switch(device: Device) -> str | None:
    on = device.state.get("on")
    return None if on is None else f"is {'on' if on else 'off'}"


def _fan(device: Device) -> str | None:
    on, speed, preset = (device.state.get(key) for key in ("on", "percentage", "preset"))
    if not on:
        return None if on is None else "is off"
    how = f" in {preset.lower()} mode" if preset else f" at {speed} percent" if speed else ""
    return f"is on{how}{', and it swings' if device.state.get('oscillating') else ''}"


def _scene(device: Device) -> str:
    return "is a scene; it has no state"


def _player(device: Device) -> str | None:
    playback, title = device.state.get("playback"), device.state.get("title")
    if playback is None:
        return None
    return f"is playing {title}" if playback == "playing" and title else f"is {playback}"


def _cover(device: Device) -> str | None:
    moving, position, is_open = (device.state.get(key) for key in ("moving", "position", "open"))
    if moving:
        return f"is {moving}"
    if position is not None and 0 < position < 100:
        return f"is {position} percent open"
    return None if is_open is None else f"is {'open' if is_open else 'closed'}"


def _climate(device: Device) -> str | None:
    target, current = device.state.get("temperature"), device.state.get("current_temperature")
    if device.state.get("mode") == "off":
        return "is off"
    if target is None:
        return None
    return f"is set to {degrees(target)}{f', and it is {degrees(current)}' if current is not None else ''}"


def _lock(device: Device) -> str | None:
    locked = device.state.get("locked")
    if device.state.get("jammed"):
        return "is jammed"
    return None if locked is None else f"is {'locked' if locked else 'unlocked'}"


def _sensor(device: Device) -> str | None:
    value, unit = device.state.get("value"), device.capabilities.get("unit", "")
    if value is None:
        return None
    return f"is {degrees(value)}" if unit == "°C" and isinstance(value, int | float) else _measured(value, unit)


def _measured(value: Any, unit: str) -> str:
    return f"is {value} {UNITS.get(unit, unit)}".strip()


def _binary(device: Device) -> str | None:
    on = device.state.get("on")
    if on is None:
        return None
    if device.device_class in SEEN:
        return f"sees {SEEN[device.device_class][0 if on else 1]}"
    if device.device_class in OPENABLE:
        return f"is {'open' if on else 'closed'}"
    return f"is {'on' if on else 'off'}"


_DESCRIBE: dict[str, Callable[[Device], str | None]] = {
    "light": _light, "switch": _switch, "cover": _cover, "climate": _climate, "lock": _lock, "sensor": _sensor,
    "binary_sensor": _binary, "fan": _fan, "scene": _scene, "media_player": _player,
}
