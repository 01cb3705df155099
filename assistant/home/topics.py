"""MQTT's topic filters: ``+`` is one level, ``#`` at the end all that follows."""

from __future__ import annotations

LONGEST = 65_535
"""Bytes of a topic or a filter: the protocol writes its length in two."""


def fits(topic: str) -> bool:
    """Whether a topic or a filter is short enough to be sent."""
    return len(topic.encode("utf-8", "surrogatepass")) <= LONGEST


def is_filter(pattern: str) -> bool:
    """Whether it is a topic filter at all: brokers refuse others, and one of them spoils the whole connection."""
    *before, last = pattern.split("/")
    plain = all(level == "+" or not {"+", "#"} & set(level) for level in before)
    whole = last in ("+", "#") or not {"+", "#"} & set(last)
    return bool(pattern) and pattern.isprintable() and fits(pattern) and plain and whole


def matches(pattern: str, topic: str) -> bool:
    """Whether a topic is under a filter. The broker's own (``$SYS/...``) are under none that begins with a wildcard."""
    return covers(pattern, topic) and not (topic.startswith("$") and pattern.startswith(("+", "#")))


def covers(pattern: str, narrower: str) -> bool:
    """Whether everything under a filter (or a topic) is under another one."""
    wide, narrow = pattern.split("/"), narrower.split("/")
    for number, level in enumerate(wide):
        if level == "#":
            return True
        if number >= len(narrow) or narrow[number] == "#" or (level != "+" and level != narrow[number]):
            return False
    return len(wide) == len(narrow)
