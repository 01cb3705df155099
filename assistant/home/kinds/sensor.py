"""Things that only tell."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Plan, State, as_word, unknown_command
from assistant.home.kinds.switch import on_or_off
from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.schema import Capabilities

LONGEST_VALUE = 255
"""Characters; Home Assistant's own limit of a state."""


class Sensor(Entity):
    """Home Assistant's MQTT sensor."""

    kind = "sensor"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._numeric = bool(announcement.text("unit_of_measurement") or announcement.text("state_class"))
        self.capabilities = Capabilities(unit=announcement.text("unit_of_measurement"))
        if announcement.topic("state_topic") is None:
            raise PayloadError("state_topic is missing")
        self._listen("state_topic", "value_template", ("value",), self._parse)

    def _parse(self, value: Any) -> dict[str, Any]:
        if self._numeric:
            return {"value": read_number(value)}
        if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_VALUE:
            raise PayloadError(f"{shorten(value)} is no value for a sensor")
        return {"value": value}

    def plan(self, command: str, value: Any, state: State) -> Plan:
        raise unknown_command(command, self.kind)

    def restore(self, earlier: State, state: State) -> Plan:
        raise unknown_command("restore", self.kind)


class BinarySensor(Entity):
    """Home Assistant's MQTT binary sensor."""

    kind = "binary_sensor"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._on = announcement.text("payload_on", "ON")
        self._off = announcement.text("payload_off", "OFF")
        if announcement.topic("state_topic") is None:
            raise PayloadError("state_topic is missing")
        self._listen("state_topic", "value_template", ("on",), self._parse)

    def _parse(self, value: Any) -> dict[str, Any]:
        return {"on": on_or_off(as_word(value), self._on, self._off)}

    def plan(self, command: str, value: Any, state: State) -> Plan:
        raise unknown_command(command, self.kind)

    def restore(self, earlier: State, state: State) -> Plan:
        raise unknown_command("restore", self.kind)
