"""Rules for what repeats: which there are, and their next and latest times."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.errors import SkillError
from assistant.store.recurrence import check_rule, latest, next_after

MONDAY = datetime(2026, 11, 30, 7, 0)


@pytest.mark.parametrize(("rule", "now", "found"), [
    ("FREQ=DAILY", MONDAY, datetime(2026, 12, 1, 7, 0)),
    ("FREQ=DAILY", datetime(2026, 12, 5, 7, 0), datetime(2026, 12, 6, 7, 0)),
    ("FREQ=WEEKLY;BYDAY=MO,TH", MONDAY, datetime(2026, 12, 3, 7, 0)),
    ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=2", MONDAY, datetime(2026, 12, 14, 7, 0)),
    ("FREQ=MONTHLY;BYMONTHDAY=30", MONDAY, datetime(2026, 12, 30, 7, 0)),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", MONDAY, datetime(2026, 12, 31, 7, 0)),
    ("FREQ=YEARLY", MONDAY, datetime(2027, 11, 30, 7, 0)),
    ("FREQ=DAILY;UNTIL=20261201T235959", datetime(2026, 12, 1, 8, 0), None),
])
def test_the_next_time(rule: str, now: datetime, found: datetime | None) -> None:
    assert next_after(check_rule(rule), MONDAY, now) == found


def test_days_may_be_left_out() -> None:
    left_out = {date(2026, 12, 1), date(2026, 12, 2)}
    assert next_after("FREQ=DAILY", MONDAY, MONDAY, left_out) == datetime(2026, 12, 3, 7, 0)


def test_the_latest_of_several_missed() -> None:
    assert latest("FREQ=DAILY", MONDAY, datetime(2026, 12, 4, 6, 59)) == datetime(2026, 12, 3, 7, 0)
    assert latest("FREQ=DAILY", MONDAY, MONDAY) == MONDAY


@pytest.mark.parametrize("rule", [
    "FREQ=SECONDLY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=WEEKLY", "FREQ=DAILY\n",
    "FREQ=DAILY;COUNT=2", "every day", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=0", "",
])
def test_no_other_rules(rule: str) -> None:
    with pytest.raises(SkillError, match="no rule"):
        check_rule(rule)
