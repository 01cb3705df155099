"""Answers in the form in which Open-Meteo gives them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from assistant.testing.pages import Reply

FIRST = datetime(2026, 11, 27)
"""A Friday; the first hour of the forecast."""
DAYS = 14


def hour(at: datetime) -> tuple[float, int, int | None, float]:
    """Temperature, code, chance and wind: rain on Saturday afternoon, snow on Sunday, nothing known of the last day."""
    day = (at - FIRST).days
    warm = 4.0 + (at.hour if at.hour <= 14 else 28 - at.hour) / 2
    if day == 1 and 13 <= at.hour < 19:
        return warm, 63, 80 if at.hour == 15 else 60, 32.4
    if day == 2:
        return warm - 8, 73, 70, 12.0
    if day == DAYS - 1:
        return warm, 1, None, 12.0
    return warm, 2 if day == 0 else 3, 5, 10.0


def forecast(now: datetime = FIRST + timedelta(hours=8), offset: int = 3600) -> dict[str, Any]:
    """What ``/v1/forecast`` answers."""
    times = [FIRST + timedelta(hours=n) for n in range(24 * DAYS)]
    rows = [hour(at) for at in times]
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    names = ("temperature_2m", "weather_code", "precipitation_probability", "wind_speed_10m")
    return {
        "latitude": 53.56, "longitude": 10.0, "generationtime_ms": 0.1, "utc_offset_seconds": offset,
        "timezone": "Europe/Berlin", "timezone_abbreviation": "GMT+1", "elevation": 9.0,
        "current_units": {"time": "iso8601", "interval": "seconds", "temperature_2m": "°C"},
        "current": {"time": f"{now:%Y-%m-%dT%H:%M}", "interval": 900, "temperature_2m": 7.6, "weather_code": 61,
                    "wind_speed_10m": 14.4},
        "hourly": {"time": [f"{at:%Y-%m-%dT%H:%M}" for at in times]}
        | {name: [row[n] for row in rows] for n, name in enumerate(names)},
        "daily": {"time": [f"{day:%Y-%m-%d}" for day in days], "sunrise": [f"{day:%Y-%m-%d}T08:12" for day in days],
                  "sunset": [f"{day:%Y-%m-%d}T16:05" for day in days]},
    }


def place(name: str, country: str, population: int | None, latitude: float) -> dict[str, Any]:
    found = {"id": 1, "name": name, "latitude": latitude, "longitude": 10.0, "country": country, "timezone": "x"}
    return found if population is None else {**found, "population": population}


KNOWN = {
    "hamburg": [place("Hamburg", "Germany", 1_739_117, 53.55)],
    "paris": [place("Paris", "United States", 24_171, 33.66), place("Paris", "France", 2_138_551, 48.85),
              place("Paris Crossing", "United States", None, 38.8)],
    "old paris": [place("Old Paris", "France", 5, 48.0)],
    "spain": [place("Spain", "Spain", 46_723_749, 40.0)],
}


def answer(path: str) -> Reply:
    """What the two services answer."""
    parts = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/v1/search":
        found = KNOWN.get(asked["name"].lower())
        return reply({"generationtime_ms": 0.7} | ({"results": found} if found else {}))
    if parts.path == "/v1/forecast":
        return reply(forecast())
    return Reply(b'{"error": true, "reason": "Not Found"}', 404)


def reply(data: Any) -> Reply:
    return Reply(json.dumps(data).encode())
