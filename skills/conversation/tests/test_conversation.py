"""The conversation skill by its sentences, and what belongs to no skill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.skills.harness import Harness

SKILLS = Path(__file__).parents[2]


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    async with Harness(SKILLS / "conversation", SKILLS / "clock", SKILLS / "volume", SKILLS / "timers") as harness:
        yield harness


async def test_it_says_things_again(h: Harness) -> None:
    assert (await h.say("say that again")).text == "I haven't said anything yet."
    answer = await h.say("how loud are you")
    assert (await h.say("what did you say")).text == answer.text


async def test_what_can_be_said_is_said_in_turns_and_is_understood(h: Harness) -> None:
    first, second = (await h.say("what can I say")).text, (await h.say("what can I say")).text
    assert first.startswith("You can say: ") and first != second
    for example in h.skills.examples():
        assert h.understand(example) is not None, example


async def test_being_polite(h: Harness) -> None:
    assert (await h.say("thank you")).text == "You're welcome."
    assert (await h.say("are you okay")).text == "I hear you, and everything works."
    h.home.connected = False
    assert "can't reach the home" in (await h.say("are you okay")).text


@pytest.mark.parametrize(("text", "answer"), [("never mind", "Okay."), ("stop", ""), ("be quiet please", "")])
async def test_stopping_needs_no_skill(h: Harness, text: str, answer: str) -> None:
    await h.skills.close()
    result = await h.say(text)
    assert (result.text, result.outcome) == (answer, "cancelled")
