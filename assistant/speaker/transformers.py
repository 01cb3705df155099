"""An x-vector model of transformers (extra ``transformers``): WavLM, wav2vec 2.0 and the like."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import unit
from assistant.speaker.features import spoken

WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class TransformersConfig:
    """Where the model lies."""

    model: Path
    """Folder that ``save_pretrained`` wrote, with ``model.safetensors``."""


class TransformersEmbedder:
    """The embedding of ``AutoModelForAudioXVector``."""

    shortest = 0.5

    def __init__(self, config: TransformersConfig) -> None:
        # Read when the library is imported; a model comes from its folder and nowhere else.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        folder = Path(config.model).expanduser()
        if not (folder / WEIGHTS).is_file():
            raise ModelError("there is no model.safetensors", where=str(folder),
                             mend="pickled weights are refused; save it again with save_pretrained")
        import torch
        from transformers import AutoFeatureExtractor, AutoModelForAudioXVector

        torch.set_num_threads(1)
        self._torch = torch
        try:
            self._extract = AutoFeatureExtractor.from_pretrained(folder, local_files_only=True)
            self._network = AutoModelForAudioXVector.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
            ).eval()
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(f"is no x-vector model: {error}", where=str(folder),
                             mend="take one such as microsoft/wavlm-base-plus-sv") from error
        self.dimensions = int(self._network.config.xvector_output_dim)
        self.name = f"transformers/{file_sha256(folder / WEIGHTS)[:12]}"

    def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerEmbedder.embed``."""
        sound = spoken(pcm, self.shortest)
        inputs = self._extract(sound, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with self._torch.no_grad():
            voice = self._network(**inputs).embeddings[0]
        return unit(voice.numpy().astype(np.float32))

    def close(self) -> None:
        """Nothing is held but memory."""
