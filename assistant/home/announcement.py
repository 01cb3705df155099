"""One device's announcement: its settings, read one by one with their types checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.template import Command, Template, UnsupportedTemplate

LONGEST_TOPIC = 1024
"""Bytes; MQTT allows 65,535, nobody uses a tenth of this."""
LONGEST_TEXT = 256
"""Characters of a payload word or an identifier."""


class Announcement:
    """The settings of one entity, abbreviations and base topic resolved.

    ``problems`` collects what is not understood but leaves the rest of the device usable.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[str] = []

    def text(self, key: str, default: str = "") -> str:
        """A word; numbers and booleans become text, as Home Assistant has it."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, bool | int | float):
            return str(value)
        if not isinstance(value, str):
            raise PayloadError(f"{key} must be text, not {shorten(value)}")
        if len(value) > LONGEST_TEXT:
            raise PayloadError(f"{key} is longer than {LONGEST_TEXT} characters")
        return value

    def topic(self, key: str) -> str | None:
        """A topic without wildcards, or None."""
        value = self.data.get(key)
        return None if value is None else read_topic(value, key)

    def number(self, key: str, default: float) -> float:
        """A finite number."""
        value = self.data.get(key)
        if value is None:
            return default
        try:
            return read_number(value)
        except PayloadError as error:
            raise PayloadError(f"{key}: {error}") from error

    def flag(self, key: str) -> bool:
        """True or false; missing is false."""
        value = self.data.get(key)
        if value in (None, False, True):
            return bool(value)
        word = str(value).lower()
        if word in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            return word in ("true", "yes", "on", "1")
        raise PayloadError(f"{key} must be true or false, not {shorten(value)}")

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words."""
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or len(value) > 100:
            raise PayloadError(f"{key} must be a list of words, not {shorten(value)}")
        if not all(isinstance(word, str) and len(word) <= LONGEST_TEXT for word in value):
            raise PayloadError(f"{key} must hold words only")
        return tuple(value)

    def template(self, key: str) -> Template | None:
        """Where to find a value; None, and a problem noted, if the template is more than a path."""
        value = self.data.get(key)
        if value is None or value == "":
            return Template()
        if not isinstance(value, str):
            raise PayloadError(f"{key} must be text, not {shorten(value)}")
        try:
            return Template.parse(value)
        except UnsupportedTemplate as error:
            self.problems.append(f"{key}: {error}")
            return None

    def command(self, topic: str, template: str, *names: str) -> Command | None:
        """Where a command goes; None, and a problem noted, where a template would have to make its payload.

        Args:
            names: what the template may call the value, beside ``value``.
        """
        value = self.data.get(template)
        if value is not None and not isinstance(value, str):
            raise PayloadError(f"{template} must be text, not {shorten(value)}")
        name = self.topic(topic)
        if name is None:
            return None
        try:
            return Command.parse(name, value or "", ("value", *names))
        except UnsupportedTemplate as error:
            self.problems.append(f"{template}: {error}")
            return None


def read_topic(value: Any, key: str) -> str:
    """A topic one may publish to.

    Raises:
        PayloadError: it is not text, empty, too long, or holds wildcards or control characters.
    """
    if not isinstance(value, str) or not value:
        raise PayloadError(f"{key} must be a topic, not {shorten(value)}")
    if len(value.encode(errors="replace")) > LONGEST_TOPIC:
        raise PayloadError(f"{key} is longer than {LONGEST_TOPIC} bytes")
    if any(character in "#+" or not character.isprintable() for character in value) or value.startswith("$"):
        raise PayloadError(f"{key} must be one topic, without wildcards or control characters")
    return value
