"""A speaker embedding of pyannote.audio (extra ``pyannote``): ``pyannote/embedding``, the WeSpeaker ResNets, one's own.

Its checkpoints are pickles: they are read as tensors and the few plain classes that Lightning writes, never more.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import unit
from assistant.speaker.features import spoken


@dataclass(frozen=True, slots=True)
class PyannoteConfig:
    """Where the model lies."""

    model: Path
    """Checkpoint (``pytorch_model.bin``, ``*.ckpt``)."""


class PyannoteEmbedder:
    """The embedding of a whole utterance."""

    shortest = 0.7
    """XVectorSincNet sees 0.6 s at once."""

    def __init__(self, config: PyannoteConfig) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
        path = Path(config.model).expanduser()
        if not path.is_file():
            raise ModelError("there is no such checkpoint", where=str(path), mend="give the file, not its folder")
        import torch
        from pyannote.audio import Inference, Model

        torch.set_num_threads(1)
        self._torch = torch
        try:
            model = Model.from_pretrained(path)
        except (OSError, KeyError, RuntimeError, ValueError, TypeError, UnpicklingError) as error:
            raise ModelError(f"cannot be read: {error}", where=str(path),
                             mend="take a speaker embedding of pyannote.audio") from error
        if model is None or not hasattr(model, "dimension"):
            raise ModelError("is no speaker embedding", where=str(path),
                             mend="take one such as pyannote/embedding")
        self._inference = Inference(model.eval(), window="whole")
        self.dimensions = int(model.dimension)
        self.name = f"pyannote/{file_sha256(path)[:12]}"

    def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerEmbedder.embed``."""
        sound = self._torch.from_numpy(spoken(pcm, self.shortest))[None]
        voice = self._inference({"waveform": sound, "sample_rate": SAMPLE_RATE})
        return unit(np.asarray(voice, np.float32).reshape(-1))

    def close(self) -> None:
        """Nothing is held but memory."""
