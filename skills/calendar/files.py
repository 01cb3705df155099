"""Calendar files: found, read again when they change, and what is wrong with one said while the others go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import icalendar

from .events import Event, unfold

ENDING = ".ics"
LARGEST = 20 << 20
"""Bytes of a file: ten years of a busy life are two megabytes."""
MOST_FILES = 5000
"""Some programs keep a file for each event."""
BACK, AHEAD = timedelta(days=1), timedelta(days=400)
"""Days before and after the present one that are looked at: a birthday that was yesterday comes again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file."""

    file: Path
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


@dataclass(slots=True)
class _File:
    stamp: tuple[int, int]
    """Time of the latest change and size."""
    calendars: list[icalendar.Component] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What was found to be wrong when it was read ..."""
    faults: list[str] = field(default_factory=list)
    """... or else when its events were worked out."""
    day: date | None = None
    """Around which its events were worked out."""
    events: list[Event] = field(default_factory=list)


class Files:
    """The household's calendars. What it does may take seconds the first time, and belongs into a thread.

    Args:
        places: files and folders, as the household names them.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._places = [Path(place).expanduser() for place in places]
        self._files: dict[Path, _File] = {}
        self.events: tuple[Event, ...] = ()
        """Of all files, in the order in which they begin."""
        self.faults: tuple[Fault, ...] = ()

    def look(self, today: date) -> None:
        """Take in what has changed since the look before."""
        faults: list[Fault] = []
        there = list(self._there(faults))
        self._files = {path: self._files[path] for path in there if path in self._files}
        for path in there:
            try:
                self._look_at(path, today)
            except OSError as error:
                faults.append(Fault(path, f"cannot be read: {error.strerror or error}"))
                self._files.pop(path, None)
        faults += [Fault(path, what) for path, file in self._files.items() for what in file.faults]
        found = {event for file in self._files.values() for event in file.events}
        self.events = tuple(sorted(found, key=lambda event: (event.start, not event.all_day, event.title)))
        self.faults = tuple(faults)

    def _there(self, faults: list[Fault]) -> Iterator[Path]:
        count = 0
        for place in self._places:
            if not place.is_absolute():
                faults.append(Fault(place, "is no whole path: it should begin with / or ~"))
                continue
            try:
                found = sorted(place.rglob(f"*{ENDING}")) if place.is_dir() else [place]
            except OSError as error:
                faults.append(Fault(place, f"cannot be read: {error.strerror or error}"))
                continue
            count += len(found)
            if count > MOST_FILES:
                faults.append(Fault(place, f"with it there are more than {MOST_FILES} files: it is left out"))
                continue
            yield from found

    def _look_at(self, path: Path, today: date) -> None:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        file = self._files.get(path)
        if file is None or file.stamp != stamp:
            file = self._files[path] = _File(stamp)
            if status.st_size > LARGEST:
                file.broken = [f"has {status.st_size >> 20} MB, more than {LARGEST >> 20}"]
            else:
                file.calendars, file.broken = parse(path.read_bytes())
        if file.day != today:
            file.day = today
            file.events = []
            wrong = []
            for calendar in file.calendars:
                events, faults = unfold(calendar, today - BACK, today + AHEAD)
                file.events += events
                wrong += faults
            file.faults = file.broken or wrong


def parse(content: bytes) -> tuple[list[icalendar.Component], list[str]]:
    """The calendars of a file, and what is wrong with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [f"is not UTF-8 text, at byte {error.start}"]
    try:
        found = icalendar.Calendar.from_ical(text, multiple=True)
    except Exception as error:  # whatever the library makes of a broken file, the others go on
        return [], [f"is no calendar: {' '.join(str(error).split())[:200]}"]
    calendars: list[icalendar.Component] = [one for one in found if one.name == "VCALENDAR"]
    if not calendars:
        return [], ["holds no calendar: BEGIN:VCALENDAR is missing"]
    wrong = [
        f"{_called(event)}: {name} is wrong: {' '.join(str(what).split())[:100]}"
        for calendar in calendars for event in calendar.walk("VEVENT") for name, what in event.errors
    ]
    return calendars, wrong


def _called(event: icalendar.Component) -> str:
    return f"the event “{event.get('SUMMARY') or event.get('UID') or 'without a name'}”"
