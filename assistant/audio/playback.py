"""What a source's loudspeaker plays: a queue of clips, chimes over them, pause and volume without clicks.

Any sink pulls frames at its device's pace, from any thread. What was pulled is kept as the echo canceller's reference.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from assistant.audio.clip import Clip
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Frame
from assistant.audio.reference import Reference

FADE = SAMPLE_RATE * 5 // 1000
"""Samples of a fade: 5 ms, short enough to be at once, long enough not to click."""
LOUD = 10 ** (-40 / 20) * 32768
"""Amplitude from which a sample counts as heard: -40 dBFS."""

Deliver = Callable[[Callable[[], None]], None]


def _inline(callback: Callable[[], None]) -> None:
    callback()


class Playback:
    """The mixing queue of one source. All methods are thread-safe.

    Args:
        deliver: runs the callbacks below, e.g. ``loop.call_soon_threadsafe``; at once if not given.
        clock: seconds; stamps what is handed to the device.
    """

    def __init__(self, deliver: Deliver = _inline, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.latency_samples = 0
        """Samples between a pull and the air, as the sink knows it."""
        self.on_started: Callable[[Clip, float], None] = lambda clip, at: None
        """(clip, clock) when its first sample was handed to the device."""
        self.on_loud: Callable[[Clip, float], None] = lambda clip, at: None
        """(clip, clock) when its first sample above -40 dBFS was."""
        self.on_finished: Callable[[Clip, bool, float], None] = lambda clip, completed, seconds: None
        """(clip, whether it was played to its end, seconds heard)."""
        self.volume = 100
        """Percent; the loudness of half is a quarter of the amplitude."""
        self.lift = 0.0
        """dB on top of it, for what is said now."""
        self.underruns = 0
        """Pulls that found a clip begun but not yet written far enough."""
        self._deliver = deliver
        self._clock = clock
        self._lock = threading.RLock()
        self._queue: deque[Clip] = deque()
        self._over: list[Clip] = []
        self._paused = False
        self._gain = 1.0
        self._volume_gain = 1.0
        self._stopping: list[Clip] = []
        self._sample = 0
        self._reference = Reference()

    # --- the event loop's side

    def play(self, what: str, text: str = "", *, over: bool | None = None) -> Clip:
        """A new clip at the end of the queue.

        Args:
            over: mixed over what is playing, not paused with it, instead of queued; chimes are unless said otherwise.
        """
        clip = Clip(self, self._lock, what, text, self._clock())
        with self._lock:
            if over if over is not None else what == "chime":
                self._over.append(clip)
            else:
                self._queue.append(clip)
        return clip

    def pause(self) -> None:
        """Be quiet within 5 ms; the queue waits."""
        with self._lock:
            self._paused = True

    def rewind(self, samples: int) -> None:
        """The last ``samples`` of what is playing were pulled and not heard: play them again."""
        with self._lock:
            if self._queue:
                self._queue[0].position = max(0, self._queue[0].position - samples)

    def resume(self) -> None:
        """Go on, a little before where it was paused."""
        with self._lock:
            if self._paused:
                self._paused = False
                if self._queue and self._queue[0].started_at is not None:
                    self._queue[0].step_back()
                    self._gain = 0.0

    def stop(self) -> None:
        """Be quiet within 5 ms and forget everything that waits."""
        with self._lock:
            for clip in (*self._queue, *self._over):
                self.stop_clip(clip)

    def stop_clip(self, clip: Clip) -> None:
        """Stop one clip; the ones behind it follow."""
        with self._lock:
            if clip.stopped or (clip not in self._queue and clip not in self._over):
                return
            clip.stopped = True
            audible = clip in self._over or (clip is self._queue[0] and self._gain > 0.0)
            if audible and clip.started_at is not None:
                self._stopping.append(clip)
            if clip in self._over:
                self._over.remove(clip)
            else:
                if clip is self._queue[0]:
                    self._gain = 0.0 if self._paused else 1.0
                self._queue.remove(clip)
            self._finish(clip, False)

    @property
    def playing(self) -> bool:
        """Whether anything is being played or waits, paused or not."""
        return bool(self._queue or self._over)

    @property
    def paused(self) -> bool:
        """Whether the queue is held."""
        return self._paused

    # --- the sink's side

    def pull(self) -> Frame:
        """The next 20 ms for the device: silence when there is nothing. Never blocks for long."""
        with self._lock:
            mix = self._mix()
            if mix is None:
                frame = Frame(_SILENCE, self._sample)
                self._reference.append(None, self._clock())
            else:
                frame = Frame(np.clip(mix, -32768, 32767).astype(np.int16), self._sample)
                self._reference.append(frame, self._clock())
            self._sample += FRAME_SAMPLES
            return frame

    # --- the lane's side

    def take_reference(self, at: float | None = None) -> Frame | None:
        """What was played in the 20 ms that belong to the microphone's next frame; None for silence.

        Args:
            at: clock when that frame was complete; None when loudspeaker and microphone move in step.
        """
        with self._lock:
            return self._reference.take(at)

    @property
    def drift(self) -> float:
        """By how much the loudspeaker's clock runs faster than the microphone's: 0.001 is a millisecond a second."""
        return self._reference.line.slope

    # --- mixing, with the lock held

    def _mix(self) -> Floats | None:
        parts = [part for part in (self._queued(), self._overlaid(), self._fading()) if part is not None]
        target = float((max(0, min(100, self.volume)) / 100) ** 2 * 10 ** (self.lift / 20))
        if not parts:
            self._volume_gain = target
            return None
        mix: Floats = sum(parts[1:], parts[0])
        if self._volume_gain != target:
            mix = mix * np.linspace(self._volume_gain, target, FRAME_SAMPLES, dtype=np.float32)
            self._volume_gain = target
        elif target != 1.0:
            mix = mix * np.float32(target)
        return mix

    def _queued(self) -> Floats | None:
        goal = 0.0 if self._paused else 1.0
        if not self._queue or goal == self._gain == 0.0:
            self._gain = goal
            return None
        sound = self._from_queue(FADE if goal == 0.0 else FRAME_SAMPLES)
        if sound is not None and self._gain != goal:
            sound = sound * _ramp(self._gain, goal)
        self._gain = goal
        return sound

    def _from_queue(self, count: int) -> Floats | None:
        sound: Floats | None = None
        filled = 0
        while self._queue and filled < count:
            clip = self._queue[0]
            piece = clip.take(count - filled)
            if len(piece):
                sound = np.zeros(FRAME_SAMPLES, np.float32) if sound is None else sound
                sound[filled : filled + len(piece)] = piece
                filled += len(piece)
                self._note(clip, sound)
            if clip.exhausted:
                self._queue.popleft()
                self._finish(clip, True)
            elif filled < count:
                self.underruns += clip.started_at is not None
                break
        return sound

    def _overlaid(self) -> Floats | None:
        sound: Floats | None = None
        for clip in tuple(self._over):
            piece = clip.take(FRAME_SAMPLES)
            if len(piece):
                sound = np.zeros(FRAME_SAMPLES, np.float32) if sound is None else sound
                sound[: len(piece)] += piece
                self._note(clip, sound)
            if clip.exhausted:
                self._over.remove(clip)
                self._finish(clip, True)
        return sound

    def _fading(self) -> Floats | None:
        """The last 5 ms of clips that were stopped."""
        if not self._stopping:
            return None
        sound = np.zeros(FRAME_SAMPLES, np.float32)
        for clip in self._stopping:
            piece = clip.take(FADE)
            sound[: len(piece)] += piece
        self._stopping.clear()
        return sound * _ramp(1.0, 0.0)

    def _note(self, clip: Clip, sound: Floats) -> None:
        now = self._clock()
        if clip.started_at is None:
            clip.started_at = now
            self._deliver(lambda: self.on_started(clip, now))
        if clip.loud_at is None and float(np.abs(sound).max()) > LOUD:
            clip.loud_at = now
            self._deliver(lambda: self.on_loud(clip, now))

    def _finish(self, clip: Clip, completed: bool) -> None:
        seconds = clip.seconds

        def tell() -> None:
            clip.resolve(completed, seconds)
            self.on_finished(clip, completed, seconds)

        self._deliver(tell)


_SILENCE = np.zeros(FRAME_SAMPLES, np.int16)
_SILENCE.flags.writeable = False


def _ramp(start: float, goal: float) -> Floats:
    """Gain over a frame: from ``start`` to ``goal`` within a fade, then ``goal``."""
    ramp = np.full(FRAME_SAMPLES, goal, np.float32)
    ramp[:FADE] = np.linspace(start, goal, FADE, dtype=np.float32)
    return ramp
