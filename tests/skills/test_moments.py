"""Moments on the day they are said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.skills.endings import Refusal
from assistant.skills.moments import Moment, moment_of, needs_time

NOW = datetime(2026, 11, 27, 12, 0)  # a Friday


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    made = Grammar()
    made.set_rules("x", [Rule("x", "X", ("{moment:when}", "for {clock:when}"))])
    return made


def meant(grammar: Grammar, words: str) -> dict[str, Any]:
    match = grammar.match(words)[0]
    found = match.meant["when"]
    return {"clock": found} if isinstance(found, str) else dict(found)


@pytest.mark.parametrize(("words", "at", "rule"), [
    ("at three", "2026-11-27 15:00", ""),
    ("at eleven", "2026-11-27 23:00", ""),
    ("at noon", "2026-11-28 12:00", ""),
    ("at midnight", "2026-11-28 00:00", ""),
    ("at 07:30", "2026-11-28 07:30", ""),
    ("for 3 pm", "2026-11-27 15:00", ""),
    ("today at five", "2026-11-27 17:00", ""),
    ("tomorrow at five", "2026-11-28 17:00", ""),
    ("tomorrow at eight", "2026-11-28 08:00", ""),
    ("tomorrow at twelve", "2026-11-28 12:00", ""),
    ("on friday at ten in the morning", "2026-12-04 10:00", ""),
    ("on friday at one", "2026-11-27 13:00", ""),
    ("at eleven on friday", "2026-11-27 23:00", ""),
    ("tomorrow evening at eight", "2026-11-28 20:00", ""),
    ("tonight at one", "2026-11-28 01:00", ""),
    ("this afternoon", "2026-11-27 15:00", ""),
    ("the 27th at noon", "2026-12-27 12:00", ""),
    ("on may 3rd at noon", "2027-05-03 12:00", ""),
    ("at noon next week", "2026-12-04 12:00", ""),
    ("in two days", "2026-11-29 12:00", ""),
    ("every day at nine", "2026-11-28 09:00", "FREQ=DAILY"),
    ("every night", "2026-11-27 21:00", "FREQ=DAILY"),
    ("at 6:45 on weekdays", "2026-11-30 06:45", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every thursday and monday at two", "2026-11-30 14:00", "FREQ=WEEKLY;BYDAY=MO,TH"),
    ("on mondays wednesdays and fridays at noon", "2026-11-30 12:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ("on saturday and sunday at noon", "2026-11-28 12:00", "FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20261204T235959"),
    ("every other friday at noon", "2026-12-11 12:00", "FREQ=WEEKLY;BYDAY=FR;INTERVAL=2"),
    ("on the first of every month at noon", "2026-12-01 12:00", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("every year on may 3rd at noon", "2027-05-03 12:00", "FREQ=YEARLY"),
])
def test_the_next_such_moment(grammar: Grammar, words: str, at: str, rule: str) -> None:
    assert moment_of(meant(grammar, words), NOW) == Moment(at=datetime.fromisoformat(at), rule=rule)


def test_who_is_to_be_woken_is_woken_in_the_morning(grammar: Grammar) -> None:
    said = meant(grammar, "tomorrow at five")
    assert moment_of(said, NOW, waking=True).at == datetime(2026, 11, 28, 5, 0)


@pytest.mark.parametrize(("words", "moment"), [
    ("in ten minutes", Moment(600)), ("an hour and a half from now", Moment(5400)),
    ("every half hour", Moment(1800, rule="again")), ("every hour", Moment(3600, rule="again")),
])
def test_a_while(grammar: Grammar, words: str, moment: Moment) -> None:
    assert moment_of(meant(grammar, words), NOW) == moment


def test_what_is_over_is_refused(grammar: Grammar) -> None:
    with pytest.raises(Refusal, match="over"):
        moment_of(meant(grammar, "today at ten in the morning"), NOW)


@pytest.mark.parametrize(("words", "needed"), [
    ("tomorrow", True), ("every three days", True), ("this morning", True), ("tonight", False), ("in two hours", False),
    ("tomorrow at nine", False), ("every evening", False),
])
def test_whether_a_time_is_missing(grammar: Grammar, words: str, needed: bool) -> None:
    assert needs_time(meant(grammar, words), NOW) is needed
