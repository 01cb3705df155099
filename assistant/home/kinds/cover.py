"""Blinds, curtains, doors and gates."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Message, Plan, Refused, State, as_word, percent, unknown_command
from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.schema import Capabilities


class Cover(Entity):
    """Home Assistant's MQTT cover. Position 0 is closed, 100 is open, whatever the device counts in."""

    kind = "cover"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.topic("command_topic")
        self._set_position = announcement.command("set_position_topic", "set_position_template", "position")
        self._closed_at = announcement.number("position_closed", 0)
        self._span = announcement.number("position_open", 100) - self._closed_at
        if not self._span:
            raise PayloadError("position_open and position_closed are the same")
        self._payloads = {
            "open": self._payload("payload_open", "OPEN"), "close": self._payload("payload_close", "CLOSE"),
            "stop": self._payload("payload_stop", "STOP"),
        }
        opened, closed = announcement.text("state_open", "open"), announcement.text("state_closed", "closed")
        self._states: dict[str, dict[str, Any]] = {
            opened: {"open": True, "moving": ""}, closed: {"open": False, "moving": ""},
            announcement.text("state_stopped", "stopped"): {"moving": ""},
            announcement.text("state_opening", "opening"): {"moving": "opening"},
            announcement.text("state_closing", "closing"): {"moving": "closing"},
        }
        self._listen("position_topic", "position_template", ("position", "open"), self._parse_position)
        self._listen("state_topic", "value_template", ("open", "moving"), self._parse_state)
        can_stop = self._command is not None and self._payloads["stop"] is not None
        self.capabilities = Capabilities(position=self._set_position is not None, stop=can_stop)

    def _payload(self, key: str, default: str) -> str | None:
        """A command's word; an explicit null takes the command away."""
        data = self._announcement.data
        return None if key in data and data[key] is None else self._announcement.text(key, default)

    def _parse_state(self, value: Any) -> dict[str, Any]:
        found = self._states.get(as_word(value))
        if found is None:
            raise PayloadError(f"{shorten(value)} is no state of a cover")
        if "position" in self.reports:  # the position says whether it is open, also while it moves
            return {"moving": found["moving"]}
        return dict(found)

    def _parse_position(self, value: Any) -> dict[str, Any]:
        share = (read_number(value) - self._closed_at) / self._span
        position = round(min(max(share, 0.0), 1.0) * 100)
        return {"position": position, "open": position > 0}

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command in ("open", "turn_on"):
            return self._go(100, self._payloads["open"], state)
        if command in ("close", "turn_off"):
            return self._go(0, self._payloads["close"], state)
        if command == "set_position":
            return self._go(percent(value, "the position"), None, state)
        if command != "stop":
            raise unknown_command(command, self.kind)
        if not self.capabilities.stop:
            raise Refused("it cannot be stopped")
        return Plan(self._say(self._command, self._payloads["stop"] or ""), {"moving": ""})

    def restore(self, earlier: State, state: State) -> Plan:
        position = earlier.get("position")
        if position is not None and self.capabilities.position:
            return self._go(int(position), None, state)
        if earlier.get("open") is None:
            raise Refused("its earlier state is not known")
        return self.plan("open" if earlier["open"] else "close", None, state)

    def _go(self, position: int, word: str | None, state: State) -> Plan:
        messages: tuple[Message, ...]
        if word is None and position in (0, 100) and self._set_position is None:
            word = self._payloads["open" if position else "close"]
        if self._command is not None and word is not None:
            messages = self._say(self._command, word)
        elif self._set_position is not None:
            messages = self._say(self._set_position, str(round(self._closed_at + self._span * position / 100)))
        else:
            raise Refused("it cannot be moved to a position" if 0 < position < 100 else "it cannot be moved that way")
        want = {"position": position} if "position" in self.reports else {"open": position > 0}
        now = state.get("position", 100 if state.get("open") else 0)
        return Plan(messages, want, {"moving": "opening" if position > (now or 0) else "closing"})
