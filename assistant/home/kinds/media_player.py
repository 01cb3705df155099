"""Music and film players with plain topics. No announcement exists for them: the household's file names them."""

from __future__ import annotations

from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.kinds.entity import Entity, Plan, Refused, State, as_word, percent, unknown_command
from assistant.home.kinds.fan import together
from assistant.home.kinds.switch import on_or_off
from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.schema import Capabilities
from assistant.home.template import Command

LONGEST_TITLE = 200
"""Characters that are kept of a title."""
PLAYBACK = {
    "playing": ("playing", "play", "buffering"), "paused": ("paused", "pause"),
    "stopped": ("stopped", "stop", "idle", "off", "standby"),
}
"""What players call what they do, in any case; ``state_playing`` and so on add a word of their own."""
WORDS = ("play", "pause", "stop", "next", "previous")
"""Commands without a value: payloads of the one ``command_topic``, or topics of their own."""
SWITCHES = ("mute", "shuffle", "repeat")
TOLD = ("title", "artist", "album")


class MediaPlayer(Entity):
    """A player whose topics ``PlayerTopics`` lists."""

    kind = "media_player"

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        text, command = announcement.text, announcement.command
        self._words = {word: self._word(announcement, word) for word in WORDS}
        self._set_volume = command("volume_command_topic", "volume_command_template", "volume")
        self._set_media = command("media_command_topic", "media_command_template", "media")
        self._switches = {name: command(f"{name}_command_topic", f"{name}_command_template") for name in SWITCHES}
        self._on_off = text("payload_on", "ON"), text("payload_off", "OFF")
        self._loudest = announcement.number("volume_max", 100)
        if self._loudest <= 0:
            raise PayloadError("volume_max must be above zero")
        self._states = {word: name for name, words in PLAYBACK.items() for word in words}
        self._states |= {text(f"state_{name}").casefold(): name for name in PLAYBACK if text(f"state_{name}")}
        self._listen("state_topic", "state_template", ("playback",), self._parse_playback)
        self._listen("volume_state_topic", "volume_template", ("volume",), self._parse_volume)
        for name, key in zip(SWITCHES, ("muted", "shuffle", "repeat"), strict=True):
            self._listen(f"{name}_state_topic", f"{name}_template", (key,), self._switch_parser(key))
        for name in TOLD:
            self._listen(f"{name}_topic", f"{name}_template", (name,), self._text_parser(name))
        self.capabilities = Capabilities(commands=tuple(sorted(self._able())))

    @property
    def orders(self) -> frozenset[str]:
        own = {command.topic for command, _ in self._words.values() if command is not None}
        return super().orders | own

    def _word(self, announcement: Announcement, word: str) -> tuple[Command | None, str]:
        """Where a command without a value goes, and what is sent there."""
        own = announcement.topic(f"{word}_topic") or announcement.topic("command_topic")
        data, key = announcement.data, f"payload_{word}"
        able = own is not None and not (key in data and data[key] is None)
        return Command(own) if own is not None and able else None, announcement.text(key, word)

    def _able(self) -> set[str]:
        able = {word for word, (command, _) in self._words.items() if command is not None}
        able |= {name for name, command in self._switches.items() if command is not None}
        able |= {"play_media"} if self._set_media is not None else set()
        return able | ({"set_volume"} if self._set_volume is not None else set())

    def _parse_playback(self, value: Any) -> dict[str, Any]:
        found = self._states.get(as_word(value).casefold())
        if found is None:
            raise PayloadError(f"{shorten(value)} is no state of a player")
        return {"playback": found}

    def _parse_volume(self, value: Any) -> dict[str, Any]:
        return {"volume": round(min(max(read_number(value) / self._loudest, 0.0), 1.0) * 100)}

    def _switch_parser(self, key: str) -> Any:
        return lambda value: {key: on_or_off(value, *self._on_off)}

    def _text_parser(self, key: str) -> Any:
        return lambda value: {key: plain(as_word(value))}

    def read(self, topic: str, payload: bytes) -> dict[str, Any]:
        """As of any entity; an empty title means that nothing is known to play."""
        state = super().read(topic, payload)
        if not payload.strip():
            state |= dict.fromkeys(self._told_by(topic))
        return state

    def _told_by(self, topic: str) -> tuple[str, ...]:
        data = self._announcement.data
        return tuple(name for name in TOLD if data.get(f"{name}_topic") == topic)

    def plan(self, command: str, value: Any, state: State) -> Plan:
        if command in ("turn_on", "turn_off"):
            command = "play" if command == "turn_on" else "stop"
        if command == "play" and value is not None:
            return self._play(value)
        if command in ("play", "pause", "stop"):
            return Plan(self._press(command), {"playback": _PROOF[command]})
        if command in ("next", "previous"):
            return Plan(self._press(command), {}, news=frozenset(("title",)) & self.reports)
        if command == "set_volume":
            return self._volume(percent(value, "the volume"))
        if command in ("mute", "unmute"):
            return self._switch("mute", "muted", command == "mute")
        if command in ("shuffle", "repeat"):
            return self._switch(command, command, value)
        raise unknown_command(command, self.kind)

    def restore(self, earlier: State, state: State) -> Plan:
        parts: list[Plan] = []
        if earlier.get("volume") is not None and self._set_volume:
            parts.append(self._volume(int(earlier["volume"])))
        for name, key in zip(SWITCHES, ("muted", "shuffle", "repeat"), strict=True):
            if earlier.get(key) is not None and self._switches[name]:
                parts.append(self._switch(name, key, earlier[key]))
        again = {"playing": "play", "paused": "pause", "stopped": "stop"}.get(str(earlier.get("playback")))
        if again and self._words[again][0] and state.get("playback") != earlier["playback"]:
            parts.append(self.plan(again, None, state))
        if not parts:
            raise Refused("its earlier state is not known")
        return together(parts)

    def _press(self, word: str) -> Any:
        command, payload = self._words[word]
        if command is None:
            raise unknown_command(word, self.kind)
        return self._say(command, payload)

    def _play(self, what: Any) -> Plan:
        if self._set_media is None:
            raise Refused("it cannot be told what to play")
        if not isinstance(what, str) or not plain(what):
            raise Refused("what to play is some words")
        return Plan(self._say(self._set_media, plain(what)), {}, news=frozenset(("title", "playback")) & self.reports)

    def _volume(self, level: int) -> Plan:
        if self._set_volume is None:
            raise Refused("its volume cannot be set")
        sent = level * self._loudest / 100
        return Plan(self._say(self._set_volume, f"{sent:.3g}" if self._loudest < 10 else str(round(sent))),
                    {"volume": level})

    def _switch(self, name: str, key: str, wanted: Any) -> Plan:
        if self._switches[name] is None:
            raise unknown_command(name, self.kind)
        if not isinstance(wanted, bool):
            raise Refused("that is on or off")
        return Plan(self._say(self._switches[name], self._on_off[0 if wanted else 1]), {key: wanted})


_PROOF = {"play": "playing", "pause": "paused", "stop": "stopped"}


def plain(text: str) -> str:
    """A foreign text as one short line."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:LONGEST_TITLE]
