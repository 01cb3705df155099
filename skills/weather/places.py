"""Places by name, or by latitude and longitude."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.grammar.symbols import fold
from assistant.skills import Refusal
from assistant.skills.periods import as_period

_COORDINATES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere with weather."""

    latitude: float
    longitude: float
    name: str = ""
    """With its country, as it is said: "Paris, France"; empty for home."""


def coordinates(text: str) -> Place | None:
    """The place of "53.55, 10.0"; None where it is no such text."""
    match = _COORDINATES.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = map(float, match.groups())
    return Place(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def largest(asked: str, data: Any) -> Place | None:
    """Of what the geocoding service found, the place with most people among those of just this name; None: nothing.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is no such answer.
    """
    results = data.get("results") or []
    if not results:
        return None
    named = [one for one in results if fold(one["name"]) == fold(asked)]
    best = max(named, key=lambda one: one.get("population") or 0) if named else results[0]
    country = best.get("country") or ""
    name = best["name"] if not country or country == best["name"] else f"{best['name']}, {country}"
    return Place(float(best["latitude"]), float(best["longitude"]), str(name))


def parted(words: str, now: datetime) -> tuple[str, str]:
    """A place and the time said after it: "little whinging tomorrow"; what is no time is of the place."""
    said = words.split()
    for first in range(1, len(said)):
        when = " ".join(said[first:])
        try:
            as_period(when, now)
        except ValueError:
            continue
        except Refusal:  # a day that never comes: whoever asked is told so
            pass
        return " ".join(said[:first]), when
    return words, ""
