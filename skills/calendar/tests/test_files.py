"""Calendar files that are broken, odd or many: each is named with what is wrong, and the others go on."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.skills.code import load_code

FOLDER = Path(__file__).parents[1]
TODAY = date(2026, 11, 27)
load_code("calendar", FOLDER)
files: Any = importlib.import_module("assistant_skill_calendar.files")
GOOD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{}END:VCALENDAR\n"
LUNCH = "BEGIN:VEVENT\nUID:1\nSUMMARY:lunch\nDTSTART:20261127T120000\nEND:VEVENT\n"


def look(*places: Path) -> Any:
    found = files.Files([str(place) for place in places])
    found.look(TODAY)
    return found


@pytest.mark.parametrize(("content", "fault"), [
    (b"", "holds no calendar"),
    (b"hello\n", "is no calendar"),
    (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "calendar"),
    (b"\xff\xfe\x00B", "is not UTF-8 text, at byte 0"),
    (b"BEGIN:VEVENT\nSUMMARY:a\nDTSTART:20261127T120000\nEND:VEVENT\n", "BEGIN:VCALENDAR is missing"),
    (GOOD.format(LUNCH.replace("20261127T120000", "tomorrow")).encode(), "lunch”: DTSTART is wrong"),
    (GOOD.format(LUNCH.replace("END:V", "RRULE:FREQ=SOMETIMES\nEND:V")).encode(), "is wrong"),
    (GOOD.format(LUNCH.replace("DTSTART:20261127T120000\n", "")).encode(), "an event in it is wrong: 'DTSTART'"),
])
def test_a_broken_file_is_named(content: bytes, fault: str, tmp_path: Path) -> None:
    (tmp_path / "broken.ics").write_bytes(content)
    (tmp_path / "good.ics").write_text(GOOD.format(LUNCH.replace("UID:1", "UID:2").replace("lunch", "dinner")))
    found = look(tmp_path)
    assert [str(one.file) for one in found.faults] == [str(tmp_path / "broken.ics")]
    assert fault in str(found.faults[0])
    assert "dinner" in [event.title for event in found.events]


def test_one_event_that_is_wrong_does_not_hide_the_others(tmp_path: Path) -> None:
    wrong = LUNCH.replace("UID:1", "UID:2").replace("END:V", "RRULE:FREQ=DAILY;UNTIL=never\nEND:V")
    (tmp_path / "house.ics").write_text(GOOD.format(wrong.replace("lunch", "tea") + LUNCH))
    found = look(tmp_path)
    assert "lunch" in [event.title for event in found.events] and len(found.faults) == 1


@pytest.mark.parametrize(("place", "fault"), [
    ("calendars", "is no whole path"), ("/nowhere/at/all.ics", "cannot be read: No such file"),
])
def test_a_place_that_is_none(place: str, fault: str) -> None:
    found = look(Path(place))
    assert found.events == () and fault in str(found.faults[0])


def test_folders_within_folders_and_the_same_event_twice(tmp_path: Path) -> None:
    for place in (tmp_path / "a", tmp_path / "b" / "c"):
        place.mkdir(parents=True)
        (place / "lunch.ics").write_text(GOOD.format(LUNCH))
    (tmp_path / "notes.txt").write_text("no calendar")
    assert [event.title for event in look(tmp_path).events] == ["lunch"]


def test_a_file_is_read_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "house.ics").write_text(GOOD.format(LUNCH))
    reads: list[bytes] = []
    parse = files.parse

    def counted(content: bytes) -> Any:
        reads.append(content)
        return parse(content)

    monkeypatch.setattr(files, "parse", counted)
    found = look(tmp_path)
    found.look(TODAY)
    found.look(date(2026, 11, 28))
    assert len(reads) == 1
    (tmp_path / "house.ics").write_text(GOOD.format(LUNCH * 2))
    found.look(TODAY)
    assert len(reads) == 2


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 100)
    (tmp_path / "house.ics").write_text(GOOD.format(LUNCH))
    assert "more than" in str(look(tmp_path).faults[0])


def test_a_calendar_is_taken_in_within_seconds(tmp_path: Path) -> None:
    days = [f"2026{n % 12 + 1:02d}{n % 28 + 1:02d}" for n in range(2000)]
    many = "".join(
        LUNCH.replace("UID:1", f"UID:{n}").replace("lunch", f"lunch {n}").replace("20261127", day)
        for n, day in enumerate(days)
    )
    (tmp_path / "house.ics").write_text(GOOD.format(many))
    assert len(look(tmp_path).events) > 100
