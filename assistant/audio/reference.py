"""The echo canceller's reference: what was played, read at the microphone's own pace.

Loudspeaker and microphone rarely share a clock. 0.1 % of difference moves the echo by a millisecond a second, and the
canceller, which learns the room more slowly than that, lets 15 dB more through (27 to 40 dB become 5 to 20). So the
difference is measured, as the slope of one stream's position over the other's, and the reference resampled by it.
"""

from __future__ import annotations

from collections import deque
from functools import cache

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Frame, Pcm

KEPT = 2 * SAMPLE_RATE
"""Samples of playback kept."""
MARGIN = FRAME_SAMPLES + SAMPLE_RATE * 15 // 1000
"""Samples by which reading stays behind the loudspeaker: one frame, because it takes whole ones, and 15 ms of jitter.
The echo comes later still: no device has less than 20 ms on both ways together."""
MEMORY_FRAMES = 30000.0
"""Frames (10 min) over which the drift is averaged; clocks change only with their temperature."""
JITTER = 80.0
"""Samples by which callbacks typically come early or late: 5 ms."""
TYPICAL_DRIFT = 5e-4
"""What is believed before anything is measured."""
SURE = 3.0
"""Standard errors from which a drift is believed: 0.1 % after 4 s, 0.01 % after 17 s."""
LARGEST_DRIFT = 3e-3
LOST = SAMPLE_RATE * 60 // 1000
"""Samples away from the line that are no jitter: a stream stood still."""
LOST_FRAMES = 10
TOLERANCE = SAMPLE_RATE * 3 // 1000
"""Samples of displacement that are left alone: a canceller has learned the room from where the reference is, and the
measurement wavers by more than it may be moved (one sample is a quarter of a wave at 4 kHz)."""
SLEW = FRAME_SAMPLES / (10.0 * SAMPLE_RATE)
"""Share of a larger displacement that is made good per frame while something plays: ten seconds, too slow to hurt."""
TAPS = 16
PHASES = 256


class DriftLine:
    """The loudspeaker's position as a straight line over the microphone's: regression that forgets slowly."""

    def __init__(self) -> None:
        self.slope = 0.0
        """Samples that the loudspeaker gains per sample of the microphone."""
        self.offset = 0.0
        """Samples by which it is ahead, at the latest microphone position."""
        self._believed = 0.0
        self._weight = 0.0
        self._mean_x = self._mean_y = self._xx = self._xy = 0.0
        self._strays = 0

    def feed(self, captured: int, ahead: float) -> bool:
        """Take a measurement; whether the line had to begin anew.

        Args:
            captured: samples of the microphone so far.
            ahead: samples by which the loudspeaker's position is beyond it.
        """
        stray = self._weight > 0.0 and abs(ahead - self._at(captured)) > LOST
        self._strays = self._strays + 1 if stray else 0
        fresh = self._weight == 0.0 or self._strays >= LOST_FRAMES
        if fresh:
            self._restart(captured, ahead)
        elif not stray:
            self._update(captured, ahead)
        self.offset = self._at(captured)
        return fresh

    def _restart(self, captured: int, ahead: float) -> None:
        self._believed = self.slope
        self._strays = 0
        self._weight, self._mean_x, self._mean_y, self._xx, self._xy = 1.0, float(captured), ahead, 0.0, 0.0

    def _update(self, captured: int, ahead: float) -> None:
        keep = 1.0 - 1.0 / MEMORY_FRAMES
        self._weight = self._weight * keep + 1.0
        dx, dy = captured - self._mean_x, ahead - self._mean_y
        self._mean_x += dx / self._weight
        self._mean_y += dy / self._weight
        self._xx = self._xx * keep + dx * (captured - self._mean_x)
        self._xy = self._xy * keep + dx * (ahead - self._mean_y)
        belief = (JITTER / TYPICAL_DRIFT) ** 2
        slope = (self._xy + belief * self._believed) / (self._xx + belief)
        if abs(slope - self._believed) < SURE * JITTER / (self._xx + belief) ** 0.5:
            slope = self._believed  # it may be jitter, and a canceller has to follow every change
        self.slope = max(-LARGEST_DRIFT, min(LARGEST_DRIFT, slope))

    def _at(self, captured: int) -> float:
        return self._mean_y + self.slope * (captured - self._mean_x)


