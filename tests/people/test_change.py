"""A second voice within an utterance, with the embedder that ships and people who were recorded."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from assistant.audio.frames import Pcm
from assistant.people.change import two_voices
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import calibration_of
from assistant.speaker.trained import TrainedEmbedder

from .readers import clip, texts
from .recorded import needs_data

pytestmark = needs_data

READERS = ("0036", "0054", "0482", "0594", "1012", "2022")


async def changes(pcm: Pcm) -> bool:
    embedder = TrainedEmbedder()

    async def embed(sound: Pcm) -> Embedding:
        return embedder.embed(sound)

    return bool(await two_voices(pcm, embed, calibration_of(embedder.name)))


def read(reader: str, number: int) -> Pcm:
    return clip(reader, list(texts(reader))[number])


@pytest.mark.parametrize("reader", READERS)
async def test_one_voice_is_one(reader: str) -> None:
    assert not await changes(np.concatenate([read(reader, 1), read(reader, 2)]))


@pytest.mark.parametrize(("first", "second"), list(pairwise(READERS)))
async def test_two_are_two(first: str, second: str) -> None:
    assert await changes(np.concatenate([read(first, 1), read(second, 2)]))


@pytest.mark.parametrize("sound", [
    np.zeros(48_000, np.int16), np.zeros(0, np.int16), np.ones(3_000, np.int16),
    np.random.default_rng(1).integers(-3000, 3000, 48_000).astype(np.int16),
])
async def test_what_is_no_speech_has_no_second_voice(sound: Pcm) -> None:
    assert not await changes(sound)
