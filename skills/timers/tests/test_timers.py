"""The timers skill by its sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.grammar.base import View
from assistant.skills.harness import Harness, NotUnderstoodError

FOLDER = Path(__file__).parents[1]


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    async with Harness(FOLDER) as harness:
        yield harness


@pytest.mark.parametrize(("text", "seconds", "name", "answer"), [
    ("set a timer for five minutes", 300, "", "5 minute timer started."),
    ("can you set a 25-minute timer please", 1500, "", "25 minute timer started."),
    ("a ten minute pasta timer", 600, "pasta", "10 minute pasta timer started."),
    ("set a pasta timer for ten minutes", 600, "pasta", "10 minute pasta timer started."),
    ("start a timer for an hour and a half", 5400, "", "1 hour 30 minute timer started."),
    ("timer for 90 seconds", 90, "", "1 minute 30 second timer started."),
    ("set a timer named eggs for six minutes", 360, "eggs", "6 minute eggs timer started."),
])
async def test_setting(h: Harness, text: str, seconds: float, name: str, answer: str) -> None:
    assert (await h.say(text)).text == answer
    (timer,) = h.timers.all()
    assert (timer.seconds, timer.name, timer.source) == (seconds, name, "test")


async def test_several(h: Harness) -> None:
    assert (await h.say("how much time is left")).text == "There is no timer."
    await h.say("set a timer for five minutes")
    assert (await h.say("how much time is left")).text == "5 minutes left."
    await h.say("a twelve minute pasta timer")
    assert (await h.say("what timers are running")).text == (
        "5 minutes on the 5 minute timer and 12 minutes on the pasta timer."
    )
    assert (await h.say("how long is left on the pasta timer")).text == "12 minutes left."
    assert (await h.say("add three minutes to the pasta timer")).text == "15 minutes left now."
    assert (await h.say("take one minute off the five minute timer")).text == "4 minutes left now."
    assert (await h.say("five more minutes on the pasta timer")).text == "20 minutes left now."
    assert (await h.say("cancel the egg timer")).text == "There is no egg timer."
    assert (await h.say("cancel the pasta timer")).text == "Pasta timer cancelled."
    assert [timer.seconds for timer in h.timers.all()] == [240]


async def test_which_one_is_asked(h: Harness) -> None:
    await h.timers.set(300, "pasta", "test")
    await h.timers.set(600, "", "test")
    assert (await h.say("cancel the timer", replies=["the ten minute one"])).text == "10 minute timer cancelled."
    assert h.questions == ["Which timer should I cancel: pasta or 10 minute?"]
    await h.timers.set(600, "", "test")
    assert (await h.say("cancel the timer", replies=["never mind"])).outcome == "cancelled"
    assert (await h.say("cancel all timers")).text == "2 timers cancelled."


async def test_the_timer_set_last_is_not_cancelled_unasked_among_several(h: Harness) -> None:
    for order in ("set a pasta timer for ten minutes", "set a timer for five minutes", "set a timer for three minutes"):
        await h.say(order)
    assert (await h.say("cancel the timer")).outcome == "cancelled"
    assert h.questions == ["Which timer should I cancel: 3 minute, 5 minute or pasta?"]
    assert len(h.timers.all()) == 3
    assert (await h.say("cancel the timer", replies=["pasta"])).text == "Pasta timer cancelled."
    await h.say("set a timer for four minutes")
    assert (await h.say("add one minute")).text == "5 minutes left now.", "the one just set"


@pytest.mark.parametrize("text", [
    "set a timer for 0 minutes", "set a zero second timer", "timer for 0 seconds", "remind me in zero minutes",
    "set a timer for 1000 hours", "set a timer for 45 days", "set a timer for ninety days", "a 1500 hour timer",
])
async def test_a_timer_has_limits(h: Harness, text: str) -> None:
    answer = await h.say(text)
    assert (answer.text, answer.outcome) == ("I can set timers from 1 second to 30 days.", "refused")
    assert not h.timers.all()


async def test_no_timer_is_made_longer_than_the_limits(h: Harness) -> None:
    await h.say("set a timer for 20 days")
    assert (await h.say("add 20 days")).text == "I can set timers from 1 second to 30 days."
    assert [timer.seconds for timer in h.timers.all()] == [20 * 86_400]


async def test_within_the_limits_any_unit_will_do(h: Harness) -> None:
    assert (await h.say("set a timer for 240 hours")).text == "10 day timer started."
    assert (await h.say("set a timer for 720 minutes")).text == "12 hour timer started."


async def test_a_longer_order_replaces_the_timer(h: Harness) -> None:
    await h.say("set a timer for five minutes", turn="one")
    await h.say("set a timer for five minutes please", turn="one")
    assert len(h.timers.all()) == 1
    await h.say("set a timer for five minutes named pasta", turn="one")
    assert [timer.name for timer in h.timers.all()] == ["pasta"]


async def test_a_length_that_is_missing_is_asked_for(h: Harness) -> None:
    assert (await h.say("set a pasta timer", replies=["ten minutes"])).text == "10 minute pasta timer started."
    assert h.questions == ["For how long?"]
    assert (await h.say("set a timer", replies=["never mind"])).outcome == "cancelled"


@pytest.mark.parametrize("text", ["five minutes", "cancel", "the pasta"])
async def test_less_is_no_order(h: Harness, text: str) -> None:
    match = h.understand(text)
    assert match is None or match.skill != "timers"


async def test_anything_that_can_be_said_is_answered(h: Harness) -> None:
    for sentence in h.grammar.sentences(View(("order",), skills=("timers",)), 100, seed=5):
        assert (await h.say(sentence)).text, sentence
        if len(h.timers.all()) > 50:
            await h.say("cancel all timers")


async def test_junk_is_not_understood(h: Harness) -> None:
    with pytest.raises(NotUnderstoodError):
        await h.say("set a timer for the unicorn")
