"""A wake word and an order, all the way: a person's voice in, Mosquitto in between, the agent's voice out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from assistant.asr.moonshine.recognizer import MoonshineRecognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.events import ActionFinished, Answered, PlaybackStarted, TurnStarted, Understood, WakeHeard
from assistant.testing.voices import say
from tests.agent.stage import Room, Stage, coffee, mistakes, recordings, silence, stage, trimmed, wake, words

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])

GAP = 0.3
"""Seconds between wake word and order."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Stage]:
    async with stage() as opened:
        yield opened


@pytest.fixture(scope="module")
def dictation() -> MoonshineRecognizer:
    return MoonshineRecognizer()


def heard_again(dictation: MoonshineRecognizer, sound: Pcm) -> list[str]:
    """The words in a sound, by open recognition."""
    stream = dictation.stream(None)
    stream.feed(trimmed(sound), 0)
    return words(stream.decode().free_text)


@pytest.mark.parametrize(("word", "speaker", "order"), [("alexa", 3, 1), ("computer", 5, 3)])
async def test_a_persons_order_and_one_to_the_home(
    house: Stage, dictation: MoonshineRecognizer, data: Path, word: str, speaker: int, order: int
) -> None:
    said, slots = coffee(data, order)
    await house.set(kitchen_light="turn_off")
    async with house.room("kitchen") as room:
        answer = await room.order(0.5, wake(data, word, speaker), GAP, said)
        understood = room.all(Understood)
        assert [event.phrase for event in room.all(WakeHeard)] == [word]
        assert [(event.skill, event.slots) for event in understood] == [("coffee", slots)], room.told()
        assert all(part in answer for part in slots.values())
        assert_said(dictation, room.sound, answer)
        spoken = len(room.sound)

        await room.order(6.0, wake(data, word, speaker), GAP, say("turn on the kitchen light"))
        assert house.state("kitchen_light")["on"] is True
        assert [(event.device, event.status) for event in room.all(ActionFinished)] == [("kitchen_light", "done")]
        assert_said(dictation, room.sound[spoken:], room.all(Answered)[-1].text)


def assert_said(dictation: MoonshineRecognizer, sound: Pcm, text: str) -> None:
    """The sound holds the words of the text; a third of them may be spelled otherwise by the recogniser."""
    heard = heard_again(dictation, sound)
    assert mistakes(words(text), heard) <= len(words(text)) // 3, f"said {text!r}, heard {heard}"
