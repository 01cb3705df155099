"""Routines and orders for later, with the skills that they order."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path

import pytest

from assistant.events import TurnStarted
from assistant.home.schema import Household
from assistant.paths import shipped_dir
from assistant.skills.harness import Harness, in_house

SKILLS = Path(__file__).parents[2]
HOUSE = Household.load(shipped_dir() / "configs" / "home.yaml")
FRIDAY = datetime(2026, 11, 27, 12, 0)
ROUTINES = {
    "good night": ["turn off everything", "close the blinds"], "leaving": ["unlock the front door"],
    "good morning": ["what time is it", "sing"], "nothing": [],
}
MINUTE, HOUR, DAY = 60, 3600, 86_400


def run(main: Callable[[Harness], Coroutine[None, None, None]], **options: object) -> None:
    """A test on a virtual clock that begins on a Friday at noon."""
    folders = [SKILLS / name for name in ("routines", "home", "clock", "timers")]
    in_house(main, *folders, now=FRIDAY, home=HOUSE, settings={"routines": {"routines": ROUTINES}}, **options)


def lit(h: Harness) -> list[str]:
    return sorted(device.name for device in h.home.devices.values() if device.kind == "light" and device.state["on"])


@pytest.mark.parametrize(
    "text", ["good night", "good night everyone", "run the good night routine", "time for good night"]
)
def test_a_routine_gives_its_orders(text: str) -> None:
    async def main(h: Harness) -> None:
        await h.say("turn on the floor lamp")
        answer = await h.say(text)
        assert (answer.text, answer.outcome) == ("Done: good night.", "done")
        assert lit(h) == [] and not h.home.devices["bedroom_blinds"].state["open"]

    run(main)


def test_a_routine_says_what_there_is_to_say() -> None:
    async def main(h: Harness) -> None:
        assert (await h.say("good morning")).text == "It's noon. I don't understand “sing”."
        assert (await h.say("which routines are there")).text == "There are good night, leaving and good morning."
        assert (await h.say("leaving routine", replies=["no"])).outcome == "cancelled"
        assert h.questions == ["Shall I unlock the front door?"]

    run(main)


@pytest.mark.parametrize(("text", "answer", "wait"), [
    ("turn on the floor lamp in ten minutes", "In 10 minutes: turn on the floor lamp.", 10 * MINUTE),
    ("in half an hour, switch on the floor lamp", "In 30 minutes: switch on the floor lamp.", 30 * MINUTE),
    ("turn on the floor lamp at six", "At six this evening: turn on the floor lamp.", 6 * HOUR),
    ("at seven tomorrow turn on the floor lamp", "At seven tomorrow morning: turn on the floor lamp.", 19 * HOUR),
])
def test_an_order_is_carried_out_later(text: str, answer: str, wait: float) -> None:
    async def main(h: Harness) -> None:
        assert (await h.say(text)).text == answer
        await h.wait(wait - 2)
        assert lit(h) == []
        await h.wait(4)
        assert lit(h) == ["floor lamp"] and h.room.spoken == []
        assert [event.reason for event in h.events if isinstance(event, TurnStarted)] == ["planned"]
        assert (await h.say("what is planned")).text == "Nothing is planned."

    run(main)


def test_an_order_again_and_again_until_it_is_cancelled() -> None:
    async def main(h: Harness) -> None:
        answer = await h.say("turn on the floor lamp every day at eight in the evening")
        assert answer.text == "Every day at eight in the evening: turn on the floor lamp."
        for _ in range(2):
            await h.wait(DAY)
            assert lit(h) == ["floor lamp"]
            await h.say("turn off the floor lamp")
        planned = "Every day at eight in the evening: turn on the floor lamp."
        assert (await h.say("what's planned")).text == planned
        assert (await h.say("cancel the planned floor lamp thing")).text == "Cancelled: turn on the floor lamp."
        await h.wait(DAY)
        assert lit(h) == []

    run(main)


def test_several_orders_and_a_time() -> None:
    async def main(h: Harness) -> None:
        await h.say("turn on the hall light and turn on the floor lamp in five minutes")
        assert lit(h) == ["hall light"], "a time at the end is that of the last"
        await h.say("in five minutes turn on the bedside lamp and turn off the hall light")
        await h.wait(5 * MINUTE + 2)
        assert lit(h) == ["bedside lamp", "floor lamp"], "a time at the beginning is that of all"

    run(main)


def test_what_is_risky_is_not_done_unasked() -> None:
    async def main(h: Harness) -> None:
        await h.say("unlock the front door in ten minutes")
        await h.wait(10 * MINUTE + 2)
        assert h.home.devices["front_door"].state["locked"] and h.questions == []
        assert h.room.spoken, "and that is told"

    run(main)


def test_what_cannot_be_is_said() -> None:
    async def main(h: Harness) -> None:
        assert (await h.say("cancel the planned blinds thing")).text == "Nothing is planned."
        await h.say("turn on the floor lamp in ten minutes")
        assert (await h.say("cancel the planned heating thing")).text == "There is no such plan."
        assert "once a minute" in (await h.say("turn on the floor lamp every ten seconds")).text
        assert (await h.say("cancel everything that's planned")).text == "Cancelled."

    run(main)
