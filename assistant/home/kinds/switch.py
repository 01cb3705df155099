"""Plugs and other things that are on or off."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Plan, Refused, State, as_word, unknown_command
from assistant.home.payload import PayloadError, shorten


class Switch(Entity):
    """Home Assistant's MQTT switch."""

    kind = "switch"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.command("command_topic", "command_template")
        if "command_topic" not in announcement.data:
            raise PayloadError("command_topic is missing")
        self._on = announcement.text("payload_on", "ON")
        self._off = announcement.text("payload_off", "OFF")
        self._state_on = announcement.text("state_on", self._on)
        self._state_off = announcement.text("state_off", self._off)
        self._listen("state_topic", "value_template", ("on",), self._parse)

    def _parse(self, value: Any) -> dict[str, Any]:
        return {"on": on_or_off(value, self._state_on, self._state_off)}

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command not in ("turn_on", "turn_off"):
            raise unknown_command(command, self.kind)
        if self._command is None:
            raise Refused("it can only be read")
        on = command == "turn_on"
        return Plan(self._say(self._command, self._on if on else self._off), {"on": on})

    def restore(self, earlier: State, state: State) -> Plan:
        if earlier.get("on") is None:
            raise Refused("its earlier state is not known")
        return self.plan("turn_on" if earlier["on"] else "turn_off", None, state)


def on_or_off(value: Any, on: str, off: str) -> bool:
    """Which of two words it is.

    Raises:
        PayloadError: neither.
    """
    word = as_word(value)
    if word not in (on, off):
        raise PayloadError(f"{shorten(word)} is neither {shorten(on)} nor {shorten(off)}")
    return word == on
