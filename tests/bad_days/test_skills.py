"""A skill that raises, one that never answers, one that floods: each costs one answer and disturbs nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from assistant.events import Understood
from tests.bad_days.house import SKILLS, House, house

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["live"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[House]:
    async with house(skills=[SKILLS]) as opened:
        yield opened


@pytest.mark.parametrize(
    ("skill", "order", "reason", "waits"),
    [
        ("raises", "raise an error", "skill.py:11: ZeroDivisionError", False),
        ("blocks", "hold everything", "beat took longer than", True),
        ("floods", "flood the house", "asks for too much", False),
        ("blocks", "wait for ever", "took longer than 8 s", True),
    ],
)
async def test_one_answer_is_lost_and_no_more(
    home: House, skill: str, order: str, reason: str, waits: bool
) -> None:
    home.told.clear()
    asking = asyncio.create_task(home.ask(order))
    await home.until(lambda: any(isinstance(event, Understood) for event in home.told))
    await home.works()
    assert not (waits and asking.done()), "the other answer waited for this one"
    assert await asking == f"Sorry, the {skill} skill failed."
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
