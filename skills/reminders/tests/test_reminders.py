"""The reminders skill by its sentences, and what is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.grammar.base import View
from assistant.skills.harness import Harness, in_house

FOLDER = Path(__file__).parents[1]
FRIDAY = datetime(2026, 11, 27, 12, 0)
MINUTE, HOUR = 60, 3600


def run(main: Callable[[Harness], Coroutine[None, None, None]], **options: object) -> None:
    """A test on a virtual clock that begins on a Friday at noon."""
    in_house(main, FOLDER, now=FRIDAY, **options)


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    async with Harness(FOLDER) as harness:
        yield harness


@pytest.mark.parametrize(("text", "when", "what"), [
    ("remind me to pick up the kids at three", "at three this afternoon", "pick up the kids"),
    ("at three remind me to pick up the kids", "at three this afternoon", "pick up the kids"),
    ("remind me at three to pick up the kids", "at three this afternoon", "pick up the kids"),
    ("remind me tomorrow to pick up the kids at three", "at three tomorrow afternoon", "pick up the kids"),
    ("remind me at three to pick up the kids tomorrow", "at three tomorrow afternoon", "pick up the kids"),
    ("remind me on thursday evening to put the bins out", "at seven on Thursday evening", "put the bins out"),
    ("remind me about my interview on monday at six am", "at six on Monday morning", "your interview"),
    ("don't let me forget that I am invited tonight", "at nine this evening", "you are invited"),
    ("remind us to feed our cat every morning", "every day at eight in the morning", "feed your cat"),
    ("I have to water the tomatoes every evening at seven, remind me", "every day at seven in the evening",
     "water the tomatoes"),
    ("set a reminder for friday at 5 to buy flowers", "at five this afternoon", "buy flowers"),
    ("give me a nudge in two hours to feed the cat", "in 2 hours", "feed the cat"),
    ("remind me in three days to call her", "at noon on Monday", "call her"),
    ("remind me every two hours to drink", "every 2 hours", "drink"),
    ("remind me every other tuesday at noon to call mum", "every second Tuesday at noon", "call mum"),
    ("remind me at lunchtime to call the bank", "at 12:30 this afternoon", "call the bank"),
    ("remind me in the morning to pack my bag", "at eight tomorrow morning", "pack your bag"),
    ("remind me every year on the 3rd of may to buy a cake at noon", "every year on May 3rd at noon", "buy a cake"),
    ("remind me to back up on the last day of every month at eight pm",
     "on the last day of every month at eight in the evening", "back up"),
])
def test_what_and_when_in_any_order(text: str, when: str, what: str) -> None:
    async def main(h: Harness) -> None:
        assert (await h.say(text)).text == f"I'll remind you {when}: {what}."
        assert h.questions == []

    run(main)


def test_it_is_told() -> None:
    async def main(h: Harness) -> None:
        await h.say("remind me in ten minutes to check my oven")
        await h.say("remind me every day at one to eat")
        await h.wait(10 * MINUTE)
        assert h.room.rung == ["Reminder: check your oven."]
        await h.wait(HOUR)
        assert h.room.rung[1:] == ["Reminder: eat."]
        await h.wait(24 * HOUR)
        assert h.room.rung[2:] == ["Reminder: eat."]

    run(main)


@pytest.mark.parametrize(("text", "replies", "questions", "answer"), [
    ("remind me tomorrow", ["to call my sister", "at nine"], ["What shall I remind you of?", "At what time?"],
     "I'll remind you at nine tomorrow morning: call your sister."),
    ("remind me to call my sister", ["tomorrow at noon"], ["When?"],
     "I'll remind you at noon tomorrow: call your sister."),
    ("remind me to call my sister on sunday", ["in the evening"], ["At what time?"],
     "I'll remind you at seven on Sunday evening: call your sister."),
    ("remind me this morning to call my sister", ["half past one"], ["At what time?"],
     "That's over already."),
])
def test_what_is_missing_is_asked(text: str, replies: list[str], questions: list[str], answer: str) -> None:
    async def main(h: Harness) -> None:
        assert (await h.say(text, replies=replies)).text == answer
        assert h.questions == questions

    run(main)


def test_some_are_told_and_cancelled() -> None:
    async def main(h: Harness) -> None:
        await h.say("remind me to take out the bins tomorrow at eight")
        await h.say("remind me to call my dentist tomorrow at nine")
        await h.say("remind me every half hour to stretch")
        assert (await h.say("what am I supposed to be reminded of tomorrow")).text == (
            "You have 2 reminders tomorrow: take out the bins, at eight tomorrow morning; "
            "call your dentist, at nine tomorrow morning."
        )
        assert (await h.say("you don't have to remind me about the bins any more")).text == (
            "Reminder cancelled: take out the bins."
        )
        assert (await h.say("cancel my reminder for sunday")).text == "There is no such reminder."
        assert (await h.say("delete my reminder about the car")).text == "There is no such reminder."
        cancelled = await h.say("cancel the reminder", replies=["call your dentist"])
        assert cancelled.text == "Reminder cancelled: call your dentist."
        assert (await h.say("what reminders do I have")).text == "You have one reminder: stretch, every 30 minutes."
        assert (await h.say("cancel all my reminders")).text == "Reminder cancelled."

    run(main)


def test_of_others_one_hears_nothing() -> None:
    async def main(h: Harness) -> None:
        await h.say("remind me to buy a present at three")
        h.person = "Ben"
        assert (await h.say("what reminders are there")).text == "There is no reminder."
        await h.wait(3 * HOUR)
        assert h.room.rung == ["Anna, reminder: buy a present."]

    run(main, person="Anna")


def test_limits() -> None:
    async def main(h: Harness) -> None:
        assert (await h.say("remind me every ten seconds to breathe")).text == "I can remind you once a minute at most."
        assert h.timers.all() == []

    run(main)


def test_a_setting_that_is_no_time_is_named() -> None:
    async def main(h: Harness) -> None:
        with pytest.raises(AssistantError, match="'late' is no time of day"):
            await h.say("remind me tonight to sleep")

    run(main, settings={"reminders": {"night": "late"}})


async def test_anything_that_can_be_said_is_answered(h: Harness) -> None:
    for text in h.grammar.sentences(View(("order",), skills=("reminders",)), 60, seed=5):
        assert (await h.say(text)).text, text
        if len(h.timers.all()) > 50:
            await h.say("cancel all reminders")


@pytest.mark.parametrize("text", ["remind", "to call mum", "tomorrow at eight", "reminder"])
async def test_less_is_no_order(h: Harness, text: str) -> None:
    assert h.understand(text) is None
