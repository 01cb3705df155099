"""Two people in two rooms, at the same moment, each in a turn of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from assistant.audio.frames import Pcm
from assistant.events import ActionFinished, TurnEnded, TurnStarted, Understood
from assistant.testing.voices import say
from tests.agent.stage import Room, Stage, silence, stage, trimmed

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Stage]:
    async with stage() as opened:
        yield opened


def called(text: str, voice: str) -> tuple[Pcm, float, Pcm]:
    return trimmed(say("computer", voice)), 0.12, trimmed(say(text, voice))


async def both(first: Room, second: Room) -> None:
    """Wait until all has been said and done in both rooms."""
    await first.rest()
    await second.rest()


def overlap(first: Room, second: Room) -> float:
    """Seconds in which both rooms were in their latest turns."""
    begin = max(room.all(TurnStarted)[-1].at for room in (first, second))
    return min(room.all(TurnEnded)[-1].at for room in (first, second)) - begin


async def test_each_has_its_own_room_and_conversation(house: Stage) -> None:
    await house.set(kitchen_light="turn_off", bedroom_light="turn_off", bedside_lamp="turn_on")
    async with house.room("kitchen") as kitchen, house.room("bedroom") as bedroom:
        kitchen.begin(silence(0.6), *called("turn on the light", "piper"))
        await bedroom.speak(silence(0.6), *called("turn off the bedside lamp", "espeak:en-us"))
        await both(kitchen, bedroom)
        assert overlap(kitchen, bedroom) > 0.5, "the turns were at the same time"
        assert house.state("kitchen_light")["on"] is True, kitchen.told()
        assert house.state("bedroom_light")["on"] is False
        assert house.state("bedside_lamp")["on"] is False, bedroom.told()

        kitchen.begin(trimmed(say("turn it off again")))
        await bedroom.speak(trimmed(say("turn it on again", "espeak:en-us")))
        await both(kitchen, bedroom)
        assert house.state("kitchen_light")["on"] is False, kitchen.told()
        assert house.state("bedside_lamp")["on"] is True, bedroom.told()
        assert len(kitchen.completed()) == len(bedroom.completed()) == 2


async def test_the_same_words_mean_each_its_own_light(house: Stage) -> None:
    await house.set(kitchen_light="turn_off", bedroom_light="turn_off", living_room_light="turn_off")
    async with house.room("kitchen") as kitchen, house.room("bedroom") as bedroom:
        for room, voice in ((kitchen, "piper"), (bedroom, "espeak:en-us")):
            room.begin(silence(0.6), *called("turn on the light", voice))
        await kitchen.wait(3.0)
        await both(kitchen, bedroom)
        for room, device in ((kitchen, "kitchen_light"), (bedroom, "bedroom_light")):
            assert [event.device for event in room.all(ActionFinished)] == [device], room.told()
            assert house.state(device)["on"] is True
            assert len(room.all(Understood)) == 1
        assert house.state("living_room_light")["on"] is False
