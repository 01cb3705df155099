"""The clock skill by its sentences."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.skills.harness import Harness

NOW = datetime(2026, 12, 31, 15, 5)


class Fixed(datetime):
    """A day that lasts."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return NOW


@pytest.mark.parametrize(("text", "answer"), [
    ("what time is it", "It's 3:05 PM."),
    ("could you tell me the time please", "It's 3:05 PM."),
    ("what's the date", "Today is Thursday, December 31st."),
    ("what's the date tomorrow", "Tomorrow is Friday, January 1st."),
    ("what day is it", "Today is Thursday."),
    ("what day is tomorrow", "Tomorrow is Friday."),
    ("what year is it", "It's December 2026."),
])
async def test_clock(text: str, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Harness(Path(__file__).parents[1]) as h:
        import sys

        monkeypatch.setattr(sys.modules["assistant_skill_clock"], "datetime", Fixed)
        assert (await h.say(text)).text == answer
