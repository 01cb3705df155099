"""WMO's weather codes (4677, as Open-Meteo gives them) in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

SKY = {0: "clear", 1: "mostly clear", 2: "partly cloudy", 3: "overcast"}
FALLING = {
    45: "fog", 48: "freezing fog", 51: "light drizzle", 53: "drizzle", 55: "heavy drizzle", 56: "freezing drizzle",
    57: "freezing drizzle", 61: "light rain", 63: "rain", 65: "heavy rain", 66: "freezing rain", 67: "freezing rain",
    71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow", 80: "light showers", 81: "showers",
    82: "heavy showers", 85: "snow showers", 86: "heavy snow showers", 95: "thunderstorms",
    96: "thunderstorms with hail", 99: "thunderstorms with hail",
}
SNOW = frozenset((71, 73, 75, 77, 85, 86))
WET = frozenset(code for code in FALLING if code >= 51) - SNOW
SHARE = 0.25
"""Of the hours: what falls for so many of them is the weather, else the sky is."""


def described(code: int) -> str:
    """What is joined to a temperature: "and clear", "with light rain"; empty for a code that nobody knows."""
    if code in SKY:
        return f"and {SKY[code]}"
    return f"with {FALLING[code]}" if code in FALLING else ""


def overall(codes: Iterable[int]) -> str:
    """The weather of several hours: the worst that falls for some while, else the commonest sky."""
    known = list(codes)
    counts = Counter(known)
    falling = [code for code in counts if code in FALLING]
    if sum(counts[code] for code in falling) >= SHARE * counts.total() and falling:
        return FALLING[max(falling)]
    return sky(known)


def sky(codes: Iterable[int]) -> str:
    """The commonest sky of several hours, whatever falls: where it is known of none, grey."""
    counts = Counter(code for code in codes if code in SKY)
    return SKY[max(counts, key=lambda code: counts[code])] if counts else SKY[max(SKY)]
