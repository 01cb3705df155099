"""A wake word and an order, all the way: a person's voice in, Mosquitto in between, the agent's voice out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from assistant.asr.moonshine.recognizer import MoonshineRecognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.events import ActionFinished, Answered, PlaybackStarted, TurnStarted, Understood, WakeHeard
from assistant.testing.voices import say
from tests.agent.stage import Room, Stage, coffee, heard_as, recordings, silence, stage, trimmed, wake

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])

GAP = 0.3
"""Seconds between wake word and order."""
SPEECH_SECONDS = 60
"""Of people reading, an equal share of each."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Stage]:
    async with stage() as opened:
        yield opened


@pytest.fixture(scope="module")
def dictation() -> MoonshineRecognizer:
    return MoonshineRecognizer()


def assert_said(dictation: MoonshineRecognizer, sound: Pcm, text: str) -> None:
    """The sound holds the words of the text."""
    stream = dictation.stream(None)
    stream.feed(trimmed(sound), 0)
    heard = stream.decode().free_text
    assert heard_as(text, heard), f"said {text!r}, heard {heard!r}"


@pytest.mark.parametrize(("word", "speaker", "order"), [("alexa", 4, 12), ("computer", 11, 11)])
async def test_a_persons_order_and_one_to_the_home(
    house: Stage, dictation: MoonshineRecognizer, data: Path, word: str, speaker: int, order: int
) -> None:
    said, slots = coffee(data, order)
    await house.set(kitchen_light="turn_off")
    async with house.room("kitchen") as room:
        answer = await room.order(0.6, wake(data, word, speaker), GAP, said)
        assert [event.phrase for event in room.all(WakeHeard)] == [word]
        assert [(event.skill, event.slots) for event in room.all(Understood)] == [("coffee", slots)], room.told()
        assert all(part in answer for part in slots.values())
        assert_said(dictation, room.sound, answer)

        before = len(room.sound)
        answer = await room.order(5.5, wake(data, word, speaker), GAP, trimmed(say("turn on the kitchen light")))
        assert room.reasons == ["wake", "wake"], room.told()
        assert [(event.device, event.status) for event in room.all(ActionFinished)] == [("kitchen_light", "done")]
        assert house.state("kitchen_light")["on"] is True
        assert "kitchen light" in answer
        assert_said(dictation, room.sound[before:], answer)


def assert_nothing_came_of_it(room: Room) -> None:
    assert not room.all(TurnStarted) and not room.all(Answered) and not room.all(PlaybackStarted), room.told()
    assert not room.sound.any()


async def test_silence_causes_nothing(house: Stage) -> None:
    async with house.room() as room:
        await room.speak(20.0)
        assert_nothing_came_of_it(room)


async def test_another_wake_word_causes_nothing(house: Stage, data: Path) -> None:
    said = trimmed(say("turn on the kitchen light"))
    await house.set(kitchen_light="turn_off")
    async with house.room() as room:
        for speaker in range(0, 60, 12):
            await room.order(0.6, wake(data, "jarvis", speaker), GAP, said)
        assert_nothing_came_of_it(room)
        assert house.state("kitchen_light")["on"] is False


def unrelated(data: Path) -> Pcm:
    """People of the measuring half (even numbers), reading."""
    people = {int(path.name.split("-")[0]): path for path in recordings(data / "speech" / "librispeech_clips")}
    chosen = [people[number] for number in sorted(people) if number % 2 == 0][:: len(people) // 16]
    share = round(SPEECH_SECONDS / len(chosen) * SAMPLE_RATE)
    return np.concatenate([np.concatenate([read_sound(path)[:share], silence(0.7)]) for path in chosen])


async def test_unrelated_speech_causes_nothing(house: Stage, data: Path) -> None:
    said = unrelated(data)
    assert len(said) > SPEECH_SECONDS * SAMPLE_RATE
    async with house.room() as room:
        await room.order(said)
        assert_nothing_came_of_it(room)
