"""Thermostats and air conditioners. Temperatures are Celsius here, whatever the device counts in."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Message, Plan, Refused, State, as_word, unknown_command
from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.schema import Capabilities

MODES = ("auto", "off", "cool", "heat", "dry", "fan_only")
"""Home Assistant's default list."""
WAKES_IN = ("heat", "auto", "heat_cool", "cool")
"""Modes that "turn on" means, best first, where the last one is not known."""


class Climate(Entity):
    """Home Assistant's MQTT climate device."""

    kind = "climate"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._fahrenheit = announcement.text("temperature_unit").upper() == "F"
        self._set_mode = announcement.command("mode_command_topic", "mode_command_template")
        self._set_temperature = announcement.command("temperature_command_topic", "temperature_command_template")
        self._set_power = announcement.command("power_command_topic", "power_command_template")
        self._payloads = announcement.text("payload_on", "ON"), announcement.text("payload_off", "OFF")
        self._listen("mode_state_topic", "mode_state_template", ("mode", "on"), self._parse_mode)
        self._listen("temperature_state_topic", "temperature_state_template", ("temperature",),
                     lambda value: {"temperature": self._celsius(value)})
        self._listen("current_temperature_topic", "current_temperature_template", ("current_temperature",),
                     lambda value: {"current_temperature": self._celsius(value)})
        self._listen("action_topic", "action_template", ("action",), lambda value: {"action": as_word(value)[:32]})
        self.capabilities = self._capable(announcement)

    def _capable(self, announcement: Announcement) -> Capabilities:
        low, high = (45.0, 95.0) if self._fahrenheit else (7.0, 35.0)
        step = announcement.number("temp_step", 1.0) / (1.8 if self._fahrenheit else 1.0)
        minimum = self._celsius(announcement.number("min_temp", low))
        maximum = self._celsius(announcement.number("max_temp", high))
        if step <= 0 or minimum >= maximum:
            raise PayloadError("min_temp must be below max_temp and temp_step above zero")
        modes = announcement.words("modes", MODES) if "mode_command_topic" in announcement.data else ()
        return Capabilities(modes=modes, min_temperature=minimum, max_temperature=maximum, step=step)

    def _celsius(self, value: Any) -> float:
        number = read_number(value)
        return round((number - 32) / 1.8 if self._fahrenheit else number, 2)

    def _parse_mode(self, value: Any) -> dict[str, Any]:
        mode = as_word(value)
        if self.capabilities.modes and mode not in self.capabilities.modes:
            raise PayloadError(f"{shorten(mode)} is none of its modes")
        return {"mode": mode[:32], "on": mode != "off"}

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command == "set_temperature":
            return self._temperature(value)
        if command == "set_mode":
            return self._mode(value)
        if command == "turn_off":
            return self._power(False) if "off" not in self.capabilities.modes else self._mode("off")
        if command == "turn_on":
            return self._wake(state)
        raise unknown_command(command, self.kind)

    def restore(self, earlier: State, state: State) -> Plan:
        parts: list[Plan] = []
        if earlier.get("mode") is not None and self._set_mode:
            parts.append(self._mode(earlier["mode"]))
        if earlier.get("temperature") is not None and self._set_temperature:
            parts.append(self._temperature(earlier["temperature"]))
        if not parts:
            raise Refused("its earlier state is not known")
        messages = tuple(message for part in parts for message in part.messages)
        return Plan(messages, {key: value for part in parts for key, value in part.want.items()})

    def _temperature(self, value: Any) -> Plan:
        able = self.capabilities
        if self._set_temperature is None:
            raise Refused("its temperature cannot be set")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused("a temperature is a number")
        if not able.min_temperature <= value <= able.max_temperature:
            raise Refused(f"it goes from {able.min_temperature:g} to {able.max_temperature:g} degrees")
        wanted = round(able.min_temperature + round((value - able.min_temperature) / able.step) * able.step, 2)
        wanted = min(wanted, able.max_temperature)
        sent = wanted * 1.8 + 32 if self._fahrenheit else wanted
        return Plan(self._say(self._set_temperature, f"{round(sent, 1):g}"), {"temperature": wanted})

    def _mode(self, value: Any) -> Plan:
        if self._set_mode is None:
            raise Refused("its mode cannot be set")
        if value not in self.capabilities.modes:
            raise Refused(f"it has no mode {str(value)[:32]}, only {', '.join(self.capabilities.modes)}")
        return Plan(self._say(self._set_mode, str(value)), {"mode": value, "on": value != "off"})

    def _power(self, on: bool) -> Plan:
        if self._set_power is None:
            raise Refused("it cannot be switched on and off")
        messages: tuple[Message, ...] = self._say(self._set_power, self._payloads[0 if on else 1])
        return Plan(messages, {"on": on})

    def _wake(self, state: State) -> Plan:
        if state.get("on"):
            return Plan((), {"on": True})
        if self._set_power is not None:
            return self._power(True)
        modes = [mode for mode in self.capabilities.modes if mode != "off"]
        if not modes:
            raise Refused("it cannot be switched on")
        return self._mode(next((mode for mode in WAKES_IN if mode in modes), modes[0]))
