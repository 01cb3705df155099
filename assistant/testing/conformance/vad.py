"""What every voice activity detector has to do.

    class TestMine(VadConformance):
        def make(self) -> Vad:
            return MyVad()
"""

from __future__ import annotations

from functools import cache

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.testing.voices import say
from assistant.vad.base import Vad, VadResult, VadStream

SENTENCE = "turn on the light in the kitchen"
BELOW_PEAK_DB = 35.0
"""Speech is what lies within this of the loudest frame."""
ROOM_DB = -65.0


@cache
def spoken(before: float = 1.5, after: float = 1.0) -> tuple[Pcm, int, int]:
    """A sentence in a quiet room, and the samples at which its speech begins and ends."""
    pcm = say(SENTENCE)
    levels = np.mean(pcm[: len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES).astype(float) ** 2, 1)
    loud = np.flatnonzero(levels > levels.max() * 10 ** (-BELOW_PEAK_DB / 10))
    pcm = pcm[loud[0] * FRAME_SAMPLES : (loud[-1] + 1) * FRAME_SAMPLES]
    begin = round(before * SAMPLE_RATE)
    sound = np.concatenate([np.zeros(begin), pcm, np.zeros(round(after * SAMPLE_RATE))])
    noisy = sound + room(len(sound), seed=1)
    return np.clip(noisy, -32768, 32767).astype(np.int16), begin, begin + len(pcm)


def room(samples: int, seed: int = 0, level_db: float = ROOM_DB) -> Pcm:
    """White noise of a level, int16."""
    noise = np.random.default_rng(seed).normal(0, 10 ** (level_db / 20) * 32768, samples)
    return np.clip(noise, -32768, 32767).astype(np.int16)


def feed(stream: VadStream, pcm: Pcm, first: int = 0) -> list[VadResult]:
    """The results of all whole frames of a sound."""
    places = range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [stream.feed(Frame(pcm[at : at + FRAME_SAMPLES], first + at)) for at in places]


class VadConformance:
    """Tests of one backend."""

    begin_tolerance = 0.06
    """Seconds by which ``changed_at`` may miss the start of speech."""
    end_tolerance = 0.1
    within = 0.3
    """Seconds after which a change must have been told."""

    settle = 0.0
    """Seconds in which it may still learn what the room sounds like."""

    def make(self) -> Vad:
        """A detector of the backend under test."""
        raise NotImplementedError

    @property
    def _settled(self) -> int:
        return round(self.settle * SAMPLE_RATE / FRAME_SAMPLES)

    def test_silence_and_a_quiet_room_are_not_speech(self) -> None:
        for sound in (np.zeros(3 * SAMPLE_RATE, np.int16), room(3 * SAMPLE_RATE)):
            results = feed(self.make().stream(), sound)
            assert not any(result.speech for result in results[self._settled :])

    def test_speech_is_found_where_it_is(self) -> None:
        sound, begin, end = spoken()
        results = feed(self.make().stream(), sound)
        changes = [
            (index, result) for index, result in enumerate(results)
            if result.changed_at is not None and index >= self._settled
        ]
        (first, started), (last, ended) = changes[0], changes[-1]
        assert started.speech and started.changed_at is not None
        assert abs(started.changed_at - begin) <= self.begin_tolerance * SAMPLE_RATE
        assert (first + 1) * FRAME_SAMPLES - begin <= self.within * SAMPLE_RATE
        assert not ended.speech and ended.changed_at is not None
        assert abs(ended.changed_at - end) <= self.end_tolerance * SAMPLE_RATE
        assert (last + 1) * FRAME_SAMPLES - end <= self.within * SAMPLE_RATE

    def test_changes_are_told_once_and_never_run_backwards(self) -> None:
        sound, _, _ = spoken()
        results = feed(self.make().stream(), np.concatenate([sound, sound]))
        speech, latest = False, 0
        for index, result in enumerate(results):
            assert 0.0 <= result.probability <= 1.0
            assert (result.changed_at is not None) == (result.speech != speech)
            if result.changed_at is not None:
                assert latest <= result.changed_at <= (index + 1) * FRAME_SAMPLES
                latest = result.changed_at
            speech = result.speech

    def test_streams_share_nothing(self) -> None:
        sound, _, _ = spoken()
        vad = self.make()
        alone = feed(vad.stream(), sound)
        first, second = vad.stream(), vad.stream()
        loud = room(len(sound), seed=3, level_db=-20)
        together = []
        for at in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            together.append(first.feed(Frame(sound[at : at + FRAME_SAMPLES], at)))
            second.feed(Frame(loud[at : at + FRAME_SAMPLES], at))
        assert together == alone

    def test_reset_forgets(self) -> None:
        sound, begin, _ = spoken()
        stream = self.make().stream()
        fresh = feed(stream, sound)
        feed(stream, sound[: begin + SAMPLE_RATE])
        stream.reset()
        assert feed(stream, sound) == fresh
        stream.close()

    def test_samples_count_from_anywhere(self) -> None:
        sound, _, _ = spoken()
        shifted = feed(self.make().stream(), sound, first=3_200_000)
        plain = feed(self.make().stream(), sound)
        assert [result.speech for result in shifted] == [result.speech for result in plain]
        assert [result.changed_at - 3_200_000 for result in shifted if result.changed_at is not None] == [
            result.changed_at for result in plain if result.changed_at is not None
        ]

    def test_extreme_sound_breaks_nothing(self) -> None:
        square = np.tile(np.repeat(np.array([32767, -32768], np.int16), 40), 400)
        constant = np.full(SAMPLE_RATE, 32767, np.int16)
        clipped = np.clip(spoken()[0].astype(int) * 100, -32768, 32767).astype(np.int16)
        for sound in (square, constant, clipped):
            assert all(0.0 <= result.probability <= 1.0 for result in feed(self.make().stream(), sound))
