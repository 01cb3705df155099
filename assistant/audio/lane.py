"""The synchronous part of a session: microphone frame in; clean frame, speech and wake word out, by direct calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.audio.frames import FRAME_SAMPLES, SILENCE_DB, Frame, Levels, Pcm
from assistant.audio.frontend import FrontEnd
from assistant.audio.playback import Playback
from assistant.audio.ring import RingBuffer
from assistant.vad.base import VadStream
from assistant.wake.base import WakeHit, WakeStream

PERHAPS = 0.1
"""Probability of speech from which the next frames are awaited."""
NOISE_FRAMES = 150
"""Of 20 ms, in which the measured noise follows the room's."""


@dataclass(frozen=True, slots=True)
class SpeechOnset:
    """Somebody began to speak."""

    sample: int
    """First sample of speech in the source's stream."""


@dataclass(frozen=True, slots=True)
class SpeechOffset:
    """Nobody speaks any more."""

    sample: int
    """First sample after the speech."""


@dataclass(frozen=True, slots=True)
class FrameClean:
    """A clean frame, with its levels; sent only while ``Lane.send_frames`` is set."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Wake:
    """A frame-wise detector heard the wake word."""

    hit: WakeHit


@dataclass(frozen=True, slots=True)
class LaneFailed:
    """A stage raised; the lane is closed."""

    error: str


LaneSignal = SpeechOnset | SpeechOffset | FrameClean | Wake | LaneFailed


@dataclass(slots=True)
class LaneStatistics:
    """Work done by a lane."""

    frames: int = 0
    dropped: int = 0
    """Frames that were lost because they came faster than they were handled."""
    seconds: dict[str, float] = field(default_factory=lambda: {"front_end": 0.0, "vad": 0.0, "wake": 0.0})
    """Processing time by stage."""


class Lane:
    """One source's pipeline. ``process`` runs on one thread at a time; the rest may be called from any.

    Args:
        ring: keeps the clean sound.
        emit: called on the thread that runs ``process``.
        name: the source's, for logs and statistics.
        residual_vad: listens, while something plays, to what the linear model of the room leaves: there a person who
            talks over an answer is heard at once, which the echo canceller suppresses at first. Barge-in needs it.
        over: keeps, while something plays, what that model leaves, and else the clean sound: the words of somebody who
            talks over an answer are whole in it.
        first: number of the first sample.
    """

    def __init__(
        self, front_end: FrontEnd, vad: VadStream, wakes: Sequence[WakeStream], ring: RingBuffer,
        playback: Playback | None, emit: Callable[[LaneSignal], None], *, name: str = "",
        residual_vad: VadStream | None = None, over: RingBuffer | None = None, first: int = 0,
    ) -> None:
        self.name = name
        self.front_end = front_end
        self.ring = ring
        self.send_frames = False
        """Whether clean frames are emitted too."""
        self.levels = Levels(SILENCE_DB, SILENCE_DB, SILENCE_DB, 0.0)
        """Of the latest frame, for a meter."""
        self.noise = SILENCE_DB
        """Level of the room while nobody speaks and nothing plays, dBFS, over the last seconds."""
        self.statistics = LaneStatistics()
        self.closed = False
        self._busy = threading.RLock()
        self._quiet = False
        self._vad = vad
        self._residual_vad = residual_vad
        self._over = over
        self._wakes = tuple(wakes)
        self._playback = playback
        self._emit = emit
        self._sample = first

    @property
    def sample(self) -> int:
        """First sample not yet heard."""
        return self._sample

    @property
    def resting(self) -> bool:
        """Whether frames may wait a moment: nobody speaks or listens, nothing plays."""
        return self._quiet and not self.send_frames

    def process(self, pcm: Pcm, at: float | None = None) -> Frame:
        """Handle 20 ms from the microphone. Returns the clean frame.

        Args:
            pcm: int16[320].
            at: clock when they were complete; None in audio time, where loudspeaker and microphone move in step.
        """
        captured = Frame(pcm, self._sample)
        self._sample += FRAME_SAMPLES
        spent = self.statistics.seconds
        began = time.perf_counter()
        reference = self._playback.take_reference(at) if self._playback is not None else None
        frame = self.front_end.process(captured, reference)
        residual = self.front_end.residual
        self.ring.append(frame)
        if self._over is not None:
            self._over.append(residual or frame)
        cleaned = time.perf_counter()
        result = self._vad.feed(frame)
        left = self._residual_vad.feed(residual).probability if self._residual_vad and residual else None
        detected = time.perf_counter()
        hits = [hit for wake in self._wakes for hit in wake.feed(frame)]
        spent["front_end"] += cleaned - began
        spent["vad"] += detected - cleaned
        spent["wake"] += time.perf_counter() - detected
        self.statistics.frames += 1
        self._quiet = reference is None and not result.speech and result.probability < PERHAPS
        if self._quiet:
            self.noise += (captured.decibels - self.noise) / NOISE_FRAMES
        played = reference.decibels if reference is not None else SILENCE_DB
        self.levels = frame.levels = Levels(
            captured.decibels, frame.decibels, played, result.probability, self.front_end.excess, left
        )
        if result.changed_at is not None:
            self._emit(SpeechOnset(result.changed_at) if result.speech else SpeechOffset(result.changed_at))
        if self.send_frames:
            self._emit(FrameClean(frame))
        for hit in hits:
            self._emit(Wake(hit))
        return frame

    def run(self, pcm: Pcm, at: float | None = None) -> None:
        """``process``; a stage that raises closes this lane with a ``LaneFailed`` and disturbs nobody else."""
        with self._busy:
            if self.closed:
                return
            try:
                self.process(pcm, at)
            except Exception as error:  # a stage is somebody else's code: whatever it raises ends this lane only
                self.close()
                self._emit(LaneFailed(f"{type(error).__name__}: {error}"))

    def close(self) -> None:
        """Handle nothing more, and give back what the detectors hold; waits for the frame at hand."""
        if self.closed:
            return
        self.closed = True
        detectors = (self._vad, self._residual_vad, *self._wakes)
        with self._busy:
            for detector in detectors:
                if detector is not None:
                    detector.close()
