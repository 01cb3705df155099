"""The alarms skill by its sentences, and what rings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime
from pathlib import Path

import pytest

from assistant.grammar.base import View
from assistant.skills.harness import Harness, in_house

FOLDER = Path(__file__).parents[1]
TIMERS = FOLDER.parent / "timers"
FRIDAY = datetime(2026, 11, 27, 22, 0)
MINUTE, HOUR = 60, 3600


def run(main: Callable[[Harness], Coroutine[None, None, None]], now: datetime = FRIDAY, person: str = "") -> None:
    """A test on a virtual clock that begins on a Friday at ten in the evening."""
    in_house(main, FOLDER, TIMERS, now=now, person=person)


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    async with Harness(FOLDER) as harness:
        yield harness


@pytest.mark.parametrize(("text", "now", "answer"), [
    ("wake me at seven", "22:00", "Alarm set for seven tomorrow morning."),
    ("wake me at seven", "06:00", "Alarm set for seven this morning."),
    ("wake me at seven", "12:00", "Alarm set for seven this evening."),
    ("wake me at seven am", "12:00", "Alarm set for seven tomorrow morning."),
    ("set an alarm for 19:30", "12:00", "Alarm set for 7:30 this evening."),
    ("wake me at 7:05", "12:00", "Alarm set for 7:05 this evening."),
    ("wake me at 07:05", "12:00", "Alarm set for 7:05 tomorrow morning."),
    ("wake me at noon", "22:00", "Alarm set for noon tomorrow."),
    ("set an alarm for five tomorrow", "12:00", "Alarm set for five tomorrow morning."),
    ("set an alarm for tomorrow evening at eight", "12:00", "Alarm set for eight tomorrow evening."),
    ("wake me on monday at half past five", "12:00", "Alarm set for 5:30 on Monday morning."),
    ("set the alarm for 6 on the 14th of december", "12:00", "Alarm set for six in the morning on December 14th."),
    ("set a medicine alarm for 9 pm every day", "12:00", "Medicine alarm set for every day at nine in the evening."),
    ("can you wake us at 7:15 on saturday and sunday", "12:00",
     "Alarm set for Saturday and Sunday at 7:15 in the morning."),
    ("wake me every other tuesday at six", "12:00", "Alarm set for every second Tuesday at six in the morning."),
    ("wake me up in the morning at six", "12:00", "Alarm set for six tomorrow morning."),
    ("set a daily alarm for seven", "12:00", "Alarm set for every day at seven in the morning."),
    ("set an alarm in twenty minutes", "12:00", "Alarm set in 20 minutes."),
    ("set an alarm called big day for 6 am", "12:00", "Big day alarm set for six tomorrow morning."),
])
def test_setting_says_the_next_such_moment(text: str, now: str, answer: str) -> None:
    async def main(h: Harness) -> None:
        assert (await h.say(text)).text == answer

    run(main, datetime.fromisoformat(f"2026-11-27T{now}"))


def test_it_rings_until_stopped_and_is_put_off() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven")
        await h.wait(9 * HOUR)
        assert h.room.rung == ["It's seven in the morning."]
        assert (await h.say("snooze")).text == "Okay, 9 minutes more."
        await h.wait(9 * MINUTE)
        assert h.room.rung[1:] == ["It's 7:09 in the morning."]
        assert (await h.say("give me ten more minutes")).text == "Okay, 10 minutes more."
        assert (await h.say("turn off the alarm")).text == "Alarm for 7:19 this morning cancelled."
        await h.wait(HOUR)
        assert len(h.room.rung) == 2
        assert (await h.say("snooze for two days")).text == "I can put it off by a day at most."
        assert (await h.say("snooze")).text == "Nothing is ringing."

    run(main)


def test_turning_off_the_alarm_that_rings_cancels_no_other() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven on weekdays")
        await h.wait((2 * 24 + 9) * HOUR)
        assert h.room.rung == ["It's seven in the morning."]
        assert (await h.say("cancel my alarm")).text == "Okay."
        assert len(h.timers.all()) == 1

    run(main)


def test_more_minutes_are_the_timers_where_nothing_rings() -> None:
    async def main(h: Harness) -> None:
        await h.say("set a timer for ten minutes")
        assert (await h.say("give me five more minutes")).text == "15 minutes left on the timer."
        await h.wait(15 * MINUTE)
        assert h.room.rung == ["Your 15 minute timer is done."]
        assert (await h.say("five more minutes")).text == "Okay, 5 minutes more."
        await h.wait(5 * MINUTE)
        assert h.room.rung[1:] == ["Your 5 minute timer is done."]

    run(main)


def test_one_day_is_left_out() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at half past six on weekdays")
        assert (await h.say("I don't need the alarm on monday")).text == (
            "No alarm on Monday. It's on again at 6:30 on Tuesday morning."
        )
        await h.wait((2 * 24 + 10) * HOUR)
        assert h.room.rung == []
        await h.wait(24 * HOUR)
        assert len(h.room.rung) == 1
        assert (await h.say("cancel the half past six alarm")).outcome == "done"
        assert h.timers.all() == []

    run(main)


def test_which_one_is_asked() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven")
        await h.say("set a swimming alarm for 4 pm every tuesday")
        assert (await h.say("cancel my alarm", replies=["swimming"])).text == (
            "Swimming alarm for every Tuesday at four in the afternoon cancelled."
        )
        assert h.questions == [
            "Which alarm should I cancel: seven tomorrow morning or swimming every Tuesday at four in the afternoon?"
        ]
        await h.say("wake me at eight")
        assert (await h.say("cancel my alarm", replies=["the one at eight"])).text == (
            "Alarm for eight tomorrow morning cancelled."
        )
        assert (await h.say("cancel the nine o'clock alarm")).text == "There is no such alarm."

    run(main)


def test_an_alarm_is_moved_and_stays_in_its_half_of_the_day() -> None:
    async def main(h: Harness) -> None:
        await h.say("set an alarm for 4 pm every tuesday")
        assert (await h.say("change my alarm to half past five")).text == "Alarm moved to 5:30 on Tuesday afternoon."
        assert (await h.say("move it to six")).text == "Alarm moved to six on Tuesday evening."
        (alarm,) = h.timers.all()
        assert alarm.rule == "FREQ=WEEKLY;BYDAY=TU" and alarm.at == datetime(2026, 12, 1, 18, 0)

    run(main)


def test_later_and_earlier() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven")
        assert (await h.say("make my alarm half an hour later")).text == "Alarm moved to 7:30 tomorrow morning."
        assert (await h.say("bring my alarm forward by an hour")).text == "Alarm moved to 6:30 tomorrow morning."
        assert (await h.say("make the alarm ten hours earlier")).text == "That's over already."

    run(main)


def test_what_is_set_for_a_day() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven on weekdays")
        await h.say("wake me at nine tomorrow")
        for text in ("do I have an alarm for tomorrow", "what alarms are set for tomorrow"):
            assert (await h.say(text)).text == "There is one alarm: nine tomorrow morning."
        assert (await h.say("is my alarm set for sunday")).text == "There is no alarm on Sunday."
        await h.say("no alarm on tuesday")
        assert (await h.say("are there any alarms on tuesday")).text == "There is no alarm on Tuesday."

    run(main)


def test_whose_alarm_it_is() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven")
        h.person = "Ben"
        assert (await h.say("list my alarms")).text == "There is no alarm."
        assert (await h.say("are there any alarms set")).text == "There is one alarm: Anna's seven tomorrow morning."
        assert (await h.say("cancel all alarms")).outcome == "already"
        await h.wait(9 * HOUR)
        assert h.room.rung == ["Anna, it's seven in the morning."]

    run(main, person="Anna")


def test_a_longer_order_takes_the_place_of_the_shorter() -> None:
    async def main(h: Harness) -> None:
        await h.say("wake me at seven", turn="one")
        await h.say("wake me at seven on sunday", turn="one")
        (alarm,) = h.timers.all()
        assert alarm.at == datetime(2026, 11, 29, 7, 0)
        await h.say("cancel my alarm", turn="two")
        await h.say("cancel my alarm for monday", turn="two")
        assert [kept.at for kept in h.timers.all()] == [alarm.at]

    run(main)


@pytest.mark.parametrize("text", ["alarm", "seven o'clock", "wake me", "cancel", "the swimming"])
async def test_less_is_no_order(h: Harness, text: str) -> None:
    assert h.understand(text) is None or h.understand(text).skill != "alarms"  # type: ignore[union-attr]


async def test_anything_that_can_be_said_is_answered(h: Harness) -> None:
    for text in h.grammar.sentences(View(("order",), skills=("alarms",)), 100, seed=5):
        assert (await h.say(text)).text, text
        if len(h.timers.all()) > 50:
            await h.say("cancel all alarms")
