"""Locks."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Plan, Refused, State, as_word, unknown_command
from assistant.home.payload import PayloadError, shorten


class Lock(Entity):
    """Home Assistant's MQTT lock."""

    kind = "lock"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.command("command_topic", "command_template")
        if "command_topic" not in announcement.data:
            raise PayloadError("command_topic is missing")
        self._payloads = {
            "lock": announcement.text("payload_lock", "LOCK"), "unlock": announcement.text("payload_unlock", "UNLOCK"),
        }
        self._needs_code = announcement.data.get("code_format") is not None
        moving: dict[str, Any] = {"jammed": False, "locked": None}
        self._states: dict[str, dict[str, Any]] = {
            announcement.text("state_locked", "LOCKED"): {"locked": True, "moving": "", "jammed": False},
            announcement.text("state_unlocked", "UNLOCKED"): {"locked": False, "moving": "", "jammed": False},
            announcement.text("state_locking", "LOCKING"): {**moving, "moving": "locking"},
            announcement.text("state_unlocking", "UNLOCKING"): {**moving, "moving": "unlocking"},
            announcement.text("state_jammed", "JAMMED"): {"locked": None, "moving": "", "jammed": True},
        }
        self._listen("state_topic", "value_template", ("locked", "moving", "jammed"), self._parse)

    def _parse(self, value: Any) -> dict[str, Any]:
        found = self._states.get(as_word(value))
        if found is None:
            raise PayloadError(f"{shorten(value)} is no state of a lock")
        return dict(found)

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command not in self._payloads:
            raise unknown_command(command, self.kind)
        if self._command is None:
            raise Refused("it can only be read")
        if self._needs_code:
            raise Refused("it asks for a code")
        return Plan(self._say(self._command, self._payloads[command]), {"locked": command == "lock"})

    def restore(self, earlier: State, state: State) -> Plan:
        if earlier.get("locked") is None:
            raise Refused("its earlier state is not known")
        return self.plan("lock" if earlier["locked"] else "unlock", None, state)
