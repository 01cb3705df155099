"""Local time: what people's clocks show, in the zone that the machine is in at this moment, and when they show it."""

from __future__ import annotations

import time
from bisect import bisect_left
from datetime import datetime


def present() -> datetime:
    """The present moment, with the zone of this place."""
    mind_zone()
    return datetime.now().astimezone()


def local(wall: float) -> datetime:
    """What local clocks show, without a zone.

    Args:
        wall: seconds since 1970.
    """
    mind_zone()
    return datetime.fromtimestamp(wall)


def wall_of(shown: datetime) -> float:
    """Seconds since 1970 when local clocks first show a time; where they leap over it, the first moment after.

    Args:
        shown: local time, without a zone.
    """
    mind_zone()
    first = shown.replace(fold=0).timestamp()
    if datetime.fromtimestamp(first) == shown.replace(fold=0):
        return first
    before = int(shown.replace(fold=1).timestamp())
    return before + float(bisect_left(range(before, int(first) + 1), shown, key=datetime.fromtimestamp))


def mind_zone() -> None:
    """Notice that the machine's zone was changed: the C library looks only when it is told to."""
    if hasattr(time, "tzset"):
        time.tzset()
