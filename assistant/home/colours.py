"""Colours by name, and between the ways in which lamps speak of them."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

Rgb = tuple[int, int, int]

COLOURS: dict[str, Rgb] = {
    "white": (255, 255, 255), "red": (255, 0, 0), "orange": (255, 128, 0), "yellow": (255, 220, 0),
    "lime": (160, 255, 0), "green": (0, 255, 0), "turquoise": (0, 230, 200), "cyan": (0, 255, 255),
    "light blue": (110, 180, 255), "blue": (0, 0, 255), "indigo": (75, 0, 200), "violet": (150, 60, 255),
    "purple": (160, 0, 200), "magenta": (255, 0, 255), "pink": (255, 100, 170), "gold": (255, 190, 60),
    "brown": (150, 75, 20),
}
"""Names and what a lamp should show; chosen on lamps, not screens: a lamp's "orange" needs less green."""

WHITES: dict[str, int] = {
    "candle light": 1900, "warm white": 2700, "soft white": 3000, "neutral white": 3500, "cold white": 4000,
    "cool white": 4000, "daylight": 6500,
}
"""Whites in kelvin, as Home Assistant's English sentences name them."""

SAME_HUE = 18.0
"""Degrees by which a lamp may miss a hue and still have done as told: real ones cannot show every colour."""
SAME_SATURATION = 0.25
PALE = 0.2
"""Saturation below which a hue says nothing."""


def find_colour(name: str) -> Rgb | None:
    """The colour of that name, or None; case, hyphens and the spelling of light tones are free."""
    word = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    if word in COLOURS:
        return COLOURS[word]
    return kelvin_to_rgb(WHITES[word]) if word in WHITES else None


def find_white(name: str) -> int | None:
    """Kelvin of a named white, or None."""
    word = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    return WHITES.get("daylight" if word == "day light" else word)


def name_colour(rgb: Sequence[int]) -> str:
    """The nearest name."""
    hue, saturation = hue_saturation(rgb)
    if saturation < PALE:
        return "white"

    def distance(name: str) -> float:
        other_hue, other_saturation = hue_saturation(COLOURS[name])
        return hue_distance(hue, other_hue) / 180 + abs(saturation - other_saturation) / 2

    return min((name for name in COLOURS if name != "white"), key=distance)


def name_white(kelvin: float) -> str:
    """The nearest name of a white; of two for one tone the first."""
    return min(WHITES, key=lambda name: abs(1 / WHITES[name] - 1 / max(kelvin, 1)))


def same_colour(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether a lamp that shows ``one`` was right to, when told ``other``. Brightness does not count."""
    (hue, saturation), (other_hue, other_saturation) = hue_saturation(one), hue_saturation(other)
    if abs(saturation - other_saturation) > SAME_SATURATION:
        return False
    return max(saturation, other_saturation) < PALE or hue_distance(hue, other_hue) <= SAME_HUE


def hue_saturation(rgb: Sequence[int]) -> tuple[float, float]:
    """Hue in degrees, saturation 0 to 1."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb))
    return hue * 360, saturation


def hue_distance(one: float, other: float) -> float:
    """Degrees between two hues, at most 180."""
    return abs((one - other + 180) % 360 - 180)


def hs_to_rgb(hue: float, saturation: float) -> Rgb:
    """From hue in degrees and saturation in percent, at full brightness."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, min(max(saturation, 0), 100) / 100, 1)
    return round(red * 255), round(green * 255), round(blue * 255)


def rgb_to_xy(rgb: Sequence[int]) -> tuple[float, float]:
    """CIE 1931 chromaticity of an sRGB colour."""
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    total = x + y + z
    return (round(x / total, 4), round(y / total, 4)) if total else (0.3127, 0.329)


def xy_to_rgb(x: float, y: float) -> Rgb:
    """The brightest sRGB colour of that chromaticity."""
    y = max(y, 1e-4)
    big_x, big_z = x / y, (1 - x - y) / y
    channels = [
        max(3.2406 * big_x - 1.5372 - 0.4986 * big_z, 0.0),
        max(-0.9689 * big_x + 1.8758 + 0.0415 * big_z, 0.0),
        max(0.0557 * big_x - 0.2040 + 1.0570 * big_z, 0.0),
    ]
    top = max(channels) or 1.0
    red, green, blue = (round(_gamma(channel / top) * 255) for channel in channels)
    return red, green, blue


def kelvin_to_rgb(kelvin: float) -> Rgb:
    """A white of that colour temperature, on the Planckian locus (Kim et al. 2002, cubic approximation)."""
    t = min(max(kelvin, 1667), 25000)
    if t <= 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return xy_to_rgb(x, y)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
