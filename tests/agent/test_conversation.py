"""A conversation as people lead it: going on, following up, talking over, stopping, being asked, being rung."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.events import (
    Answered,
    PlaybackFinished,
    PlaybackStarted,
    QuestionAsked,
    SpeechEnded,
    TurnEnded,
    TurnReopened,
    TurnStarted,
    VolumeChanged,
)
from assistant.testing.voices import say
from tests.agent.stage import Room, Stage, stage, trimmed

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])

LAMPS = ("living_room_light", "floor_lamp", "kitchen_light", "bedroom_light")
BREATH = 0.12
"""Seconds between the wake word and an order in the same breath."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Stage]:
    async with stage() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def room(house: Stage) -> AsyncIterator[Room]:
    """A source in the living room, all lamps off and the door locked."""
    await house.set(**dict.fromkeys(LAMPS, "turn_off"), front_door="lock")
    async with house.room() as opened:
        await opened.wait(0.6)
        yield opened


def spoken(text: str) -> Pcm:
    return trimmed(say(text), 0.04)


WAKE = "computer"


def called(text: str) -> tuple[Pcm, float, Pcm]:
    """The wake word and an order, in one breath."""
    return spoken(WAKE), BREATH, spoken(text)


def cough() -> Pcm:
    """A burst of noise of a quarter of a second, as loud as speech."""
    size = SAMPLE_RATE // 4
    burst = np.random.default_rng(4).standard_normal(size) * np.exp(-np.arange(size) / (size / 4)) * 9000
    return np.clip(burst, -30000, 30000).astype(np.int16)


# --- beginning


async def test_an_order_in_the_same_breath(house: Stage, room: Room) -> None:
    await room.order(*called("turn on the kitchen light"))
    assert house.state("kitchen_light")["on"] is True
    assert room.completed() == [room.all(Answered)[-1].text]
    assert not room.all(PlaybackStarted, what="chime"), "nobody had to be told to go on"


@pytest.mark.parametrize("echo", [0.0, 0.3], ids=["headphones", "loudspeaker"])
async def test_a_pause_is_chimed_and_the_chime_masks_nothing(house: Stage, room: Room, echo: float) -> None:
    async with house.room(echo=echo, noise=10.0) as room:
        await room.speak(0.6, spoken(WAKE))
        await room.until(PlaybackStarted, what="chime")
        await room.order(spoken("turn on the kitchen light"))
        assert house.state("kitchen_light")["on"] is True, room.told()
        assert len(room.completed()) == 1


async def test_silence_after_the_wake_word_gets_its_reason(room: Room) -> None:
    answer = await room.order(spoken(WAKE))
    assert answer == "I didn't hear an order."
    assert room.completed() == [answer]


async def test_what_is_not_understood_is_repeated_and_the_second_time_helped(room: Room) -> None:
    first = await room.order(*called("please paint my old bicycle"))
    assert first.startswith("I heard") and "bicycle" in first, first
    assert "You can say" not in first
    await room.wait(5.5)
    second = await room.order(*called("please write a letter to my mother"))
    assert "You can say" in second, room.told()
    assert room.completed() == [first, second]


# --- going on


async def test_what_follows_needs_no_wake_word(house: Stage, room: Room) -> None:
    await room.order(*called("turn on the light"))
    assert house.state("living_room_light")["on"] is True, room.told()
    await room.order(spoken("turn it off again"))
    assert house.state("living_room_light")["on"] is False, room.told()
    await house.set(bedroom_light="turn_on")
    await room.order(spoken("and the bedroom"))
    assert house.state("bedroom_light")["on"] is False, room.told()
    assert room.reasons == ["wake", "follow_up", "follow_up"]
    assert len(room.completed()) == 3


async def test_other_talk_and_late_orders_do_nothing(house: Stage, room: Room) -> None:
    await room.order(*called("turn on the kitchen light"))
    after = len(room.events)
    await room.order(spoken("she turned off the kitchen light"))
    await room.wait(4.0)
    await room.order(spoken("turn off the kitchen light"))
    assert house.state("kitchen_light")["on"] is True
    assert not [event for event in room.events[after:] if isinstance(event, TurnStarted | PlaybackStarted)], room.told()


@pytest.mark.parametrize("pause", [0.6, 0.9])
async def test_an_order_that_goes_on_is_one_order(house: Stage, room: Room, pause: float) -> None:
    await room.order(*called("turn on the light"), pause, spoken("in the bedroom"))
    assert house.state("bedroom_light")["on"] is True, room.told()
    assert house.state("living_room_light")["on"] is False, "the shorter order was taken back"
    assert room.all(TurnReopened)
    assert room.completed() == [room.all(Answered)[-1].text], room.told()
    assert len(room.all(TurnEnded)) == 1


# --- talking over

LONG = "what can I say"


async def long_answer(room: Room) -> None:
    """Half a second into an answer of several seconds."""
    await room.speak(*called(LONG))
    await room.speaking(0.5)


async def test_another_order_replaces_the_answer(house: Stage, room: Room) -> None:
    await long_answer(room)
    await room.order(spoken("turn on the kitchen light"))
    assert house.state("kitchen_light")["on"] is True, room.told()
    assert room.reasons == ["wake", "barge_in"]
    assert room.outcomes == ["cancelled", "done"]
    assert room.completed() == [room.all(Answered)[-1].text]


