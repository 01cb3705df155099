"""WebRTC's voice activity detector (extra ``webrtc``): a tenth of Silero's cost, and easily fooled by noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame
from assistant.errors import BackendError
from assistant.extras import install_command
from assistant.ranges import Milliseconds
from assistant.vad.base import VadResult


@dataclass(frozen=True, slots=True)
class WebrtcConfig:
    """How strict it is, and how long speech and silence have to last."""

    aggressiveness: int = 3
    """0 (takes much for speech) to 3 (takes little)."""
    onset_ms: Milliseconds = 60
    hangover_ms: Milliseconds = 100

    def __post_init__(self) -> None:
        if self.aggressiveness not in range(4):
            raise BackendError(f"aggressiveness is 0 to 3, not {self.aggressiveness}", where="vad webrtc")


class WebrtcVad:
    """Voice activity by WebRTC; ``stream`` per source."""

    def __init__(self, config: WebrtcConfig | None = None) -> None:
        self.config = config or WebrtcConfig()
        self._detector()

    def stream(self) -> WebrtcStream:
        return WebrtcStream(self._detector, self.config)

    def _detector(self) -> Any:
        try:
            import webrtcvad
        except ImportError as error:
            raise BackendError(
                "webrtcvad is not installed", where="vad webrtc", mend=install_command("webrtc")
            ) from error
        return webrtcvad.Vad(self.config.aggressiveness)


class WebrtcStream:
    """One live stream; its probability is the share of voiced frames in the onset time."""

    def __init__(self, detector: Any, config: WebrtcConfig) -> None:
        self._new_detector = detector
        self._onset = max(1, config.onset_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self._hangover = max(1, config.hangover_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self.reset()

    def reset(self) -> None:
        self._detector = self._new_detector()
        self._speech = False
        self._voiced = 0
        """Voiced frames in a row."""
        self._unvoiced = 0

    def close(self) -> None:
        """Nothing is held."""

    def feed(self, frame: Frame) -> VadResult:
        voiced = bool(self._detector.is_speech(frame.pcm.tobytes(), SAMPLE_RATE))
        self._voiced = self._voiced + 1 if voiced else 0
        self._unvoiced = 0 if voiced else self._unvoiced + 1
        changed = None
        if not self._speech and self._voiced >= self._onset:
            changed = max(0, frame.end - self._voiced * FRAME_SAMPLES)
        elif self._speech and self._unvoiced >= self._hangover:
            changed = frame.end - self._unvoiced * FRAME_SAMPLES
        if changed is not None:
            self._speech = not self._speech
        return VadResult(self._speech, min(1.0, self._voiced / self._onset), changed)
