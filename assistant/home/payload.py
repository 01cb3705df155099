"""What comes from outside over MQTT, read with distrust: text, JSON and the one kind of template we understand."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

LARGEST_STATE = 64 * 1024
"""Bytes of a state; real ones have a few hundred."""
LARGEST_DISCOVERY = 256 * 1024
"""Bytes of an announcement; a device with fifty parts has 40,000."""
DEEPEST = 16
"""Nesting of JSON; real announcements have 4 levels."""

LONGEST_TEMPLATE = 256
"""Characters; a path needs no more."""


class PayloadError(ValueError):
    """A payload cannot be used; says why in one clause."""


def read_text(payload: bytes, largest: int = LARGEST_STATE) -> str:
    """The payload as text.

    Raises:
        PayloadError: it is too large, or not UTF-8.
    """
    if len(payload) > largest:
        raise PayloadError(f"{len(payload):,} bytes are more than the {largest:,} allowed")
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise PayloadError(f"byte {error.start} is not UTF-8") from error


def read_json(text: str) -> Any:
    """The text as JSON.

    Raises:
        PayloadError: it is no JSON, nested too deeply, or holds numbers that are none.
    """
    try:
        data = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise PayloadError("the JSON is nested too deeply") from None
    except PayloadError:
        raise
    except ValueError as error:
        raise PayloadError(f"this is not JSON: {str(error)[:80]}") from error
    if _deeper_than(data, DEEPEST):
        raise PayloadError("the JSON is nested too deeply")
    return data


def _no_number(word: str) -> NoReturn:
    raise PayloadError(f"{word} is no number")


def _deeper_than(data: Any, levels: int) -> bool:
    layer = [data]
    for _ in range(levels):
        layer = [
            child
            for node in layer
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not layer:
            return False
    return True


def read_number(value: Any) -> float:
    """A finite number from a number or its text.

    Raises:
        PayloadError: it is none.
    """
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise PayloadError(f"{shorten(value)} is not a number")
    return number


def shorten(value: Any) -> str:
    """A foreign value fit for a message: one line, harmless, short."""
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


class UnsupportedTemplate(ValueError):
    """A template that is more than a path; it is never evaluated."""


_PATH = re.compile(
    r"""^\{\{-?\s*(value_json|value)\s*((?:\.[A-Za-z_]\w*|\[\s*(?:'[^'\\]*'|"[^"\\]*"|\d+)\s*\])*)\s*-?\}\}$"""
)
_STEP = re.compile(r"""\.([A-Za-z_]\w*)|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\]|\[\s*(\d+)\s*\]""")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Template:
    """Where in a payload a value stands: the whole of it, or a path into its JSON."""

    path: tuple[str | int, ...] | None = None
    """None: the payload itself."""

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read ``{{ value }}`` or ``{{ value_json.a['b'][0] }}``.

        Raises:
            UnsupportedTemplate: it is anything else.
        """
        found = _PATH.match(text.strip()) if len(text) <= LONGEST_TEMPLATE else None
        if found is None or (found[1] == "value" and found[2]):
            raise UnsupportedTemplate(f"the template {shorten(text)} is more than a path and is not evaluated")
        if found[1] == "value":
            return cls()
        steps = (_step(match.groups()) for match in _STEP.finditer(found[2]))
        return cls(tuple(steps))

    def pick(self, text: str) -> Any:
        """The value in a payload; None if the path leads nowhere.

        Raises:
            PayloadError: a path was asked for and the payload is not JSON.
        """
        if self.path is None:
            return text
        value = read_json(text)
        for step in self.path:
            value = _descend(value, step)
            if value is _MISSING:
                return None
        return value


def _step(groups: tuple[str | None, ...]) -> str | int:
    return int(groups[3]) if groups[3] is not None else next(group for group in groups if group is not None)


def _descend(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(step), _MISSING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return _MISSING
