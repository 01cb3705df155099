"""How well wake phrases are heard, score by score: for those who try a phrase, or measure one.

The sound goes the way that it goes in the assistant (front end, detector of speech, windows, scorer), in one process.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.audio.frontend import FrontEnd, FrontEndConfig
from assistant.audio.lane import Lane, LaneSignal, SpeechOffset, SpeechOnset
from assistant.audio.ring import RingBuffer
from assistant.vad.base import Vad
from assistant.wake.base import PhraseScorer, WakeWord
from assistant.wake.calls import NEAR
from assistant.wake.trained.detector import REFRACTORY, WARM, TrainedWakeWord
from assistant.wake.windows import WakeWindowConfig, WakeWindows

RING_SECONDS = 10.0


class Meter(Protocol):
    """Takes 20 ms at a time, and tells the scores that are known with them."""

    def feed(self, pcm: Pcm) -> Iterator[Score]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Score:
    """How well the sound up to ``at`` holds a phrase."""

    phrase: str
    score: float
    threshold: float
    at: int
    """Sample at which it is known."""
    start: int
    end: int
    """Samples between which the phrase may lie."""

    @property
    def heard(self) -> bool:
        """Whether it counts as heard."""
        return self.score >= self.threshold


class TypedMeter:
    """Scores of typed phrases, as the windows of running speech are scored.

    Args:
        below: scores further below their threshold are not told.
    """

    def __init__(
        self, scorer: PhraseScorer, vad: Vad, phrases: Sequence[str], below: float = NEAR,
        windows: WakeWindowConfig | None = None,
    ) -> None:
        self._scorer = scorer
        self._phrases = list(phrases)
        self._below = below
        self._ring = RingBuffer(RING_SECONDS)
        self._windows = WakeWindows(windows or WakeWindowConfig())
        self._signals: list[LaneSignal] = []
        front_end = FrontEnd(FrontEndConfig(echo=False))
        self._lane = Lane(front_end, vad.stream(), (), self._ring, None, self._signals.append)
        self._heard_until = -1

    def feed(self, pcm: Pcm) -> Iterator[Score]:
        """Scores that are known with the next 20 ms, int16[320]; a phrase is told as heard once."""
        frame = self._lane.process(pcm)
        due = []
        for signal in self._signals:
            if isinstance(signal, SpeechOnset):
                self._windows.onset(signal.sample)
            elif isinstance(signal, SpeechOffset):
                due.append(self._windows.offset(signal.sample, frame.end))
        self._signals.clear()
        known = self._heard_until
        for window in (*due, *self._windows.due(frame.end)):
            if window is not None and self._heard_until == known:
                yield from self._score(*window, frame.end)

    def close(self) -> None:
        """Give back what the detector of speech holds."""
        self._lane.close()

    def _score(self, start: int, end: int, now: int) -> Iterator[Score]:
        before = self._windows.before(start)
        pcm = self._ring.read(start - before, end).astype("<i2").tobytes()
        for hit in self._scorer.score(pcm, start - before, self._phrases, self._below, before):
            if hit.start >= self._heard_until:
                yield Score(hit.phrase, hit.score, hit.threshold, now, hit.start, hit.end)
                if hit.heard:
                    self._heard_until = hit.end
                    self._windows.close()


class TrainedMeter:
    """Scores of a trained network, one with every answer of it."""

    def __init__(self, word: TrainedWakeWord, phrase: str) -> None:
        self._stream = word.stream()
        self._threshold = word.threshold
        self._phrase = phrase
        self._sample = 0
        self._quiet_until = WARM

    def feed(self, pcm: Pcm) -> Iterator[Score]:
        """Scores that are known with the next 20 ms, int16[320]."""
        frame = Frame(pcm, self._sample)
        self._sample = frame.end
        score = self._stream.answer(frame)
        if score == -math.inf or (score >= self._threshold and frame.sample < self._quiet_until):
            return
        if score >= self._threshold:
            self._quiet_until = frame.end + REFRACTORY
        yield Score(self._phrase, score, self._threshold, frame.end, frame.sample, frame.end)

    def close(self) -> None:
        """Give the model back."""
        self._stream.close()


class HitMeter:
    """The hits of a detector that tells nothing else."""

    def __init__(self, word: WakeWord) -> None:
        self._stream = word.stream()
        self._sample = 0

    def feed(self, pcm: Pcm) -> Iterator[Score]:
        """Hits that are known with the next 20 ms, int16[320]."""
        frame = Frame(pcm, self._sample)
        self._sample = frame.end
        for hit in self._stream.feed(frame):
            yield Score(hit.phrase, hit.score, hit.threshold, frame.end, hit.start, hit.end)

    def close(self) -> None:
        """Give the model back."""
        self._stream.close()


class Peaks:
    """Of the scores of one phrase that lie close together, the strongest; at once if it is heard.

    Args:
        apart: samples after which a score belongs to other speech.
    """

    def __init__(self, apart: int = SAMPLE_RATE) -> None:
        self._apart = apart
        self._waiting: dict[str, Score] = {}
        self._heard_at: dict[str, int] = {}

    def take(self, score: Score) -> Iterator[Score]:
        """A score came: those that are the strongest of theirs."""
        yield from self.due(score.at)
        if score.heard:
            self._waiting.pop(score.phrase, None)
            self._heard_at[score.phrase] = score.at
            yield score
        elif score.at - self._heard_at.get(score.phrase, -self._apart) >= self._apart:
            known = self._waiting.get(score.phrase)
            if known is None or score.score > known.score:
                self._waiting[score.phrase] = score

    def due(self, now: int) -> Iterator[Score]:
        """Those after which nothing stronger came in time."""
        late = [score for score in self._waiting.values() if now - score.at >= self._apart]
        for score in late:
            del self._waiting[score.phrase]
            yield score


def frames(pcm: Pcm) -> Iterator[Pcm]:
    """The whole frames of a sound."""
    for at in range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield pcm[at : at + FRAME_SAMPLES]
