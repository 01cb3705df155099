"""A forecast of Open-Meteo, checked and in order; all times are those of the clocks at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

HOURLY = ("temperature_2m", "weather_code", "precipitation_probability", "wind_speed_10m")
CURRENT = ("temperature_2m", "weather_code", "wind_speed_10m")
DAILY = ("sunrise", "sunset")
DAYS = 14
"""How far it goes."""


class UnreadableError(Exception):
    """What the service answered is no forecast."""


@dataclass(frozen=True, slots=True)
class Hour:
    """The weather of an hour, or of this moment."""

    at: datetime
    temperature: float
    code: int
    wind: float
    chance: int = 0
    """Percent for rain or snow."""


@dataclass(frozen=True, slots=True)
class Sun:
    """A day's sunrise and sunset."""

    day: date
    rise: datetime
    set: datetime


@dataclass(frozen=True, slots=True)
class Forecast:
    """The weather of a place."""

    current: Hour
    hours: tuple[Hour, ...]
    suns: tuple[Sun, ...]
    offset: timedelta
    """Of its clocks from UTC."""

    def wall(self, now: datetime) -> datetime:
        """What the clocks show there."""
        return (now.astimezone(UTC) + self.offset).replace(tzinfo=None)

    def within(self, start: datetime, end: datetime) -> list[Hour]:
        """The hours of a stretch of time, that in which it begins among them."""
        return [hour for hour in self.hours if hour.at < end and hour.at + timedelta(hours=1) > start]

    def at(self, moment: datetime) -> Hour:
        """The weather at a moment: what was forecast, where the moment is not the one it was made.

        Raises:
            UnreadableError: it does not go so far.
        """
        if abs(moment - self.current.at) < timedelta(hours=1):
            return self.current
        found = self.within(moment, moment + timedelta(minutes=1))
        if not found:
            raise UnreadableError("the forecast does not reach this moment")
        return found[0]


def parameters(latitude: float, longitude: float, imperial: bool) -> dict[str, str | int | float]:
    """What is asked of ``/v1/forecast``. A kilometre is near enough, and nobody else's business more exactly."""
    asked: dict[str, str | int | float] = {
        "latitude": round(latitude, 2), "longitude": round(longitude, 2), "timezone": "auto", "forecast_days": DAYS,
        "current": ",".join(CURRENT), "hourly": ",".join(HOURLY), "daily": ",".join(DAILY),
    }
    return asked | ({"temperature_unit": "fahrenheit", "wind_speed_unit": "mph"} if imperial else {})


def read(data: Any) -> Forecast:
    """The forecast in what the service answered.

    Raises:
        UnreadableError: it is none.
    """
    try:
        current, daily = data["current"], data["daily"]
        offset = timedelta(seconds=float(data["utc_offset_seconds"]))
        now = Hour(_time(current["time"]), float(current["temperature_2m"]), int(current["weather_code"]),
                   float(current["wind_speed_10m"]))
        days = zip(daily["time"], daily["sunrise"], daily["sunset"], strict=True)
        suns = tuple(
            Sun(date.fromisoformat(day), _time(rise), _time(down)) for day, rise, down in days if rise and down
        )
        return Forecast(now, tuple(_hours(data["hourly"])), suns, offset)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError(f"no forecast: {error!r}"[:200]) from error


def _hours(hourly: Mapping[str, Sequence[Any]]) -> list[Hour]:
    """Hours of which all is known but, far ahead, the chance of rain."""
    rows = zip(hourly["time"], *(hourly[name] for name in HOURLY), strict=True)
    return [
        Hour(_time(at), float(temperature), int(code), float(wind), int(chance or 0))
        for at, temperature, code, chance, wind in rows
        if temperature is not None and code is not None and wind is not None
    ]


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is not None:
        raise ValueError(f"{text!r} is not the time of a place")
    return at
