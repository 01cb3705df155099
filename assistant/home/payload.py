"""What comes from outside over MQTT, read with distrust: text, JSON and numbers."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

LARGEST_STATE = 64 * 1024
"""Bytes of a state; real ones have a few hundred."""
LARGEST_DISCOVERY = 256 * 1024
"""Bytes of an announcement; a device with fifty parts has 40,000."""
DEEPEST = 16
"""Nesting of JSON; real announcements have 4 levels."""


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
