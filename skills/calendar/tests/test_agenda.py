"""What the calendar skill answers, on calendars of the household."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.clock import run_virtual
from assistant.skills.harness import Harness, in_house

FOLDER = Path(__file__).parents[1]
NOW = datetime(2026, 11, 27, 8, 0)
"""A Friday."""


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in a place whose clocks change."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def event(title: str, start: str, end: str = "", *more: str, uid: str = "") -> str:
    """An event; times as iCalendar writes them, with what stands between name and value where that is not a colon."""
    lines = ["BEGIN:VEVENT", f"UID:{uid or title}", f"SUMMARY:{title}", f"DTSTART{start}"]
    lines += [f"DTEND{end}"] if end else []
    return "\r\n".join([*lines, *more, "END:VEVENT"])


def calendar(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *events, "END:VCALENDAR", ""])


HOUSE = calendar(
    event("dentist", ":20261127T090000", ":20261127T093000"),
    event("football", ";TZID=Europe/Berlin:20261127T180000", ";TZID=Europe/Berlin:20261127T193000"),
    event("Anna's birthday", ";VALUE=DATE:19901128", ";VALUE=DATE:19901129", "RRULE:FREQ=YEARLY", "TRANSP:TRANSPARENT"),
    event("brunch", ":20261129T101500Z", ":20261129T120000Z"),
    event("choir", ":20261001T193000", ":20261001T210000", "RRULE:FREQ=WEEKLY;BYDAY=TH"),
    event("Skiing trip", ";VALUE=DATE:20261221", ";VALUE=DATE:20261225"),
    event("lunch with Tom", ":20261127T123000", ":20261127T133000", "STATUS:CANCELLED"),
)


def converse(content: str, *said: str, now: datetime = NOW, path: Path) -> list[str]:
    """The answers to what is said, with one calendar."""
    file = path / "house.ics"
    file.write_text(content, "utf-8", newline="")

    async def talk(h: Harness) -> list[str]:
        return [(await h.say(text)).text for text in said]

    return in_house(talk, FOLDER, now=now, settings={"calendar": {"files": [str(path)]}})


@pytest.mark.parametrize(("said", "answer"), [
    ("what's on today", "Two things today: dentist at nine, and football at six in the evening."),
    ("what have we got on tomorrow", "One thing tomorrow: Anna's birthday all day."),
    ("do I have any appointments on monday", "Nothing on Monday."),
    ("what's happening this weekend",
     "Two things this weekend: tomorrow, Anna's birthday all day; on Sunday, brunch at quarter past eleven."),
    ("what are we doing this evening", "One thing this evening: football at six in the evening."),
    ("what's on thursday evening", "One thing on Thursday evening: choir at half past seven in the evening."),
    ("what's my next appointment", "Dentist, today at nine."),
    ("when is the dentist appointment", "Dentist is today at nine."),
    ("when is choir", "Choir is on Thursday at half past seven in the evening."),
    ("when is the skiing trip", "Skiing trip is on Monday, December 21st and the three days after."),
    ("which day is anna's birthday", "Anna's birthday is tomorrow."),
    ("what time is the football on friday", "Football is today at six in the evening."),
    ("when is the opera", "I can't find opera in the calendar."),
    ("am I free tomorrow evening", "You are free tomorrow evening, apart from Anna's birthday."),
    ("am I free this afternoon", "You are free this afternoon."),
    ("are we free on monday", "You are free on Monday."),
    ("am I busy at 6 today",
     "You have one thing today at six in the evening: football from six to half past seven in the evening."),
    ("am I free at noon today", "You are free today at noon."),
])
def test_answers(said: str, answer: str, tmp_path: Path) -> None:
    assert converse(HOUSE, said, path=tmp_path) == [answer]


def test_what_is_over_is_not_told(tmp_path: Path) -> None:
    later = NOW + timedelta(hours=4)
    said = ("what's on today", "what's my next appointment", "am I free this morning", "when is the dentist")
    assert converse(HOUSE, *said, now=later, path=tmp_path) == [
        "One more thing today: football at six in the evening.", "Football, today at six in the evening.",
        "That is over.", "I can't find dentist in the calendar.",
    ]


def test_what_is_going_on(tmp_path: Path) -> None:
    during = NOW + timedelta(hours=10, minutes=30)
    said = ("what's on today", "when is football", "am I free tonight")
    assert converse(HOUSE, *said, now=during, path=tmp_path) == [
        "One more thing today: football until half past seven in the evening.",
        "Football is now, until half past seven in the evening.",
        "You have one thing tonight: football until half past seven in the evening.",
    ]


def test_times_are_right_across_a_change_of_the_clocks(tmp_path: Path) -> None:
    content = calendar(
        event("yoga", ";TZID=Europe/Berlin:20261019T190000", "", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"),
        event("call", ":20261026T150000Z", ":20261026T153000Z"),
        event("standup", ";TZID=America/New_York:20261026T090000", ";TZID=America/New_York:20261026T091500"),
    )
    before = datetime(2026, 10, 24, 12, 0)
    assert converse(content, "what's on monday", now=before, path=tmp_path) == [
        "Three things on Monday: standup at two in the afternoon, call at four in the afternoon, and yoga at seven in "
        "the evening.",
    ]


def test_a_moved_one_of_many_and_one_left_out(tmp_path: Path) -> None:
    content = calendar(
        event("choir", ":20261001T193000", ":20261001T210000", "RRULE:FREQ=WEEKLY", "EXDATE:20261210T193000"),
        event("choir", ":20261204T180000", ":20261204T190000", "RECURRENCE-ID:20261203T193000"),
    )
    assert converse(content, "when is choir", "what's on thursday", path=tmp_path) == [
        "Choir is on Friday, December 4th at six in the evening.", "Nothing on Thursday.",
    ]


def test_many_things_are_counted(tmp_path: Path) -> None:
    times = [f":20261127T{hour:02d}" for hour in range(9, 18)]
    content = calendar(*(event(f"thing {n}", f"{time}0000", f"{time}3000") for n, time in enumerate(times)))
    (answer,) = converse(content, "what's on today", path=tmp_path)
    assert answer.startswith("Nine things today: thing 0 at nine,") and answer.endswith("and three more.")
    assert "thing 6" not in answer


def test_titles_are_heard_as_they_are_written(tmp_path: Path) -> None:
    content = calendar(event("Überraschungsfest für Zoë 🎉", ":20261130T190000"), event("", ":20261201T100000"))

    async def talk() -> tuple[str, object]:
        async with Harness(FOLDER, now=NOW, settings={"calendar": {"files": [str(tmp_path)]}}) as h:
            await h.say("what's on monday")
            match = h.understand("when is uberraschungsfest fur zoe")
            assert match is not None
            return (await h.say("when is überraschungsfest für zoë")).text, match.wildcards

    (tmp_path / "a.ics").write_text(content, "utf-8")
    assert run_virtual(talk()) == ("Überraschungsfest für Zoë 🎉 is on Monday at seven in the evening.", 0)


def test_without_a_file_it_says_how_to_name_one() -> None:
    async def talk() -> tuple[str, str]:
        async with Harness(FOLDER) as h:
            answer = await h.say("what's on today")
            return answer.text, answer.outcome

    text, outcome = run_virtual(talk())
    assert outcome == "refused" and text.startswith("I know of no calendar yet.") and "settings" in text


def test_what_cannot_be_read_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "work.ics").write_text("BEGIN:VCALENDAR\nthis is no line\nEND:VCALENDAR\n")
    (answer,) = converse(HOUSE, "what's on monday", path=tmp_path)
    assert answer == "Nothing on Monday. I could not read all of work.ics."


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "house.ics"
    file.write_text(HOUSE, "utf-8")

    async def talk() -> list[str]:
        async with Harness(FOLDER, now=NOW, settings={"calendar": {"files": [str(file)]}}) as h:
            answers = [(await h.say("what's on monday")).text]
            file.write_text(calendar(event("plumber", ":20261130T080000")), "utf-8")
            os.utime(file, (1, 1))
            answers.append((await h.say("what's on monday")).text)
            file.unlink()
            answers.append((await h.say("what's on monday")).text)
            return answers

    assert run_virtual(talk()) == [
        "Nothing on Monday.", "One thing on Monday: plumber at eight.",
        "Nothing on Monday. I could not read all of house.ics.",
    ]
