"""Events of a calendar, each time that they take place, on the clock of this place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import icalendar
import recurring_ical_events

UNNAMED = "something without a name"
LONGEST_TITLE = 100
"""Characters."""


@dataclass(frozen=True, slots=True)
class Event:
    """One time that an event takes place."""

    title: str
    start: datetime
    """Local, as ``end``: of an event that takes whole days, midnight."""
    end: datetime
    """Not included."""
    all_day: bool = False
    busy: bool = True
    """Whether it takes people's time."""

    def within(self, start: datetime, end: datetime) -> bool:
        """Whether any of it lies within a stretch of time."""
        return self.start < end and (self.end > start or self.start == self.end >= start)


def unfold(calendar: icalendar.Component, first: date, last: date) -> tuple[list[Event], list[str]]:
    """Every time that events take place from one day to another, and what is wrong with those left out."""
    wrong: list[str] = []
    try:
        found = recurring_ical_events.of(calendar).between(first, last)
    except Exception as error:  # a rule that makes no sense, in somebody's file: the other events go on
        wrong.append(f"an event in it is wrong: {' '.join(str(error).split())[:200]}")
        found = _sound(calendar, first, last)
    events = []
    for component in found:
        if str(component.get("STATUS", "")).upper() == "CANCELLED":
            continue
        try:
            events.append(_event(component))
        except (KeyError, TypeError, ValueError, OverflowError, OSError, icalendar.InvalidCalendar) as error:
            wrong.append(f"the event “{_title(component)}” is wrong: {error}")
    return events, wrong


def _sound(calendar: icalendar.Component, first: date, last: date) -> list[icalendar.Event]:
    """The events that can be worked out: each series for itself."""
    found = []
    uids = dict.fromkeys(str(event.get("UID", "")) for event in calendar.walk("VEVENT"))
    for uid in uids:
        part = icalendar.Calendar()
        part.update(calendar)
        part.subcomponents = [
            one for one in calendar.subcomponents if one.name != "VEVENT" or str(one.get("UID", "")) == uid
        ]
        try:
            found += recurring_ical_events.of(part).between(first, last)
        except Exception:  # that one is wrong has been said
            continue
    return found


def _event(component: icalendar.Event) -> Event:
    start, end = component.start, component.end
    busy = str(component.get("TRANSP", "")).upper() != "TRANSPARENT"
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        last = end if end > start else start + timedelta(days=1)
        return Event(_title(component), _midnight(start), _midnight(last), True, busy)
    return Event(_title(component), start.astimezone(), max(start.astimezone(), end.astimezone()), busy=busy)


def _title(component: icalendar.Component) -> str:
    return " ".join(str(component.get("SUMMARY", "")).split())[:LONGEST_TITLE] or UNNAMED


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()
