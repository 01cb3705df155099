"""Fans: on and off, how fast, how, whether they swing, and which way they turn."""

from __future__ import annotations

import math
from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Plan, Refused, State, as_word, percent, unknown_command
from assistant.home.kinds.switch import on_or_off
from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.schema import Capabilities

DIRECTIONS = ("forward", "reverse")
MOST_SPEEDS = 10_000


class Fan(Entity):
    """Home Assistant's MQTT fan. Where ``speeds`` names its speeds, slowest first, those are what it is told."""

    kind = "fan"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.command("command_topic", "command_template")
        if "command_topic" not in announcement.data:
            raise PayloadError("command_topic is missing")
        self._set_percentage = announcement.command("percentage_command_topic", "percentage_command_template")
        self._set_preset = announcement.command("preset_mode_command_topic", "preset_mode_command_template")
        self._set_oscillation = announcement.command("oscillation_command_topic", "oscillation_command_template")
        self._set_direction = announcement.command("direction_command_topic", "direction_command_template")
        self._on_off = announcement.text("payload_on", "ON"), announcement.text("payload_off", "OFF")
        self._swing = (announcement.text("payload_oscillation_on", "oscillate_on"),
                       announcement.text("payload_oscillation_off", "oscillate_off"))
        self._reset = announcement.text("payload_reset_percentage", "None")
        self._reset_preset = announcement.text("payload_reset_preset_mode", "None")
        self._speeds = announcement.words("speeds")
        self._lowest, self._count = self._range(announcement)
        self.capabilities = Capabilities(
            speeds=self._count if self._set_percentage else 0,
            presets=announcement.words("preset_modes") if self._set_preset else (),
            oscillation=self._set_oscillation is not None, direction=self._set_direction is not None,
        )
        self._listen_to_all()

    def _range(self, announcement: Announcement) -> tuple[int, int]:
        if self._speeds:
            return 1, len(self._speeds)
        low, high = announcement.number("speed_range_min", 1), announcement.number("speed_range_max", 100)
        if not 0 < low < high < MOST_SPEEDS:
            raise PayloadError("speed_range_min must be above zero and below speed_range_max")
        return round(low), round(high) - round(low) + 1

    def _listen_to_all(self) -> None:
        known = self._listen("state_topic", "state_value_template", ("on",),
                             lambda value: {"on": on_or_off(value, *self._on_off)})
        speed = ("percentage",) if known else ("percentage", "on")
        self._listen("percentage_state_topic", "percentage_value_template", speed, self._parse_percentage)
        self._listen("preset_mode_state_topic", "preset_mode_value_template", ("preset",), self._parse_preset)
        self._listen("oscillation_state_topic", "oscillation_value_template", ("oscillating",),
                     lambda value: {"oscillating": on_or_off(value, *self._swing)})
        self._listen("direction_state_topic", "direction_value_template", ("direction",), self._parse_direction)

    def _parse_percentage(self, value: Any) -> dict[str, Any]:
        level = self._level_of(value)
        state: dict[str, Any] = {"percentage": None if level is None else level * 100 // self._count}
        if "percentage_state_topic" in self._announcement.data and "state_topic" not in self._announcement.data:
            state["on"] = None if level is None else level > 0
        return state

    def _level_of(self, value: Any) -> int | None:
        """A reported speed as one of ``count``, 0 is off; None where the fan runs at no speed of its own."""
        word = as_word(value)
        if word == self._reset:
            return None
        if self._speeds:
            return self._speeds.index(word) + 1 if word in self._speeds else 0 if word.lower() == "off" else None
        return round(min(max(read_number(value) - self._lowest + 1, 0), self._count))

    def _parse_preset(self, value: Any) -> dict[str, Any]:
        word = as_word(value)
        if word != self._reset_preset and word not in self.capabilities.presets and not self._speeds:
            raise PayloadError(f"{shorten(word)} is none of its presets")
        return {"preset": word if word in self.capabilities.presets else None}

    def _parse_direction(self, value: Any) -> dict[str, Any]:
        word = as_word(value)
        if word not in DIRECTIONS:
            raise PayloadError(f"{shorten(word)} is no direction of a fan")
        return {"direction": word}

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command in ("turn_on", "turn_off"):
            return self._switch(command == "turn_on")
        if command == "set_percentage":
            return self._run(percent(value, "the speed"), state)
        if command == "set_preset":
            return self._preset(value, state)
        if command == "oscillate":
            return self._oscillate(value)
        if command == "set_direction":
            return self._turn(value)
        raise unknown_command(command, self.kind)

    def restore(self, earlier: State, state: State) -> Plan:
        if earlier.get("on") is None:
            raise Refused("its earlier state is not known")
        if not earlier["on"]:
            return self._switch(False)
        parts = [self._switch(True)]
        if earlier.get("preset") and self._set_preset:
            parts.append(self._preset(earlier["preset"], {"on": True}))
        elif earlier.get("percentage") and self._set_percentage:
            parts.append(self._run(int(earlier["percentage"]), {"on": True}))
        if earlier.get("oscillating") is not None and self._set_oscillation:
            parts.append(self._oscillate(earlier["oscillating"]))
        if earlier.get("direction") and self._set_direction:
            parts.append(self._turn(earlier["direction"]))
        return together(parts)

    def _switch(self, on: bool) -> Plan:
        if self._command is None:
            raise Refused("it can only be read")
        return Plan(self._say(self._command, self._on_off[0 if on else 1]), {"on": on})

    def _run(self, level: int, state: State) -> Plan:
        if self._set_percentage is None:
            raise Refused("its speed cannot be set")
        if level == 0:
            return self._switch(False)
        step = step_of(level, self._count)
        word = self._speeds[step - 1] if self._speeds else str(step + self._lowest - 1)
        speed = Plan(self._say(self._set_percentage, word), {"on": True, "percentage": step * 100 // self._count})
        return self._awake(speed, state)

    def _preset(self, value: Any, state: State) -> Plan:
        if self._set_preset is None:
            raise Refused("it has no presets")
        if value not in self.capabilities.presets:
            raise Refused(f"it has no preset {str(value)[:32]}, only {', '.join(self.capabilities.presets)}")
        return self._awake(Plan(self._say(self._set_preset, str(value)), {"on": True, "preset": value}), state)

    def _awake(self, plan: Plan, state: State) -> Plan:
        """A plan for a fan that runs; one that does not is switched on first."""
        return plan if state.get("on") else together([self._switch(True), plan])

    def _oscillate(self, wanted: Any) -> Plan:
        if self._set_oscillation is None:
            raise Refused("it cannot swing")
        if not isinstance(wanted, bool):
            raise Refused("a fan swings or it does not")
        return Plan(self._say(self._set_oscillation, self._swing[0 if wanted else 1]), {"oscillating": wanted})

    def _turn(self, direction: Any) -> Plan:
        if self._set_direction is None:
            raise Refused("it turns one way only")
        if direction not in DIRECTIONS:
            raise Refused("a fan turns forward or reverse")
        return Plan(self._say(self._set_direction, str(direction)), {"direction": direction})


def step_of(level: int, count: int) -> int:
    """The slowest of so many speeds that is at least ``level`` percent."""
    return min(max(math.ceil(level * count / 100), 1), count)


def together(parts: list[Plan]) -> Plan:
    """Several plans as one."""
    messages = tuple(message for part in parts for message in part.messages)
    return Plan(messages, {key: value for part in parts for key, value in part.want.items()})
