"""Our own speaker embedding: GE2E's recurrent network, taught to hear people through rooms and microphones.

``training/speaker`` makes it. It hears windows of 1.6 s, half over each other; the voice is the mean of what it hears.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import unit
from assistant.speaker.features import BANDS, HOP, Spectra, enough, spectra

MODEL, MANIFEST = "trained.onnx", "trained.json"
FOLDER = Path(__file__).parent
INPUT = "spectra"
WINDOW, STEP = 160, 80
"""Windows of 25 ms that the network hears at once, and from one hearing to the next."""
SHORTEST = 0.5
"""Seconds of speech."""
BATCH = 32
"""Hearings computed at once: a minute of enrolment stays small in memory."""


@dataclass(frozen=True, slots=True)
class TrainedConfig:
    """Where the model lies."""

    folder: Path | None = None
    """Folder that ``training.speaker`` has made; the model that ships if not given."""


class TrainedEmbedder:
    """The embedding that ships."""

    def __init__(self, config: TrainedConfig | None = None) -> None:
        folder = (config or TrainedConfig()).folder or FOLDER
        told = _manifest(folder)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
        self.name = str(told["name"])
        self.dimensions = int(told["dimensions"])
        self.shortest = SHORTEST

    def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerEmbedder.embed``."""
        heard = spectra(pcm)
        enough(len(heard) * HOP / SAMPLE_RATE, self.shortest)
        windows = hearings(heard)
        outputs = [self._session.run(None, {INPUT: windows[at : at + BATCH]})[0]
                   for at in range(0, len(windows), BATCH)]
        return unit(np.concatenate(outputs).mean(axis=0))

    def close(self) -> None:
        """Nothing is held but memory."""


def hearings(heard: Spectra) -> Spectra:
    """The pieces that the network hears: float32[n, at most 160, 40]; the last one ends where the sound does."""
    if len(heard) <= WINDOW:
        return heard[None]
    count = -(-(len(heard) - WINDOW) // STEP) + 1
    starts = np.linspace(0, len(heard) - WINDOW, count).round().astype(int)
    pieces: Spectra = np.stack([heard[at : at + WINDOW] for at in starts])
    return pieces.reshape(count, WINDOW, BANDS)


def _manifest(folder: Path) -> dict[str, Any]:
    """What is said of the model, which is proved to be the one that it is said of.

    Raises:
        ModelError: a file is missing or damaged.
    """
    path = folder / MANIFEST
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        known = told["sha256"] == file_sha256(folder / MODEL) and {"name", "dimensions"} <= set(told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the speaker model cannot be read: {error}", where=str(path), mend="install again") from error
    if not known:
        raise ModelError("the file is damaged or of another version", where=str(folder / MODEL), mend="install again")
    return told
