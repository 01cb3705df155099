"""Smart Turn v3.2 for ``bench endpoint``: an end-of-turn model of 8 million weights (Pipecat, BSD-2-Clause).

Its graph lies in the wheel of pipecat-ai, of which nothing else is used and no code is run. It reads the log-mel
spectrum of the last eight seconds as Whisper's feature extractor makes it, after the sound was brought to mean 0 and
variance 1.
"""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.audio.mel import hann, mel_filters, power_spectra
from assistant.packaged import packaged_file

REQUIREMENT = "--no-deps pipecat-ai==1.14.0"
FILE = "audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"
SHA256 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"
SECONDS = 8
WINDOW = 400
HOP = 160
BANDS = 80
RANGE = 8.0
"""Powers of ten below the strongest that count."""


class SmartTurn:
    """The model.

    Raises:
        ModelError: the wheel is not installed, or is another version.
    """

    def __init__(self) -> None:
        path = packaged_file("pipecat", FILE, SHA256, requirement=REQUIREMENT)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._filters = mel_filters(BANDS, WINDOW)

    def complete(self, sound: Pcm) -> float:
        """Probability, 0 to 1, that the speaker has finished."""
        features = self.features(sound.astype(np.float32) / 32768.0)
        return float(self._session.run(None, {"input_features": features[None]})[0].reshape(-1)[0])

    def features(self, sound: Floats) -> Floats:
        """float32[80, 800] of the last eight seconds."""
        samples = SECONDS * SAMPLE_RATE
        sound = sound[-samples:]
        sound = np.concatenate([np.zeros(samples - len(sound), np.float32), sound])
        sound = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
        padded = np.pad(sound.astype(np.float64), WINDOW // 2, mode="reflect")
        power = power_spectra(padded, hann(WINDOW), HOP)[:-1]
        logs = np.log10(np.maximum(1e-10, self._filters @ power.T))
        return np.asarray((np.maximum(logs, logs.max() - RANGE) + 4.0) / 4.0, np.float32)
