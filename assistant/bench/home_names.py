"""Orders of the shipped skills in Home Assistant's words: HassTurnOn with name, area, floor, domain and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.grammar.base import Match
from assistant.grammar.home_assistant import SKILL as HOME_ASSISTANT
from assistant.home.schema import Device

INTENTS: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]] = {
    ("home", "TurnOn"): ("HassTurnOn", {}),
    ("home", "TurnOff"): ("HassTurnOff", {}),
    ("home", "Toggle"): ("HassToggle", {}),
    ("home", "Open"): ("HassTurnOn", {"domain": "cover"}),
    ("home", "Close"): ("HassTurnOff", {"domain": "cover"}),
    ("home", "Lock"): ("HassTurnOn", {"domain": "lock"}),
    ("home", "Unlock"): ("HassTurnOff", {"domain": "lock"}),
    ("home", "SetBrightness"): ("HassLightSet", {}),
    ("home", "ChangeBrightness"): ("HassLightSet", {}),
    ("home", "SetColour"): ("HassLightSet", {}),
    ("home", "SetFanSpeed"): ("HassFanSetSpeed", {}),
    ("home", "Activate"): ("HassTurnOn", {"domain": "scene"}),
    ("home", "SetPosition"): ("HassSetPosition", {}),
    ("home", "StopMoving"): ("HassStopMoving", {}),
    ("home", "SetTemperature"): ("HassClimateSetTemperature", {}),
    ("home", "GetTemperature"): ("HassClimateGetTemperature", {}),
    ("home", "IsOn"): ("HassGetState", {}),
    ("home", "WhichOn"): ("HassGetState", {}),
    ("home", "IsOpen"): ("HassGetState", {"domain": "cover"}),
    ("home", "IsLocked"): ("HassGetState", {"domain": "lock"}),
    ("home", "GetState"): ("HassGetState", {}),
    ("home", "IsMotion"): ("HassGetState", {"device_class": "motion", "state": "on"}),
    ("clock", "Time"): ("HassGetCurrentTime", {}),
    ("clock", "Date"): ("HassGetCurrentDate", {}),
    ("timers", "SetTimer"): ("HassStartTimer", {}),
    ("timers", "CancelTimer"): ("HassCancelTimer", {}),
    ("timers", "CancelAllTimers"): ("HassCancelAllTimers", {}),
    ("timers", "AddTime"): ("HassIncreaseTimer", {}),
    ("timers", "TakeTime"): ("HassDecreaseTimer", {}),
    ("timers", "TimeLeft"): ("HassTimerStatus", {}),
    ("volume", "SetVolume"): ("HassSetVolume", {}),
    ("volume", "ChangeVolume"): ("HassSetVolumeRelative", {}),
    ("builtin", "NeverMind"): ("HassNevermind", {}),
}
SLOTS = {"colour": "color", "wanted": "state", "percent": "volume_level", "direction": "volume_step",
         "timer_name": "name"}
"""Slots with another name there."""
SAME = ("name", "area", "floor", "brightness", "position", "temperature", "mode", "percentage")
GROUPS: Mapping[str, Mapping[str, Any]] = {
    "climate": {"domain": "climate"}, "lock": {"domain": "lock"}, "locks": {"domain": "lock"},
    "fan": {"domain": "fan"}, "fans": {"domain": "fan"},
}
"""What a noun says beside a cover's class."""
SECONDS = (("hours", 3600), ("minutes", 60), ("seconds", 1))


def in_home_assistants_words(match: Match, devices: Mapping[str, Device]) -> tuple[str, dict[str, Any]]:
    """Intent and slots of an order; one that Home Assistant has no name for keeps ours, with its skill before it."""
    slots = dict(match.slots)
    if "name" in slots and slots["name"] in devices:
        slots["name"] = devices[slots["name"]].name
    if match.skill == HOME_ASSISTANT:
        return match.intent, slots
    known = INTENTS.get((match.skill, match.intent))
    if known is None:
        return f"{match.skill}.{match.intent}", slots
    intent, given = known
    found = dict(given)
    if slots.get("name") is not None and intent != "HassGetState":
        found.pop("domain", None)
    if intent == "HassLightSet":
        slots.pop("direction", None)
        if slots.get("name") is None:
            found["domain"] = "light"
    for name, value in slots.items():
        if name in SAME or name in SLOTS:
            found[SLOTS.get(name, name)] = value
    if "lights" in slots:
        found["domain"] = "light"
    if isinstance(slots.get("noun"), str):
        found |= GROUPS.get(slots["noun"], {"domain": "cover", "device_class": slots["noun"]})
    if match.skill == "timers" and "duration" in slots:
        found |= _duration(float(slots["duration"]))
    return intent, found


def _duration(seconds: float) -> dict[str, int]:
    """``{"hours": 1, "minutes": 30}``."""
    parts, left = {}, round(seconds)
    for name, length in SECONDS:
        if left >= length:
            parts[name], left = divmod(left, length)
    return parts
