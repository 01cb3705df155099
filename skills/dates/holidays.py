"""Days that people know by name, in any year: fixed ones, those of Easter, those of a weekday, the seasons' first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

from dateutil.easter import easter
from dateutil.relativedelta import MO, SU, TH, relativedelta, weekday

FIXED = {
    "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
    "new year": (1, 1), "new years": (1, 1), "new years day": (1, 1), "new years eve": (12, 31),
    "epiphany": (1, 6), "groundhog day": (2, 2), "valentines day": (2, 14), "valentines": (2, 14),
    "saint patricks day": (3, 17), "st patricks day": (3, 17), "april fools day": (4, 1), "april fools": (4, 1),
    "earth day": (4, 22), "may day": (5, 1), "cinco de mayo": (5, 5), "juneteenth": (6, 19), "canada day": (7, 1),
    "independence day": (7, 4), "fourth of july": (7, 4), "bastille day": (7, 14), "halloween": (10, 31),
    "all saints day": (11, 1), "all souls day": (11, 2), "guy fawkes night": (11, 5), "bonfire night": (11, 5),
    "veterans day": (11, 11), "remembrance day": (11, 11), "saint nicholas day": (12, 6), "leap day": (2, 29),
}
EASTER = {
    "easter": 0, "easter sunday": 0, "easter monday": 1, "good friday": -2, "palm sunday": -7, "ash wednesday": -46,
    "shrove tuesday": -47, "pancake day": -47, "mardi gras": -47, "ascension day": 39, "pentecost": 49,
    "whit monday": 50, "corpus christi": 60,
}
"""Days after Easter Sunday."""
WEEKDAYS: dict[str, tuple[int, weekday, int]] = {
    "martin luther king day": (1, MO(3), 0), "presidents day": (2, MO(3), 0), "mothers day": (5, SU(2), 0),
    "memorial day": (6, MO(-1), -1), "fathers day": (6, SU(3), 0), "labor day": (9, MO(1), 0),
    "labour day": (9, MO(1), 0), "columbus day": (10, MO(2), 0), "indigenous peoples day": (10, MO(2), 0),
    "thanksgiving": (11, TH(4), 0), "thanksgiving day": (11, TH(4), 0), "black friday": (11, TH(4), 1),
    "cyber monday": (11, TH(4), 4), "election day": (11, MO(1), 1),
}
"""Month, weekday from its first day on (or before it), days after that."""
_OF_COUNTRY: dict[str, dict[str, Callable[[int], date]]] = {
    "us": {},
    "uk": {"mothers day": lambda year: easter(year) - timedelta(days=21)},
    "canada": {name: lambda year: _of_weekday(year, 10, MO(2), 0) for name in ("thanksgiving", "thanksgiving day")},
}
SEASONS = ("spring", "summer", "autumn", "winter")
_SEASON_NAMES = {"fall": "autumn"}
# J. Meeus, Astronomical Algorithms, table 27.B: days of the equinoxes and solstices, without the periodic terms, which
# come to a quarter of an hour.
_TURNS = (
    (2451623.80984, 365242.37404, 0.05169, -0.00411, -0.00057),
    (2451716.56767, 365241.62603, 0.00325, 0.00888, -0.00030),
    (2451810.21715, 365242.01767, -0.11575, 0.00337, 0.00078),
    (2451900.05952, 365242.74049, -0.06223, -0.00823, 0.00032),
)
_EPOCH = 2440587.5
"""The Julian day of 1 January 1970."""


def holiday(
    name: str, year: int, country: str = "us", hemisphere: str = "north", zone: tzinfo | None = None
) -> date | None:
    """The day of that name in a year; None if the year has none, or nobody knows the name.

    Args:
        zone: of the household: a season begins at one moment everywhere.
    """
    name = _plain(name)
    if name in _OF_COUNTRY[country]:
        return _OF_COUNTRY[country][name](year)
    if name in FIXED:
        return _fixed(year, *FIXED[name])
    if name in EASTER:
        return easter(year) + timedelta(days=EASTER[name])
    if name in WEEKDAYS:
        return _of_weekday(year, *WEEKDAYS[name])
    return _season(year, SEASONS.index(name), hemisphere, zone) if name in SEASONS else None


def is_holiday(name: str) -> bool:
    """Whether a name is known."""
    return any(_plain(name) in known for known in (FIXED, EASTER, WEEKDAYS, SEASONS))


def _plain(name: str) -> str:
    name = name.replace("'", "")
    return _SEASON_NAMES.get(name, name)


def _fixed(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None  # the 29th of February


def _of_weekday(year: int, month: int, day: weekday, after: int) -> date:
    first = date(year, month, 1) + timedelta(days=min(after, 0))
    return first + relativedelta(weekday=day) + timedelta(days=max(after, 0))


def _season(year: int, season: int, hemisphere: str, zone: tzinfo | None) -> date:
    turn = _TURNS[season if hemisphere == "north" else (season + 2) % 4]
    at = (year - 2000) / 1000
    julian = sum(factor * at**power for power, factor in enumerate(turn))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=julian - _EPOCH)).astimezone(zone).date()
