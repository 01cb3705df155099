"""What SSML's attributes say, as numbers; what cannot be read changes nothing."""

from __future__ import annotations

import math
import re

RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.25, "x-fast": 1.6}
PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "high": 3.0, "x-high": 6.0}
"""Semitones."""
VOLUMES = {"silent": -90.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "loud": 4.0, "x-loud": 8.0}
"""dB."""
PAUSES = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.75, "x-strong": 1.2}
"""Seconds."""
_NUMBER = re.compile(r"([+-]?)(\d{1,6}(?:\.\d{1,6})?)(%|st|hz|db|ms|s)?", re.IGNORECASE)


def rate(text: str) -> float:
    """Pace against the voice's own: ``slow``, ``80%``, ``+20%``, ``1.2``."""
    sign, number, unit = _read(text)
    if not math.isfinite(number) or unit not in ("", "%"):
        return RATES.get(text.strip().lower(), 1.0)
    value = number / 100 if unit else number
    return max(1.0 + (value if sign == "+" else -value) if sign else value, 0.01)


def pitch(text: str) -> float:
    """Semitones: ``high``, ``+2st``, ``-10%``. A frequency says nothing to a voice that does not know its own."""
    sign, number, unit = _read(text)
    signed = -number if sign == "-" else number
    if unit == "st":
        return signed
    if unit == "%" and sign and signed > -100:
        return 12 * math.log2(1 + signed / 100)
    return PITCHES.get(text.strip().lower(), 0.0)


def volume(text: str) -> float:
    """dB: ``soft``, ``+6dB``, or 0 to 100 of the voice's own."""
    sign, number, unit = _read(text)
    if unit == "db":
        return -number if sign == "-" else number
    if math.isfinite(number) and not unit and not sign:
        return 20 * math.log10(max(min(number, 100.0) / 100, 1e-4))
    return VOLUMES.get(text.strip().lower(), 0.0)


def pause(time: str, strength: str) -> float:
    """Seconds: ``500ms``, ``2s``; without, by strength."""
    sign, number, unit = _read(time)
    if unit in ("ms", "s") and sign != "-":
        return number / 1000 if unit == "ms" else number
    return PAUSES.get(strength.strip().lower(), PAUSES["medium"])


def _read(text: str) -> tuple[str, float, str]:
    """Sign, number (nan if it is none) and unit."""
    found = _NUMBER.fullmatch(text.strip())
    return (found[1], float(found[2]), (found[3] or "").lower()) if found else ("", math.nan, "")
