"""Whether a device says that it is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.home.announcement import Announcement, read_topic
from assistant.home.payload import PayloadError, read_text, shorten
from assistant.home.template import Template

MOST_TOPICS = 16
"""A device hangs on its bridge, its gateway and itself."""


@dataclass(frozen=True, slots=True)
class _Source:
    template: Template
    there: str
    gone: str


class Availability:
    """The availability topics of one device, and what they last said. Without topics it is always there."""

    def __init__(self, announcement: Announcement) -> None:
        """Raises PayloadError where a setting is wrong."""
        self._sources: dict[str, _Source] = {}
        self._said: dict[str, bool] = {}
        self._assumed: set[str] = set()
        self._latest = False
        self.mode = announcement.text("availability_mode", "latest")
        if self.mode not in ("all", "any", "latest"):
            raise PayloadError(f"availability_mode cannot be {shorten(self.mode)}")
        parts = announcement.data.get("availability")
        if parts is not None:
            self._read_list(parts, announcement)
        elif announcement.data.get("availability_topic") is not None:
            self._add(announcement, "availability_topic", "availability_template", announcement)

    def _read_list(self, parts: Any, announcement: Announcement) -> None:
        if not isinstance(parts, list) or len(parts) > MOST_TOPICS or not all(isinstance(part, dict) for part in parts):
            raise PayloadError(f"availability must be a list of at most {MOST_TOPICS} topics")
        for part in parts:
            self._add(Announcement(part), "topic", "value_template", announcement)

    def _add(self, part: Announcement, topic: str, template: str, announcement: Announcement) -> None:
        found = part.template(template)
        if part is not announcement:
            announcement.problems += part.problems
        if found is not None:
            there = part.text("payload_available", "online")
            gone = part.text("payload_not_available", "offline")
            self._sources[read_topic(part.data.get(topic), topic)] = _Source(found, there, gone)

    @property
    def topics(self) -> Iterable[str]:
        return self._sources.keys()

    @property
    def available(self) -> bool:
        """Whether it can be used now; False until it has said so."""
        if not self._sources:
            return True
        if self.mode == "latest":
            return self._latest
        said = [self._said.get(topic, topic in self._assumed) for topic in self._sources]
        return all(said) if self.mode == "all" else any(said)

    def assume(self, topic: str) -> None:
        """Take it that the device is there until this topic says otherwise: not every bridge is told to say it."""
        self._assumed.add(topic)

    def inherit(self, earlier: Availability) -> None:
        """Know what an earlier announcement of the same device was told: not every broker says it again."""
        shared = {topic: said for topic, said in earlier._said.items() if topic in self._sources}
        if shared:
            self._said, self._latest = shared, earlier._latest

    def forget(self) -> None:
        """Know nothing any more: what was said on a connection that is lost may be over."""
        self._said, self._latest = {}, False

    def read(self, topic: str, payload: bytes) -> None:
        """Take note of a message.

        Raises:
            PayloadError: it is neither of the two words.
        """
        source = self._sources.get(topic)
        if source is None:
            return
        text = read_text(payload)
        word = text if text in (source.there, source.gone) else source.template.pick(text)
        if word is None or word == "":
            return
        if str(word) not in (source.there, source.gone):
            raise PayloadError(f"{shorten(word)} is neither {shorten(source.there)} nor {shorten(source.gone)}")
        self._said[topic] = self._latest = str(word) == source.there