class Reference:
    """What was played, kept for one lane. Not thread-safe: the playback's lock guards it."""

    def __init__(self) -> None:
        self.line = DriftLine()
        self._sound: Floats = np.zeros(KEPT, np.float32)
        self._pulled = 0
        self._sounding_until = -KEPT
        """Sample after the last one that was not silence."""
        self._pulls: deque[tuple[float, int]] = deque(maxlen=8)
        self._captured = 0
        self._position = 0.0

    def append(self, frame: Frame | None, at: float) -> None:
        """A frame was handed to the device at clock ``at``; None for silence."""
        place = self._pulled % KEPT
        if frame is None:
            self._sound[place : place + FRAME_SAMPLES] = 0.0
        else:
            self._sound[place : place + FRAME_SAMPLES] = frame.pcm
            self._sounding_until = self._pulled + FRAME_SAMPLES
        self._pulled += FRAME_SAMPLES
        self._pulls.append((at, self._pulled))

    def take(self, at: float | None) -> Frame | None:
        """The reference of the microphone's next frame; None where it is silent.

        Args:
            at: clock when the microphone's frame was complete; None when both streams move in step.
        """
        self._captured += FRAME_SAMPLES
        if not self._pulled:
            return None
        restarted = self.line.feed(self._captured, self._reached(at) - self._captured)
        target = self._captured + self.line.offset - MARGIN - FRAME_SAMPLES
        silent = self._position - TAPS >= self._sounding_until
        displaced = abs(target - self._position)
        if restarted or displaced > (TOLERANCE if silent else LOST):
            self._position, displaced = target, 0.0
        slew = (target - self._position) * SLEW / FRAME_SAMPLES if displaced > TOLERANCE else 0.0
        start, step = self._position, 1.0 + self.line.slope + slew
        self._position += FRAME_SAMPLES * step
        if start - TAPS >= self._sounding_until:
            return None
        if start + TAPS > self._pulled or start - TAPS < self._pulled - KEPT:
            return None
        return Frame(self._read(start, step), self._captured - FRAME_SAMPLES)

    def _reached(self, at: float | None) -> float:
        """The loudspeaker's position at clock ``at``."""
        if at is None:
            return float(self._pulled)
        for pulled_at, position in reversed(self._pulls):
            if pulled_at <= at:
                return position + min(at - pulled_at, 0.1) * SAMPLE_RATE
        return float(self._pulls[0][1] - FRAME_SAMPLES)

    def _read(self, start: float, step: float) -> Pcm:
        places = start + step * np.arange(FRAME_SAMPLES)
        steps = np.rint(places * PHASES).astype(np.int64)
        whole, phase = steps // PHASES, steps % PHASES
        first = int(whole[0]) - TAPS // 2 + 1
        needed = np.arange(first, int(whole[-1]) + TAPS // 2 + 1)
        around = np.take(self._sound, needed, mode="wrap")
        around[needed >= self._pulled] = 0.0  # the loudspeaker's call is later than ever: a gap of milliseconds
        windows = np.lib.stride_tricks.sliding_window_view(around, TAPS)[whole - whole[0]]
        sound = np.einsum("ij,ij->i", windows, _kernels()[phase])
        return np.asarray(np.clip(np.rint(sound), -32768, 32767), dtype=np.int16)


@cache
def _kernels() -> Floats:
    """Windowed sines for every fraction of a sample: float32[PHASES, TAPS]; the sum of each is one."""
    taps = np.arange(TAPS) - (TAPS // 2 - 1)
    distance = taps[None, :] - np.arange(PHASES)[:, None] / PHASES
    window = np.i0(8.0 * np.sqrt(np.clip(1.0 - (distance / (TAPS / 2)) ** 2, 0.0, 1.0))) / np.i0(8.0)
    kernels = np.sinc(distance) * window
    return np.asarray(kernels / kernels.sum(axis=1, keepdims=True), dtype=np.float32)
