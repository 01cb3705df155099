"""What the home's answers say. Short, the outcome first, and nothing that is not true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.skills import Answer, Device, Outcome
from assistant.spoken import listed, sentence

UNREACHABLE = "I can't reach the home right now."
PLURALS = {
    "light": "lights", "switch": "plugs", "cover": "blinds", "climate": "thermostats", "lock": "doors",
    "sensor": "sensors", "binary_sensor": "sensors", "fan": "fans", "scene": "scenes", "media_player": "players",
}
FEW = 3
"""So many devices are named one by one, more are counted."""


@dataclass(frozen=True, slots=True)
class Words:
    """How an action is spoken of."""

    done: str
    """``Turned on {}.``"""
    was: str = ""
    """What a device already was: ``on``."""


@dataclass(frozen=True, slots=True)
class Called:
    """How the devices of one order are spoken of together."""

    group: str = ""
    """Name of the household's group; empty: they are none."""
    by_name: bool = False
    """One by one, as they were named so."""

    def __call__(self, devices: Sequence[Device]) -> str:
        if self.group:
            return f"the {self.group.removeprefix('the ')}"
        return named(devices) if self.by_name else together(devices)


def words_for(command: str, value: Any = None) -> Words:
    """How a command with its value is spoken of."""
    match command:
        case "turn_on" | "turn_off":
            state = command.removeprefix("turn_")
            return Words(f"Turned {state} {{}}.", state)
        case "set_brightness" | "set_position" | "set_percentage":
            return Words(f"Set {{}} to {value} percent.", f"at {value} percent")
        case "set_temperature":
            return Words(f"Set {{}} to {degrees(value)}.", f"set to {degrees(value)}")
        case "set_preset":
            return Words(f"Set {{}} to {str(value).lower()} mode.", f"in {str(value).lower()} mode")
        case "oscillate":
            return Words("Set {} swinging.", "swinging") if value else Words("Stopped {} swinging.", "not swinging")
        case "set_direction":
            return Words(f"Set {{}} to {value}.", f"turning {value}")
        case "activate":
            return Words("Activated {}.")
        case "set_colour" | "set_mode":
            return Words(f"Set {{}} to {value}.", str(value))
        case "open":
            return Words("Opening {}.", "open")
        case "close":
            return Words("Closing {}.", "closed")
        case "stop":
            return Words("Stopped {}.", "standing still")
        case "lock" | "unlock":
            return Words(f"{command.capitalize()}ed {{}}.", f"{command}ed")
    return Words("Switched {}.")


def expected(
    devices: Sequence[Device], words: Words, wanted: Mapping[str, Any], called: Callable[[Sequence[Device]], str]
) -> str:
    """The answer if all goes well; what is so already is left out."""
    changing = [device for device in devices if any(device.state.get(key) != value for key, value in wanted.items())]
    if not wanted or changing:
        return sentence(words.done.format(called(changing or devices)))
    return already(devices, words)


def report(
    devices: Sequence[Device], outcomes: Sequence[Outcome], words: Words, called: Called | None = None
) -> Answer:
    """The answer to what became of an action; what went wrong is said by name."""
    called = called or Called()
    by_id = {device.id: device for device in devices}
    groups: dict[str, list[Device]] = {}
    for outcome in outcomes:
        groups.setdefault(_status(outcome), []).append(by_id[outcome.device])
    ids = tuple(by_id)
    if len(groups.get("unreachable", ())) == len(outcomes):
        return Answer(UNREACHABLE, "failed", devices=ids)
    if set(groups) == {"already"}:
        return Answer(already(devices, words), "already", devices=ids)
    if set(groups) == {"declined"}:
        return Answer("Okay, I won't.", "cancelled", devices=ids)
    done = [sentence(words.done.format(called(groups["done"])))] if "done" in groups else []
    faults = [text.format(named(groups[key])) for key, text in _FAULTS.items() if key in groups]
    if called.group and done and faults:  # of a group as a whole it would not be true
        return Answer(f"{done[0][:-1]}, but {' and '.join(fault[:-1] for fault in faults)}.", "done", devices=ids)
    parts = [*done, *map(sentence, faults)] or [already(groups["already"], words)]
    return Answer(" ".join(parts), _outcome(groups), devices=ids)


def already(devices: Sequence[Device], words: Words) -> str:
    if not words.was:
        return "Nothing changed."
    several = len(devices) > 1 or is_plural(devices[0])
    return f"{'They were' if several else 'It was'} already {words.was}."


def is_plural(device: Device) -> bool:
    """Whether one device has a name of many: "the blinds"."""
    name = device.name.lower()
    return name.endswith("s") and not name.endswith("ss")


_FAULTS = {
    "no_answer": "{} did not answer.",
    "unavailable": "{} can't be reached.",
    "unreachable": "{} can't be reached.",
    "declined": "I left {} alone.",
    "refused": "{} can't do that.",
}


def _status(outcome: Outcome) -> str:
    return "declined" if outcome.status == "refused" and outcome.detail == "declined" else outcome.status


def _outcome(groups: Mapping[str, list[Device]]) -> str:
    if "done" in groups:
        return "done"
    return "refused" if set(groups) <= {"refused", "declined", "already"} else "failed"


def called(device: Device) -> str:
    """A device's name in a sentence: "the kitchen light", "Anna's lamp", of a scene "movie time"."""
    name = " ".join(word.lower() if word.istitle() and "'" not in word else word for word in device.name.split())
    first = name.split()[0]
    alone = device.kind == "scene" and name.split()[-1] != "scene"
    return name if alone or "'" in first or first in ("the", "my", "our") else f"the {name}"


def be(devices: Sequence[Device]) -> str:
    """The verb for these devices: "is" or "are"."""
    return "are" if len(devices) != 1 or is_plural(devices[0]) else "is"


def together(devices: Sequence[Device]) -> str:
    """Devices as one object of a sentence: one by its name, several counted."""
    if len(devices) == 1:
        return called(devices[0])
    kinds = Counter(device.kind for device in devices)
    noun = PLURALS[next(iter(kinds))] if len(kinds) == 1 else "devices"
    return f"{len(devices)} {noun}"


def named(devices: Sequence[Device]) -> str:
    """Devices by name where they are few, else counted."""
    return listed([called(device) for device in devices]) if len(devices) <= FEW else together(devices)


def degrees(value: float) -> str:
    """A temperature as words: "21 degrees", "21.5 degrees"."""
    number = f"{float(value):.1f}".removesuffix(".0")
    return f"{number} degree{'' if number in ('1', '-1') else 's'}"
