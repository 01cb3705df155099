"""What the answers say: few words, the outcome first, and what could not be read at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from assistant.skills import Period
from assistant.skills.spoken import counted, part_of_day, spoken_day, spoken_time
from assistant.spoken import sentence

from .events import Event

MOST_TOLD = 6
"""So many events are told one by one."""


def agenda(events: Sequence[Event], period: Period, now: datetime, over: bool) -> str:
    """What is on.

    Args:
        events: those to come, in order.
        over: whether there were others before.
    """
    more = "more " if over else ""
    if not events:
        return f"Nothing {more}{period.words}."
    things = f"{counted(len(events))} {more}{'thing' if len(events) == 1 else 'things'}"
    return f"{sentence(things)} {period.words}: {told(events, period, now)}."


def told(events: Sequence[Event], period: Period, now: datetime) -> str:
    """Events one by one, under their days where there are several."""
    rest = len(events) - MOST_TOLD
    shown = [*events[:MOST_TOLD]] if rest > 1 else [*events]
    if period.kind == "days":
        begins = max(now, period.start)
        days = groupby(shown, key=lambda event: max(event.start, begins).date())
        parts = [
            f"{spoken_day(day, now.date())}, {joined([item(one, begins) for one in these])}" for day, these in days
        ]
        text = "; ".join(parts)
    else:
        text = joined([item(one, max(now, period.start)) for one in shown])
    return f"{text}, and {counted(rest)} more" if rest > 1 else text


def item(event: Event, begins: datetime) -> str:
    """One event on its day: "dentist at nine", "fair all day", "workshop until five in the afternoon"."""
    if event.all_day:
        return f"{event.title} all day"
    if event.start < begins:
        return f"{event.title} until {moment(event.end, begins)}"
    return f"{event.title} at {spoken_time(event.start)}"


def moment(at: datetime, now: datetime) -> str:
    """A time of day, with its day where that is another."""
    clock = spoken_time(at)
    return clock if at.date() == now.date() else f"{spoken_day(at.date(), now.date())} at {clock}"


def joined(parts: Sequence[str]) -> str:
    """Parts one after the other, with a pause before the last."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"


def when(event: Event, now: datetime) -> str:
    """When an event is: "tomorrow at nine", "on Friday", "now, until ten"."""
    if event.start <= now < event.end and not event.all_day:
        return f"now, until {moment(event.end, now)}"
    begins = spoken_day(max(event.start, now).date() if event.all_day else event.start.date(), now.date())
    if not event.all_day:
        return f"{begins} at {spoken_time(event.start)}"
    days = (event.end.date() - max(event.start, now).date()).days
    if days < 2:
        return begins
    return f"{begins} and the {counted(days - 1)} {'day' if days == 2 else 'days'} after"


def occupied(events: Sequence[Event], period: Period, now: datetime) -> str:
    """What is in the way of being free."""
    begins = max(now, period.start)
    things = "one thing" if len(events) == 1 else f"{counted(len(events))} things"
    spans = [span(event, begins) for event in events[:MOST_TOLD]]
    more = len(events) - len(spans)
    return f"You have {things} {period.words}: {joined([*spans, *([f'{counted(more)} more'] if more else [])])}."


def span(event: Event, begins: datetime) -> str:
    """An event from when until when."""
    if event.start < begins or event.start.date() != begins.date():
        return item(event, begins) if event.start < begins else f"{event.title} {when(event, begins)}"
    same = part_of_day(event.start.hour) == part_of_day(event.end.hour)
    return f"{event.title} from {spoken_time(event.start, part=not same)} to {spoken_time(event.end)}"


def unread(files: Sequence[Path]) -> str:
    """What an answer may lack because of files that are wrong."""
    if not files:
        return ""
    names = files[0].name if len(files) == 1 else f"{counted(len(files))} calendar files"
    return f" I could not read all of {names}."
