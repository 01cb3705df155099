"""What every wake word detector has to do: those that hear frames, and those that judge a piece of sound.

    class TestMine(WakeConformance):
        phrase = "alexa"
        def make(self) -> WakeWord:
            return MyWakeWord("alexa")
        def wrong(self, folder: Path) -> list[Callable[[], WakeWord]]:
            return [lambda: MyWakeWord("a phrase that it cannot hear"), lambda: MyWakeWord(model=folder / "none")]

    class TestMyScorer(PhraseConformance):
        def make(self) -> PhraseScorer:
            return MyScorer()
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.bench.sounds import speech_end, speech_start
from assistant.errors import AssistantError, AudioError
from assistant.testing.conformance.vad import room
from assistant.testing.voices import say
from assistant.wake.base import PhraseScorer, WakeHit, WakeStream, WakeWord

OTHER = ("what a lovely morning this is", "the bread is in the oven", "we went to the sea last summer")


@cache
def spoken(text: str, voice: str = "piper", before: float = 0.25, after: float = 0.4) -> tuple[Pcm, int, int]:
    """A text in a quiet room, and the samples at which its speech begins and ends."""
    pcm = say(text, voice)
    pcm = pcm[speech_start(pcm) : speech_end(pcm)]
    begin = round(before * SAMPLE_RATE)
    sound = np.concatenate([np.zeros(begin), pcm, np.zeros(round(after * SAMPLE_RATE))]) + room(
        begin + len(pcm) + round(after * SAMPLE_RATE)
    )
    return np.clip(sound, -32768, 32767).astype(np.int16), begin, begin + len(pcm)


def feed(stream: WakeStream, pcm: Pcm, first: int = 0) -> list[WakeHit]:
    """The hits of all whole frames of a sound."""
    hits: list[WakeHit] = []
    for at in range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        hits += stream.feed(Frame(pcm[at : at + FRAME_SAMPLES], first + at))
    return hits


class WakeConformance:
    """Tests of one frame-wise backend."""

    phrase = "alexa"
    voice = "piper"

    def make(self) -> WakeWord:
        """A detector of ``phrase``."""
        raise NotImplementedError

    def wrong(self, folder: Path) -> list[Callable[[], WakeWord]]:
        """Detectors that cannot be, of a phrase or a file that the backend does not take; at least one.

        Args:
            folder: an empty one, for files of the test's own.
        """
        raise NotImplementedError

    def said(self) -> Pcm:
        """The phrase after a second of quiet."""
        return spoken(self.phrase, self.voice, before=1.0, after=1.0)[0]

    def test_the_phrase_is_heard_once_and_where_it_is(self) -> None:
        pcm, begin, end = spoken(self.phrase, self.voice, before=1.0, after=1.0)
        (hit,) = feed(self.make().stream(), pcm, first=32_000)
        assert hit.phrase == self.phrase and 32_000 <= hit.start < hit.end
        assert abs(hit.end - 32_000 - end) < 0.5 * SAMPLE_RATE
        assert abs(hit.start - 32_000 - begin) < 0.8 * SAMPLE_RATE

    def test_hits_lie_in_the_stream(self) -> None:
        pcm = spoken(self.phrase, self.voice, before=0.0, after=2.5)[0]
        pcm, first, stream, hits = np.concatenate([pcm, pcm]), 32_000, self.make().stream(), 0
        for at in range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            frame = Frame(pcm[at : at + FRAME_SAMPLES], first + at)
            for hit in stream.feed(frame):
                assert first <= hit.start < hit.end <= frame.end
                hits += 1
        assert hits

    def test_what_it_cannot_hear_is_refused_and_how_to_mend_it_is_said(self, tmp_path: Path) -> None:
        builders = self.wrong(tmp_path)
        assert builders
        for build in builders:
            with pytest.raises(AssistantError) as caught:
                build()
            assert caught.value.where and caught.value.mend, caught.value

    def test_other_speech_and_quiet_are_not(self) -> None:
        stream = self.make().stream()
        assert not feed(stream, room(3 * SAMPLE_RATE))
        for text in OTHER:
            assert not feed(stream, spoken(text, before=1.0)[0])

    def test_streams_share_nothing(self) -> None:
        detector = self.make()
        one, other = detector.stream(), detector.stream()
        heard, quiet = self.said(), room(len(self.said()))
        hits: list[WakeHit] = []
        for at in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            hits += one.feed(Frame(heard[at : at + FRAME_SAMPLES], at))
            assert not other.feed(Frame(quiet[at : at + FRAME_SAMPLES], at))
        assert len(hits) == 1
        one.close()
        assert len(feed(other, heard, first=len(quiet))) == 1

    def test_a_stream_begins_anew_after_reset(self) -> None:
        stream, pcm = self.make().stream(), self.said()
        middle = len(pcm) // 2 // FRAME_SAMPLES * FRAME_SAMPLES
        feed(stream, pcm[:middle])
        stream.reset()
        assert len(feed(stream, pcm)) == 1

    def test_close_may_come_twice_and_ends_it(self) -> None:
        stream = self.make().stream()
        stream.close()
        stream.close()
        assert not feed(stream, self.said())


class PhraseConformance:
    """Tests of one backend that judges a piece of sound."""

    phrases: ClassVar[list[str]] = ["hey nova", "computer", "stop"]

    def make(self) -> PhraseScorer:
        """A scorer of the backend under test."""
        raise NotImplementedError

    def score(
        self, pcm: Pcm, phrases: list[str] | None = None, sample: int = 0, before: int = 0
    ) -> list[WakeHit]:
        """The hits in a sound."""
        wanted = self.phrases if phrases is None else phrases
        return self.make().score(pcm.astype("<i2").tobytes(), sample, wanted, before=before)

    def test_each_phrase_is_heard_and_no_other(self) -> None:
        for phrase in self.phrases:
            assert [hit.phrase for hit in self.score(spoken(phrase)[0])] == [phrase]

    def test_a_hit_says_where_the_phrase_is(self) -> None:
        pcm, begin, end = spoken("hey nova", after=0.6)
        (hit,) = self.score(pcm, sample=64_000)
        assert abs(hit.start - 64_000 - begin) < 0.1 * SAMPLE_RATE
        assert abs(hit.end - 64_000 - end) < 0.15 * SAMPLE_RATE

    def test_the_phrase_may_be_followed_by_an_order(self) -> None:
        name, _, end = spoken("computer", after=0.0)
        order = say("turn on the kitchen light")
        pcm = np.concatenate([name, order[speech_start(order) :]])[: 2 * SAMPLE_RATE]
        (hit,) = self.score(pcm)
        assert hit.phrase == "computer" and abs(hit.end - end) < 0.2 * SAMPLE_RATE

    def test_a_phrase_inside_or_at_the_end_does_not_count(self) -> None:
        assert not self.score(spoken("I bought a new computer")[0], ["computer"])

    def test_what_was_heard_before_hides_no_phrase_and_is_not_searched(self) -> None:
        talk, begin, _ = spoken("the bread is in the oven", after=0.0)
        phrase, start, _ = spoken("hey nova")
        before = len(talk) - begin
        (hit,) = self.score(np.concatenate([talk[begin:], phrase]), sample=64_000, before=before)
        assert hit.phrase == "hey nova" and abs(hit.start - 64_000 - before - start) < 0.1 * SAMPLE_RATE
        assert not self.score(np.concatenate([phrase, talk[begin:]]), ["hey nova"], before=len(phrase))

    def test_other_speech_quiet_and_noise_are_not(self) -> None:
        for text in OTHER:
            assert not self.score(spoken(text)[0])
        for pcm in (np.zeros(SAMPLE_RATE, np.int16), room(SAMPLE_RATE), room(SAMPLE_RATE, level_db=-30.0)):
            assert not self.score(pcm)

    def test_a_piece_of_a_phrase_in_a_short_window_is_not_garbage(self) -> None:
        pcm, begin, end = spoken("computer")
        for length in (0, 1, 160, 1_600, 4_000):
            assert all(hit.end <= length for hit in self.score(pcm[:length]))
        assert not self.score(pcm[: begin + (end - begin) // 4])

    def test_nothing_to_listen_for_is_no_hit(self) -> None:
        assert not self.score(spoken("computer")[0], [])

    def test_half_a_sample_is_named(self) -> None:
        with pytest.raises(AudioError, match="int16"):
            self.make().score(b"\0" * 321, 0, self.phrases)
