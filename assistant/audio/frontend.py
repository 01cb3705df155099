"""The front end: takes the assistant's own voice and the rumble of the house out of what the microphone hears.

Echo canceller, noise suppression and gain are WebRTC's, as livekit packs them. Two taps: ``process`` gives the *clean*
sound (echo cancelled, high-pass) for wake word, recogniser, speaker and recorder; ``enhance`` makes of it the
*enhanced* sound (noise suppressed, level controlled) for human ears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.audio.echo import EchoModel
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Frame, Pcm
from assistant.audio.highpass import HighPass

BLOCK = 160
"""Samples that WebRTC processes at a time: 10 ms."""
ECHO_LATENCY = 128
"""Samples by which the echo canceller's output is late: two of its blocks. The high-pass alone is delayed as much, so
that going from one to the other repeats and loses nothing."""
LISTEN_EVERY = 4
"""Frames between two looks at the background while nothing is played."""


@dataclass(frozen=True, slots=True)
class FrontEndConfig:
    """What is done to the sound."""

    echo: bool = True
    """Cancel the session's own playback; off where the device does it (a browser, a conference loudspeaker)."""
    high_pass: bool = True
    tail_seconds: float = 1.0
    """How long after the last sound the echo canceller stays on: its delay and the room's reverberation."""


class _Processor:
    """One audio processing module: int16[320] in, int16[320] out."""

    def __init__(self, **switches: bool) -> None:
        from livekit.rtc import AudioFrame
        from livekit.rtc.apm import AudioProcessingModule

        self._module = AudioProcessingModule(**switches)
        self._frame: Any = AudioFrame

    def near(self, pcm: Pcm) -> Pcm:
        out = np.empty(FRAME_SAMPLES, np.int16)
        for start in range(0, FRAME_SAMPLES, BLOCK):
            block = self._frame(bytearray(pcm[start : start + BLOCK].tobytes()), SAMPLE_RATE, 1, BLOCK)
            self._module.process_stream(block)
            out[start : start + BLOCK] = np.frombuffer(block.data, np.int16)
        return out

    def pair(self, pcm: Pcm, reference: Pcm) -> Pcm:
        out = np.empty(FRAME_SAMPLES, np.int16)
        for start in range(0, FRAME_SAMPLES, BLOCK):
            far = self._frame(bytearray(reference[start : start + BLOCK].tobytes()), SAMPLE_RATE, 1, BLOCK)
            self._module.process_reverse_stream(far)
            block = self._frame(bytearray(pcm[start : start + BLOCK].tobytes()), SAMPLE_RATE, 1, BLOCK)
            self._module.process_stream(block)
            out[start : start + BLOCK] = np.frombuffer(block.data, np.int16)
        return out

    def set_delay(self, milliseconds: int) -> None:
        self._module.set_stream_delay_ms(milliseconds)


def load_processing() -> None:
    """Load WebRTC's processing: it stops Python for a fifth of a second, better now than in the first answer."""
    _Processor(echo_cancellation=True, high_pass_filter=True)


class FrontEnd:
    """The front end of one source."""

    def __init__(self, config: FrontEndConfig | None = None) -> None:
        self.config = config or FrontEndConfig()
        self._high_pass = HighPass() if self.config.high_pass else None
        self._echo: _Processor | None = None
        self._enhancer: _Processor | None = None
        self._late: Pcm = np.zeros(ECHO_LATENCY, np.int16)
        self._quiet = self.config.tail_seconds
        self._delay_ms = 0
        self._residual: Frame | None = None
        self._model = EchoModel() if self.config.echo else None

    @property
    def cancelling(self) -> bool:
        """Whether the echo canceller is at work."""
        return self._echo is not None and self._quiet < self.config.tail_seconds

    @property
    def excess(self) -> float | None:
        """dB by which the latest frame exceeds echo and background: somebody else is there; None while nothing plays
        or the echo is none of our business."""
        return self._model.excess if self._model is not None and self.cancelling else None

    @property
    def residual(self) -> Frame | None:
        """The latest frame less the echo that a linear model of the room predicts, nothing else taken away; None as
        for ``excess``."""
        return self._residual if self.cancelling else None

    def set_delay(self, samples: int) -> None:
        """Tell the time between a reference and its echo at the microphone, as far as the devices know it."""
        self._delay_ms = samples * 1000 // SAMPLE_RATE
        if self._echo is not None:
            self._echo.set_delay(self._delay_ms)

    def process(self, frame: Frame, reference: Frame | None) -> Frame:
        """The clean frame, 8 ms late.

        Args:
            reference: what was played in the same 20 ms; None for silence. While nothing has been played for a while
                the echo canceller rests and keeps what it has learned about the room.
        """
        filtered = self._high_pass.process(frame.pcm) if self._high_pass is not None else frame.pcm
        if self._model is None:
            return Frame(filtered, frame.sample)
        filtered = self._delayed(filtered)
        self._quiet = 0.0 if reference is not None else self._quiet + FRAME_SECONDS
        if self._quiet >= self.config.tail_seconds:
            if frame.sample // FRAME_SAMPLES % LISTEN_EVERY == 0:
                self._model.listen(frame.floats, LISTEN_EVERY)
            return Frame(filtered, frame.sample)
        if self._echo is None:
            self._echo = _Processor(echo_cancellation=True, high_pass_filter=True)
            self._echo.set_delay(self._delay_ms)
        far = reference if reference is not None else _SILENCE
        left = self._model.process(frame.floats, far.floats)
        self._residual = Frame(np.clip(left * 32768.0, -32768, 32767).astype(np.int16), frame.sample)
        return Frame(self._echo.pair(frame.pcm, far.pcm), frame.sample)

    def enhance(self, frame: Frame) -> Frame:
        """A clean frame with noise suppressed and level controlled; the first call builds what it needs."""
        if self._enhancer is None:
            self._enhancer = _Processor(noise_suppression=True, auto_gain_control=True)
        return Frame(self._enhancer.near(frame.pcm), frame.sample)

    def _delayed(self, pcm: Pcm) -> Pcm:
        late = np.concatenate((self._late, pcm[:-ECHO_LATENCY]))
        self._late = pcm[-ECHO_LATENCY:]
        return late


_SILENCE = Frame(np.zeros(FRAME_SAMPLES, np.int16), 0)
