"""One table of what Home Assistant's intents are called here, read both ways.

A row says: this intent of theirs, with these slots, is that intent of one of our skills. Of several rows that fit an
order of theirs the first counts; an order of ours bears the names of the first row of its intent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from assistant.home.schema import Kind

KINDS = frozenset(get_args(Kind))
"""Domains of theirs that our home knows."""
SWITCHED = ("light", "switch", "climate", "fan", "media_player")
OPENINGS = ("door", "window", "garage_door", "opening", "garage", "gate")
"""Binary sensors that are open when they are on."""
ANY = ("any", "all", "which", "how_many")


@dataclass(frozen=True, slots=True)
class Row:
    """What one intent of theirs may be here."""

    skill: str
    intent: str
    theirs: str
    domain: tuple[str, ...] = ()
    """Domains of the devices, named or as a group; empty: it is about no devices, or any."""
    told: bool = False
    """Whether the domain is in the name of our intent, so that theirs has to be given it."""
    has: tuple[str, ...] = ()
    """Slots that must be filled."""
    lacks: tuple[str, ...] = ()
    """Slots that must not be."""
    classes: tuple[str, ...] = ()
    """Device classes of a device that is named; empty: any."""
    states: tuple[str, ...] = ()
    """States that are asked about; empty: any."""
    response: tuple[str, ...] = ()
    """Names of the answers that such sentences have; empty: any."""
    adds: Mapping[str, Any] = field(default_factory=dict)
    """Slots of ours that hold without being said."""
    gives: Mapping[str, Any] = field(default_factory=dict)
    """Slots of theirs that the name of our intent says."""
    back: bool = True
    """Whether it is read from theirs to ours too."""


ROWS: tuple[Row, ...] = (
    Row("home", "Open", "HassTurnOn", ("cover",), told=True),
    Row("home", "Lock", "HassTurnOn", ("lock",), told=True),
    Row("home", "Activate", "HassTurnOn", ("scene",), told=True, has=("name",)),
    Row("home", "TurnOn", "HassTurnOn", SWITCHED),
    Row("home", "Close", "HassTurnOff", ("cover",), told=True),
    Row("home", "Unlock", "HassTurnOff", ("lock",), told=True),
    Row("home", "TurnOff", "HassTurnOff", SWITCHED),
    Row("home", "Toggle", "HassToggle", ("light", "switch", "cover", "fan")),
    Row("home", "SetBrightness", "HassLightSet", ("light",), has=("brightness",)),
    Row("home", "SetColour", "HassLightSet", ("light",), has=("color",)),
    Row("home", "SetColour", "HassLightSet", ("light",), has=("temperature",)),
    Row("home", "ChangeBrightness", "HassLightSet", ("light",), back=False),
    Row("home", "SetFanSpeed", "HassFanSetSpeed", ("fan",), has=("percentage",)),
    Row("home", "SetPosition", "HassSetPosition", ("cover",), has=("position",)),
    Row("home", "StopMoving", "HassStopMoving", ("cover",)),
    Row("home", "SetTemperature", "HassClimateSetTemperature", ("climate",), has=("temperature",)),
    Row("home", "GetSetpoint", "HassClimateGetTemperature", response=("target_temperature",)),
    Row("home", "GetTemperature", "HassClimateGetTemperature", lacks=("name",)),
    Row("home", "GetState", "HassClimateGetTemperature", ("climate",), has=("name",)),
    Row("home", "IsLocked", "HassGetState", ("lock",), told=True, has=("state",)),
    Row("home", "IsOpen", "HassGetState", ("cover",), told=True, has=("state",), states=("open", "closed")),
    Row("home", "IsOpen", "HassGetState", ("binary_sensor",), has=("name", "state"), classes=OPENINGS),
    Row("home", "IsOn", "HassGetState", ("binary_sensor",), has=("name", "state")),
    Row("home", "WhichOn", "HassGetState", ("light",), has=("state",), lacks=("name",), response=("which", "how_many")),
    Row("home", "IsOn", "HassGetState", ("light", "switch", "fan"), has=("state",)),
    Row("home", "GetState", "HassGetState", tuple(sorted(KINDS)), has=("name",)),
    Row("home", "IsMotion", "HassGetState", gives={"device_class": "motion", "state": "on"}, back=False),
    Row("clock", "Time", "HassGetCurrentTime"),
    Row("clock", "Date", "HassGetCurrentDate"),
    Row("timers", "SetTimer", "HassStartTimer", lacks=("conversation_command",)),
    Row("timers", "CancelTimer", "HassCancelTimer"),
    Row("timers", "CancelAllTimers", "HassCancelAllTimers", lacks=("area",)),
    Row("timers", "AddTime", "HassIncreaseTimer"),
    Row("timers", "TakeTime", "HassDecreaseTimer"),
    Row("timers", "TimeLeft", "HassTimerStatus"),
    Row("media", "SetVolume", "HassSetVolume", has=("name",)),
    Row("media", "SetVolume", "HassSetVolume", has=("area",)),
    Row("media", "ChangeVolume", "HassSetVolumeRelative", has=("name",)),
    Row("media", "ChangeVolume", "HassSetVolumeRelative", has=("area",)),
    Row("volume", "SetVolume", "HassSetVolume", lacks=("name", "area", "floor")),
    Row("volume", "ChangeVolume", "HassSetVolumeRelative", lacks=("name", "area", "floor")),
    Row("media", "Pause", "HassMediaPause"),
    Row("media", "Play", "HassMediaUnpause"),
    Row("media", "Play", "HassMediaSearchAndPlay", has=("search_query",)),
    Row("media", "Next", "HassMediaNext"),
    Row("media", "Previous", "HassMediaPrevious"),
    Row("media", "Mute", "HassMediaPlayerMute"),
    Row("media", "Unmute", "HassMediaPlayerUnmute"),
    Row("lists", "Add", "HassShoppingListAddItem", has=("item",)),
    Row("lists", "Done", "HassShoppingListCompleteItem", has=("item",), adds={"list": "shopping"}),
    Row("weather", "Now", "HassGetWeather", lacks=("name",), response=("default",)),
    Row("conversation", "Help", "HassRespond", response=("commands",)),
    Row("builtin", "NeverMind", "HassNevermind"),
)
SLOTS: Mapping[str, Mapping[str, str]] = {
    "home": {"color": "colour", "state": "wanted"},
    "volume": {"volume_level": "percent", "volume_step": "direction"},
    "media": {"volume_level": "percent", "volume_step": "direction", "name": "player", "search_query": "what"},
    "timers": {"name": "timer_name"},
}
"""Slots with another name here, theirs to ours."""
PLACES = ("name", "area", "floor")
SAME = ("brightness", "position", "temperature", "mode", "percentage", "item")
"""Slots of one name."""
NOUNS: Mapping[str, Mapping[str, Any]] = {
    "climate": {"domain": "climate"}, "lock": {"domain": "lock"}, "locks": {"domain": "lock"},
    "fan": {"domain": "fan"}, "fans": {"domain": "fan"}, "switch": {"domain": "switch"},
}
"""What a noun of ours says beside a cover's class."""
SECONDS: tuple[tuple[str, int], ...] = (("hours", 3600), ("minutes", 60), ("seconds", 1))


def fitting(
    theirs: str, slots: Mapping[str, Any], domain: str, device_class: str = "", response: str | None = None
) -> list[Row]:
    """The rows that an order of theirs may be, the best first.

    Args:
        slots: those that are filled.
        domain: of the devices that are meant; empty: none, or unknown.
        response: name of its answer; None: unknown.
    """
    return [
        row for row in ROWS
        if row.back and row.theirs == theirs
        and (not row.domain or domain in row.domain)
        and all(slot in slots for slot in row.has) and not any(slot in slots for slot in row.lacks)
        and (not row.classes or not device_class or device_class in row.classes)
        and (not row.states or slots.get("state") in (None, *row.states))
        and (not row.response or response is None or response in row.response)
    ]
