"""What is said when something is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assistant.dialogue.due import announcement
from assistant.store.timer import Timer

DUE = datetime(2026, 11, 27, 7, 0)
ALARM = Timer("a", "", "bedroom", 0.0, 0.0, 0.0, "", kind="alarm")
BINS = Timer("b", "take out the bins", "kitchen", 0.0, 0.0, 0.0, "", kind="reminder")


@pytest.mark.parametrize(("timer", "minutes", "rings", "said"), [
    (ALARM, 0, True, "It's seven in the morning."),
    (replace(ALARM, name="swimming"), 0, True, "It's seven in the morning, your swimming alarm."),
    (replace(ALARM, person="Anna"), 0, True, "Anna, it's seven in the morning."),
    (ALARM, 10, True, "It's 7:10 in the morning. Your alarm was for seven."),
    (ALARM, 600, False, "Your alarm was for seven this morning. I could not ring then."),
    (replace(ALARM, name="swimming"), 1440, False,
     "Your swimming alarm was for seven yesterday morning. I could not ring then."),
    (BINS, 0, True, "Reminder: take out the bins."),
    (replace(BINS, person="Anna"), 0, True, "Anna, reminder: take out the bins."),
    (BINS, 120, False, "A reminder for seven this morning: take out the bins."),
])
def test_what_is_said(timer: Timer, minutes: int, rings: bool, said: str) -> None:
    assert announcement(timer, DUE, DUE + timedelta(minutes=minutes), rings=rings) == said
