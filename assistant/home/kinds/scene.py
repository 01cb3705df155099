"""Scenes: something is set as it was chosen before. They have no state; nothing tells that one was activated."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Plan, Refused, State, unknown_command
from assistant.home.payload import PayloadError


class Scene(Entity):
    """Home Assistant's MQTT scene."""

    kind = "scene"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.topic("command_topic")
        if self._command is None:
            raise PayloadError("command_topic is missing")
        self._on = announcement.text("payload_on", "ON")

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command not in ("activate", "turn_on"):
            raise unknown_command(command, self.kind)
        return Plan(self._say(self._command, self._on), {}, news=frozenset())

    def restore(self, earlier: State, state: State) -> Plan:
        raise Refused("a scene cannot be taken back")
