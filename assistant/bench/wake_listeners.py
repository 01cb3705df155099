"""What ``bench wake`` can measure: a typed phrase, a trained model, any other frame-wise detector."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, Frame, Pcm
from assistant.bench.wake_streams import Answer
from assistant.errors import ConfigError
from assistant.registry import Registry
from assistant.vad.base import Vad, VadResult
from assistant.wake.base import WakeWord
from assistant.wake.phrase import MoonshinePhraseScorer
from assistant.wake.windows import WakeWindowConfig, WakeWindows, Window


class Listener(Protocol):
    """A detector as the benchmark asks it."""

    threshold: float
    """Score from which it says that it heard the phrase, as shipped."""
    scored: bool
    """Whether it also tells of scores below its threshold, so that a curve can be drawn."""
    kb: float
    """Size of its model; not a number where it has none of its own."""

    def answers(self, sound: Pcm) -> list[Answer]:
        """All that it says of one stream, in the order of the sound."""
        ...


class FrameWise:
    """A detector that hears frames and tells hits only."""

    scored = False
    threshold = -np.inf

    def __init__(self, detector: WakeWord, kb: float = np.nan) -> None:
        self._detector = detector
        self.kb = kb

    def answers(self, sound: Pcm) -> list[Answer]:
        stream = self._detector.stream()
        found = [(frame.end, hit.score) for frame in frames(sound) for hit in stream.feed(frame)]
        stream.close()
        return found


class Trained:
    """A model of ``assistant train wake``."""

    scored = True

    def __init__(self, model: Path) -> None:
        from assistant.wake.trained.detector import TrainedConfig, TrainedWakeWord

        self._detector = TrainedWakeWord(TrainedConfig(model))
        self.threshold = self._detector.threshold
        self.kb = model.stat().st_size / 1000

    def answers(self, sound: Pcm) -> list[Answer]:
        stream = self._detector.stream()
        found = [(frame.end, stream.answer(frame)) for frame in frames(sound)]
        stream.close()
        return [(told, score) for told, score in found if score > -np.inf]


class Typed:
    """A typed phrase: the windows of speech that the phrase scorer is asked about.

    In audio time: what the scorer takes to answer delays nothing here; it is in the processor's share.
    """

    scored = True
    threshold = 0.0
    kb = np.nan

    def __init__(self, phrase: str) -> None:
        registry = Registry()
        self._phrase = phrase
        self._vad: Vad = registry.build("vad", "silero")
        self._scorer: MoonshinePhraseScorer = registry.build("wake", "phrase")

    def answers(self, sound: Pcm) -> list[Answer]:
        vad, windows, found = self._vad.stream(), WakeWindows(WakeWindowConfig()), []
        for frame in frames(sound):
            for start, end in _to_score(windows, vad.feed(frame), frame.end):
                before = windows.before(start)
                pcm = sound[start - before : end].astype("<i2").tobytes()
                hits = self._scorer.score(pcm, start - before, [self._phrase], before=before)
                found += [(frame.end, hit.score - hit.threshold) for hit in hits]
        vad.close()
        return found


def _to_score(windows: WakeWindows, result: VadResult, now: int) -> list[Window]:
    """The windows to score after a frame, as a session's watch would ask for them."""
    due: list[Window] = []
    if result.changed_at is not None and result.speech:
        windows.onset(result.changed_at)
    elif result.changed_at is not None and (last := windows.offset(result.changed_at, now)) is not None:
        due.append(last)
    return due + windows.due(now)


def frames(sound: Pcm) -> list[Frame]:
    """A sound in frames; what is left of less than a frame is not heard."""
    ends = range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [Frame(sound[at : at + FRAME_SAMPLES], at) for at in ends]


def listener(phrase: str, model: Path | None, backend: str) -> Listener:
    """What is to be measured.

    Raises:
        ConfigError: nothing is named, or what cannot be measured.
        BackendError, ModelError: it cannot be built.
    """
    if model is not None and backend in ("", "trained"):
        return Trained(model)
    if backend in ("", "phrase") and phrase:
        return Typed(phrase)
    if backend in ("", "phrase", "trained"):
        raise ConfigError("what is to be measured?", where="bench wake",
                          mend="--phrase TEXT (typed), --model FILE (trained), or --backend micro --phrase TEXT")
    options: dict[str, Any] = {"phrase": phrase} if phrase else {}
    if model is not None:
        options["model"] = str(model)
    detector = Registry().build("wake", backend, options)
    if not hasattr(detector, "stream"):
        raise ConfigError(f"{backend!r} does not hear frames", where="--backend", mend="phrase, trained or micro")
    return FrameWise(detector, model.stat().st_size / 1000 if model else np.nan)
