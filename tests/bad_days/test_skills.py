"""A skill that raises, one that never answers, one that floods: each costs one answer and disturbs nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bad_days.house import SKILLS, House, house

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["live"])

QUICK = 3.0
"""Seconds in which another skill's answer comes meanwhile, on a busy machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[House]:
    async with house(skills=[SKILLS]) as opened:
        yield opened


@pytest.mark.parametrize(
    ("skill", "order", "reason", "seconds"),
    [
        ("raises", "raise an error", "skill.py:11: ZeroDivisionError", 3.0),
        ("blocks", "hold everything", "beat took longer than", 8.0),
        ("floods", "flood the house", "asks for too much", 8.0),
        ("blocks", "wait for ever", "took longer than 8 s", 12.0),
    ],
)
async def test_one_answer_is_lost_and_no_more(
    home: House, skill: str, order: str, reason: str, seconds: float
) -> None:
    home.told.clear()
    began = time.monotonic()
    asking = asyncio.create_task(home.ask(order))
    await asyncio.sleep(0.2)
    meanwhile = time.monotonic()
    await home.works()
    assert time.monotonic() - meanwhile < QUICK
    assert await asking == f"Sorry, the {skill} skill failed."
    assert time.monotonic() - began < seconds
    faults = home.faults(f"skill {skill}")
    assert len(faults) == 1, faults
    assert reason in faults[0]
    record = await home.record()
    assert (record.outcome, record.text) == ("failed", order)
    assert reason in str(record.trace)
    await home.works()


async def test_a_skill_that_failed_is_asked_again(home: House) -> None:
    home.told.clear()
    assert await home.ask("flood the house") == "Sorry, the floods skill failed."
    assert "too much" in home.faults("skill floods")[0], "it runs again, and floods again"
