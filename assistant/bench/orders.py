"""Orders for whole-agent benchmarks: recorded ones with labels, and home orders that synthesisers speak."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

LABELS = 'write {"order.wav": {"intent": "Order", "slots": {"size": "small"}}}'
NONE, INCOMPLETE, WHOLE = "none", "incomplete", "whole"
"""Where an order holds a pause: nowhere, inside an incomplete sentence, after words that already are an order."""


@dataclass(frozen=True, slots=True)
class RecordedOrder:
    """A person's order and what it means."""

    file: Path
    intent: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HomeOrder:
    """An order to the home, in one part or two with a pause between, and what the home must be like afterwards."""

    parts: tuple[str, ...]
    before: Mapping[str, tuple[str, Any]]
    """Commands that prepare the devices: identifier -> (command, value)."""
    after: Mapping[str, Mapping[str, Any]]
    """States that must hold in the end: identifier -> part of its state."""
    pause: str = NONE
    says: str = ""
    """What the answer must hold: for questions, after which nothing has changed."""

    @property
    def text(self) -> str:
        return " ".join(self.parts)


def recorded(folder: Path, labels: Path) -> list[RecordedOrder]:
    """Recorded orders by their labels: ``{"file.wav": {"intent": ..., "slots": {...}}}``.

    Raises:
        AssistantError: the labels cannot be read, are written otherwise, or name files that are not there.
    """
    try:
        table = json.loads(labels.read_text("utf8"))
    except (OSError, ValueError) as error:
        raise AssistantError(f"the labels cannot be read: {error}", where=str(labels)) from error
    if not isinstance(table, dict) or not table:
        raise AssistantError("there are no labels", where=str(labels), mend=LABELS)
    orders = []
    for name, label in sorted(table.items()):
        slots = label.get("slots", {}) if isinstance(label, dict) else None
        if not isinstance(slots, dict):
            raise AssistantError(f"the label of {name} is none", where=str(labels), mend=LABELS)
        file = next((path for path in (folder / name, folder / "audio" / name) if path.is_file()), None)
        if file is None:
            raise AssistantError(f"{name} has a label and no recording", where=str(folder))
        orders.append(RecordedOrder(file, str(label.get("intent", "")), slots))
    return orders


def _switch(device: str, name: str, on: bool, pause: str = NONE, parts: Sequence[str] | None = None) -> HomeOrder:
    verb = "turn on" if on else "turn off"
    return HomeOrder(
        tuple(parts or (f"{verb} the {name}",)), {device: ("turn_off" if on else "turn_on", None)},
        {device: {"on": on}}, pause,
    )


def _whole(verb: str, noun: str, here: str, there: str, area: str, state: Mapping[str, Any]) -> HomeOrder:
    """ "turn on the light" ... "in the bedroom": done there, and nothing changed here."""
    opposite = {"turn on": "turn_off", "turn off": "turn_on", "close": "open", "open": "close"}[verb]
    resting = {key: not value for key, value in state.items()}
    return HomeOrder(
        (f"{verb} the {noun}", f"in the {area}"), {here: (opposite, None), there: (opposite, None)},
        {there: state, here: resting}, WHOLE,
    )


def home_orders() -> list[HomeOrder]:
    """Fifty orders for the household of ``configs/home.yaml``, said in the living room: 25 without a pause, five with
    one inside an incomplete sentence, 20 that go on after words that already are an order."""
    lamps = {
        "kitchen_light": "kitchen light", "floor_lamp": "floor lamp", "bedroom_light": "bedroom light",
        "bedside_lamp": "bedside lamp", "hall_light": "hall light", "coffee_machine": "coffee machine",
        "living_room_light": "living room light",
    }
    plain = [_switch(device, name, on) for device, name in lamps.items() for on in (True, False)]
    plain += [
        _level("kitchen_light", "set the kitchen light to 40 percent", 40),
        _level("bedside_lamp", "set the bedside lamp to 20 percent", 20),
        _level("floor_lamp", "dim the floor lamp to 30 percent", 30),
        _level("bedroom_light", "set the bedroom light to 70 percent", 70),
        _cover("bedroom_blinds", "close the bedroom blinds", "open", False),
        _cover("living_room_blinds", "close the living room blinds", "open", False),
        _cover("bedroom_blinds", "open the bedroom blinds", "close", True),
        _degrees("set the thermostat to 22 degrees", 22.0),
        _degrees("set the thermostat to 19 degrees", 19.0),
        HomeOrder(("what is the temperature in the kitchen",), {}, {}, says="21.5 degrees"),
        HomeOrder(("is the front door locked",), {}, {}, says="Yes"),
    ]
    incomplete = [
        _switch("kitchen_light", "", True, INCOMPLETE, ("turn on the", "kitchen light")),
        _switch("bedside_lamp", "", True, INCOMPLETE, ("turn on the", "bedside lamp")),
        _switch("hall_light", "", False, INCOMPLETE, ("turn off", "the hall light")),
        _level("floor_lamp", "set the floor lamp to|60 percent", 60),
        _degrees("set the thermostat|to 21 degrees", 21.0),
    ]
    return [*plain[:25], *incomplete, *_going_on()]


def _going_on() -> list[HomeOrder]:
    rooms = [("bedroom_light", "bedroom"), ("kitchen_light", "kitchen"), ("hall_light", "hall")]
    light = [
        _whole(verb, "light", "living_room_light", device, area, {"on": verb == "turn on"})
        for verb in ("turn on", "turn off") for device, area in rooms
    ]
    blinds = [
        _whole(verb, "blinds", "living_room_blinds", "bedroom_blinds", "bedroom", {"open": verb == "open"})
        for verb in ("open", "close")
    ]
    return (light * 3 + blinds)[:20]


def _level(device: str, text: str, percent: int) -> HomeOrder:
    parts = tuple(text.split("|"))
    return HomeOrder(
        parts, {device: ("set_brightness", 90)}, {device: {"on": True, "brightness": percent}},
        NONE if len(parts) == 1 else INCOMPLETE,
    )


def _cover(device: str, text: str, before: str, opened: bool) -> HomeOrder:
    return HomeOrder((text,), {device: (before, None)}, {device: {"open": opened}})


def _degrees(text: str, degrees: float) -> HomeOrder:
    parts = tuple(text.split("|"))
    return HomeOrder(
        parts, {"thermostat": ("set_temperature", 25.0)}, {"thermostat": {"temperature": degrees}},
        NONE if len(parts) == 1 else INCOMPLETE,
    )