async def test_stop_silences(room: Room) -> None:
    await long_answer(room)
    await room.order(spoken("stop"))
    assert room.outcomes == ["cancelled"]
    assert room.completed() == []
    said = room.all(SpeechEnded)[-1].sample
    assert np.flatnonzero(room.sound)[-1] < said + 0.3 * SAMPLE_RATE, "silent within 300 ms of the word's end"


@pytest.mark.parametrize("sound", ["cough", "mhm"])
async def test_a_cough_or_a_nod_lets_it_go_on(room: Room, sound: str) -> None:
    await long_answer(room)
    await room.order(cough() if sound == "cough" else trimmed(say("mm-hmm", "espeak:en-us"), 0.02))
    assert room.reasons == ["wake"]
    assert room.completed() == [room.all(Answered)[0].text], room.told()


async def test_an_answer_from_a_loudspeaker_is_talked_over_and_does_not_interrupt_itself(house: Stage) -> None:
    async with house.room(echo=0.1, noise=10.0) as room:
        await room.wait(0.6)
        answer = await room.order(*called("is the front door locked"))
        assert room.completed() == [answer]
        await room.wait(4.0)
        await long_answer(room)
        await room.order(spoken("turn on the kitchen light"))
        assert house.state("kitchen_light")["on"] is True, room.told()
        assert room.reasons == ["wake", "wake", "barge_in"], room.told()


async def test_never_mind(room: Room) -> None:
    await room.speak(spoken(WAKE), 0.6, spoken("never mind"))
    await room.rest()
    assert room.outcomes == ["cancelled"], room.told()
    assert room.completed() in ([], ["Okay."])


# --- questions


@pytest.mark.parametrize(("reply", "locked"), [("yes", False), ("no", True), ("never mind", True)])
async def test_what_is_risky_needs_a_yes(house: Stage, room: Room, reply: str, locked: bool) -> None:
    await room.speak(*called("unlock the front door"))
    question = await room.until(QuestionAsked)
    assert "front door" in question.text and question.expects == "yes_no"
    await room.until(PlaybackFinished, what="question")
    assert house.state("front_door")["locked"] is True
    await room.wait(0.3)
    await room.order(spoken(reply))
    assert house.state("front_door")["locked"] is locked, room.told()
    assert len(room.completed()) == 1


async def test_a_typed_yes_to_a_spoken_order(house: Stage, room: Room) -> None:
    await room.speak(*called("unlock the front door"))
    await room.until(PlaybackFinished, what="question")
    await room.session.text("yes")
    await room.rest()
    assert house.state("front_door")["locked"] is False, room.told()


async def test_typed_orders_and_answers(house: Stage, room: Room) -> None:
    async with house.room(silent=True) as desk:
        assert "kitchen light" in await desk.typed("turn on the kitchen light")
        assert house.state("kitchen_light")["on"] is True
        question = await desk.typed("unlock the front door")
        assert "front door" in question and house.state("front_door")["locked"] is True
        await desk.typed("yes")
        await desk.rest()
        assert house.state("front_door")["locked"] is False, desk.told()
        assert not desk.sound.any()


# --- timers


async def test_a_timer_rings_where_it_was_set_until_stop(house: Stage, room: Room) -> None:
    async with house.room("kitchen") as kitchen:
        await kitchen.wait(0.6)
        await kitchen.order(*called("set a timer for twenty seconds"))
        assert kitchen.outcomes == ["done"], kitchen.told()
        await kitchen.until(PlaybackStarted, what="ring")
        assert "Your 20 second timer is done." in kitchen.completed()
        await kitchen.until(PlaybackStarted, what="ring")
        await kitchen.until(PlaybackStarted, what="ring")
        levels = [np.abs(kitchen.heard(ring)).max() for ring in kitchen.all(PlaybackFinished, what="ring")]
        assert levels == sorted(levels) and levels[-1] > levels[0], "it grows"
        await kitchen.order(spoken("stop"))
        rung = len(kitchen.all(PlaybackStarted, what="ring"))
        await kitchen.wait(4.0)
        assert len(kitchen.all(PlaybackStarted, what="ring")) == rung, kitchen.told()
        assert not room.all(PlaybackStarted), "nothing rings elsewhere"


async def test_a_timer_that_nobody_could_hear_is_told_later(house: Stage) -> None:
    async with house.room("kitchen", "the kitchen's") as kitchen:
        await kitchen.typed("set a timer for one minute")
    await house.skip(180.0)
    async with house.room("kitchen", "the kitchen's") as kitchen:
        await kitchen.rest()
        assert kitchen.completed() == ["Your 1 minute timer was due 2 minutes ago."], kitchen.told()
    async with house.room("kitchen", "the kitchen's") as kitchen:
        await kitchen.rest()
        assert kitchen.completed() == [], "and told once"


# --- about the conversation


async def test_say_that_again(room: Room) -> None:
    answer = await room.order(*called("is the front door locked"))
    again = await room.order(spoken("say that again"))
    assert again == answer
    assert room.completed() == [answer, answer]


async def test_volume(room: Room) -> None:
    await room.order(*called("volume five"))
    assert room.session.volume == 50, room.told()
    await room.order(spoken("louder"))
    assert room.session.volume == 60, room.told()
    assert [event.percent for event in room.all(VolumeChanged)][-2:] == [50, 60]
