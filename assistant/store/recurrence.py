"""Again and again: the part of iCalendar's recurrence rules (RFC 5545) that people say, in local time."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime

from dateutil.rrule import rrule, rrulestr

from assistant.errors import SkillError

_RULE = re.compile(
    r"(FREQ=DAILY|FREQ=WEEKLY;BYDAY=(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*"
    r"|FREQ=MONTHLY;BYMONTHDAY=(-1|[1-9]|[12]\d|3[01])|FREQ=YEARLY)"
    r"(;INTERVAL=[1-9]\d?)?(;UNTIL=\d{8}T\d{6})?"
)
"""Each of them has a next time that is found at once."""
EXAMPLE = "FREQ=WEEKLY;BYDAY=MO,TH"


def check_rule(rule: str) -> str:
    """The rule, if it is one.

    Raises:
        SkillError: it is none, or of a kind that is not known here.
    """
    if not _RULE.fullmatch(rule):
        raise SkillError(f"{rule!r} is no rule for repeating", mend=f"like {EXAMPLE!r}; DAILY, WEEKLY, MONTHLY, YEARLY")
    return rule


def next_after(rule: str, at: datetime, now: datetime, left_out: Collection[date] = ()) -> datetime | None:
    """The first time after ``at`` and ``now``; None: it was the last.

    Args:
        at: a time of the rule.
        left_out: days without it.
    """
    times = _times(rule, at)
    found = times.after(max(at, now))
    while found is not None and found.date() in left_out:
        found = times.after(found)
    return found


def latest(rule: str, at: datetime, now: datetime) -> datetime:
    """The last time up to ``now``, not before ``at``, which is a time of the rule."""
    return _times(rule, at).before(now, inc=True) or at


def _times(rule: str, at: datetime) -> rrule:
    made = rrulestr(rule, dtstart=at)
    assert isinstance(made, rrule)
    return made
