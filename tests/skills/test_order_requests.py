"""Orders that skills give."""

from __future__ import annotations

import pytest

from assistant.errors import AssistantError
from assistant.home.schema import Household
from assistant.paths import shipped_dir
from assistant.skills.harness import Harness
from tests.skills.conftest import Write

SKILLS = shipped_dir() / "skills"
HOUSE = Household.load(shipped_dir() / "configs" / "home.yaml")
CODE = """
class Butler(Skill):
    @intent("Evening")
    async def evening(self, ctx):
        return await ctx.order("turn on the floor lamp and set a timer for ten minutes")

    @intent("Leave")
    async def leave(self, ctx):
        return await ctx.order("unlock the front door")

    @intent("Loop")
    async def loop(self, ctx):
        return await ctx.order("serve the evening")

    @intent("Odd")
    async def odd(self, ctx):
        assert not await ctx.understands("sing me a song") and await ctx.understands("turn on the floor lamp")
        return await ctx.order("sing me a song")
"""
SENTENCES = {"Evening": "serve the evening", "Leave": "I am off", "Loop": "go round", "Odd": "sing"}


def butler(write: Write, grants: str = "[orders]") -> Harness:
    folder = write("butler", CODE, manifest=f"grants: {grants}", **SENTENCES)
    return Harness(folder, SKILLS / "home", SKILLS / "timers", home=HOUSE)


async def test_orders_are_carried_out_and_answered_as_one(write: Write) -> None:
    async with butler(write) as h:
        answer = await h.say("serve the evening")
        assert answer.text == "Turned on the floor lamp. 10 minute timer started." and answer.outcome == "done"
        assert h.home.devices["floor_lamp"].state["on"] and len(h.timers.all()) == 1
        assert answer.devices == ("floor_lamp",)


@pytest.mark.parametrize(("replies", "locked"), [(["yes"], False), (["no"], True), ([], True)])
async def test_what_is_risky_is_asked_of_whoever_speaks(write: Write, replies: list[str], locked: bool) -> None:
    async with butler(write) as h:
        await h.say("I am off", replies=replies)
        assert h.questions[0] == "Shall I unlock the front door?"
        assert h.home.devices["front_door"].state["locked"] is locked


async def test_what_was_ordered_is_taken_back_when_the_speaker_goes_on(write: Write) -> None:
    async with butler(write) as h:
        await h.say("serve the evening", turn="one")
        await h.say("turn on the hall light", turn="one")
        assert not h.home.devices["floor_lamp"].state["on"] and h.home.devices["hall_light"].state["on"]


@pytest.mark.parametrize(("said", "fault"), [("go round", "leads back to the skill butler"), ("sing", "is no order")])
async def test_an_order_that_cannot_be_given_is_named(write: Write, said: str, fault: str) -> None:
    async with butler(write) as h:
        with pytest.raises(AssistantError, match=fault):
            await h.say(said)


async def test_orders_need_a_grant(write: Write) -> None:
    async with butler(write, "[]") as h:
        with pytest.raises(AssistantError, match="'orders'"):
            await h.say("serve the evening")
