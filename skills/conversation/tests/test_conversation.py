"""The conversation skill by its sentences, and what belongs to no skill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.home.schema import Household
from assistant.paths import shipped_dir
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


async def test_help_with_one_skill(h: Harness) -> None:
    for text in ("how do timers work", "help me with the timers", "what can I say about timers"):
        assert (await h.say(text)).text == "You can say: set a timer for five minutes; or: how much time is left."
    assert (await h.say("I need help with the volume")).text == "You can say: volume five; or: speak louder."
    assert (await h.say("help me with the shopping list")).text == "I have no lists here."
    h.skills.remove("timers", h.grammar)
    assert h.understand("how do timers work") is None


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


async def test_it_says_what_it_did_and_why(h: Harness) -> None:
    assert (await h.say("why did you do that")).text == "Nothing has happened in the last two minutes."
    await h.say("set a timer for five minutes")
    did = (await h.say("what did you just do")).text
    assert did == "You said “set a timer for five minutes”, and I answered: 5 minute timer started."
    why = (
        "I heard “set a timer for five minutes”, and was sure of it. My skill timers took it and did it: 5 minute "
        "timer started."
    )
    assert [(await h.say(text)).text for text in ("why did you do that", "why")] == [why, why]
    h.conversation.certainty = 0.62
    h.conversation.intent = "timers.SetTimer"
    assert "62% sure" in (await h.say("how come")).text


async def test_it_says_why_it_did_nothing(h: Harness) -> None:
    await h.say("what time is it")
    h.conversation.not_understood("paint the cat", h.conversation.at)
    assert (await h.say("why")).text == "I heard “paint the cat”, and no sentence that I know fits that."
    assert (await h.say("what did you do")).text == "I heard “paint the cat”, and did nothing."
    assert (await h.say("why")).text == "I heard “paint the cat”, and no sentence that I know fits that."


@pytest.mark.parametrize(("said", "reply", "why"), [
    ("good night", "no",
     "My skill routines took it and left it: “unlock the front door” was cancelled: Okay, I won't."),
    ("dance", "", "My skill routines took it and could not do it: “sing” failed: I don't understand “sing”."),
    ("good morning", "",
     "My skill routines took it and did it: all but this: “sing” failed: I don't understand “sing”."),
    ("turn on the hall light", "", "My skill home took it and did it: Turned on the hall light."),
])
async def test_why_names_the_skill_and_what_came_of_it(said: str, reply: str, why: str) -> None:
    routines = {"good night": ["unlock the front door"], "dance": ["sing"], "good morning": ["what time is it", "sing"]}
    house = Household.load(shipped_dir() / "configs" / "home.yaml")
    folders = [SKILLS / name for name in ("conversation", "routines", "home", "clock")]
    async with Harness(*folders, home=house, settings={"routines": {"routines": routines}}) as h:
        await h.say(said, replies=[reply])
        assert (await h.say("why did you do that")).text == f"I heard “{said}”, and was sure of it. {why}"


async def test_who_am_i(h: Harness) -> None:
    assert (await h.say("who am I")).text == "I don't know whose voice that is."
    h.person = "Anna"
    assert (await h.say("do you know who I am")).text == "You sound like Anna."
    assert (await h.say("do you recognise my voice")).text == "You sound like Anna."
    assert (await h.say("what's my name")).outcome == "info"
