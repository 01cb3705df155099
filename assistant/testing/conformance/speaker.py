"""What every speaker embedding has to do.

    class TestMine(SpeakerConformance):
        def make(self) -> SpeakerEmbedder:
            return MyEmbedder()
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import SoundError
from assistant.speaker.base import Embedding, SpeakerEmbedder
from assistant.testing.voices import say

SENTENCE = "turn on the light in the kitchen and close the blinds"
OTHER = "what is on my shopping list for tomorrow morning"
VOICES = ("piper", "espeak:en-us")
"""Two speakers whom anything tells apart."""
ROOM = 12.0
"""Standard deviation of a quiet room, in steps of int16."""


@cache
def spoken(text: str, voice: str = VOICES[0]) -> Pcm:
    """A sentence in a quiet room."""
    sound = say(text, voice)
    room = np.random.default_rng(len(sound)).normal(0, ROOM, len(sound))
    return np.clip(sound + room, -32768, 32767).astype(np.int16)


def cosine(one: Embedding, other: Embedding) -> float:
    return float(np.dot(one, other))


class SpeakerConformance:
    """Tests of one backend."""

    knows_voices = True
    """Whether its model was trained: one with random weights tells nobody apart."""
    alike = 0.9
    """Cosine of a sentence with itself at another level, or with a silence in it."""

    def make(self) -> SpeakerEmbedder:
        """An embedder of the backend under test."""
        raise NotImplementedError

    def test_a_voice_is_a_direction(self) -> None:
        embedder = self.make()
        found = embedder.embed(spoken(SENTENCE))
        assert found.shape == (embedder.dimensions,) and found.dtype == np.float32
        assert np.isclose(np.linalg.norm(found), 1.0, atol=1e-3)
        assert "/" in embedder.name and embedder.shortest > 0

    def test_the_same_sound_is_the_same_voice(self) -> None:
        embedder, sound = self.make(), spoken(SENTENCE)
        found = embedder.embed(sound)
        embedder.embed(spoken(OTHER))
        assert np.allclose(embedder.embed(sound), found, atol=1e-4)
        assert np.allclose(self.make().embed(sound.copy()), found, atol=1e-4)

    def test_how_loud_it_is_does_not_matter(self) -> None:
        embedder, sound = self.make(), spoken(SENTENCE)
        softer = np.rint(sound * 0.25).astype(np.int16)
        assert cosine(embedder.embed(sound), embedder.embed(softer)) > self.alike

    def test_silence_inside_is_skipped(self) -> None:
        embedder, sound = self.make(), spoken(SENTENCE)
        pause = np.random.default_rng(3).normal(0, ROOM, 2 * SAMPLE_RATE).astype(np.int16)
        half = len(sound) // 2
        broken = np.concatenate([pause, sound[:half], pause, sound[half:], pause])
        assert cosine(embedder.embed(sound), embedder.embed(broken)) > self.alike - 0.1

    def test_any_length_from_the_shortest_on(self) -> None:
        embedder = self.make()
        for sound in (spoken(SENTENCE)[: 3 * SAMPLE_RATE // 2], np.tile(spoken(SENTENCE), 8)):
            assert np.isclose(np.linalg.norm(embedder.embed(sound)), 1.0, atol=1e-3)

    @pytest.mark.parametrize("samples", [0, 1, 160, 1600])
    def test_what_is_too_short_is_said_to_be(self, samples: int) -> None:
        with pytest.raises(SoundError) as caught:
            self.make().embed(spoken(SENTENCE)[8000 : 8000 + samples])
        assert caught.value.what and caught.value.mend

    def test_silence_is_nobody(self) -> None:
        with pytest.raises(SoundError):
            self.make().embed(np.zeros(3 * SAMPLE_RATE, np.int16))

    def test_extreme_sound_breaks_nothing(self) -> None:
        embedder = self.make()
        square = np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 800)
        constant = np.full(2 * SAMPLE_RATE, 32767, np.int16)
        clipped = np.clip(spoken(SENTENCE).astype(int) * 100, -32768, 32767).astype(np.int16)
        for sound in (square, constant, clipped):
            try:
                found = embedder.embed(sound)
            except SoundError:
                continue
            assert np.all(np.isfinite(found)) and np.isclose(np.linalg.norm(found), 1.0, atol=1e-3)

    def test_one_voice_is_nearer_to_itself_than_to_another(self) -> None:
        if not self.knows_voices:
            return
        embedder = self.make()
        said = {(text, voice): embedder.embed(spoken(text, voice)) for text in (SENTENCE, OTHER) for voice in VOICES}
        same = [cosine(said[SENTENCE, voice], said[OTHER, voice]) for voice in VOICES]
        different = [cosine(said[one, VOICES[0]], said[other, VOICES[1]]) for one in (SENTENCE, OTHER)
                     for other in (SENTENCE, OTHER)]
        assert min(same) > max(different)

    def test_it_ends(self) -> None:
        embedder = self.make()
        embedder.close()
        embedder.close()
