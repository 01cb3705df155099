"""Resemblyzer's GE2E embedding (extra ``resemblyzer``; needs torch): what ours began with, to be measured beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import SoundError
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import unit
from assistant.speaker.features import enough

REQUIREMENT = "resemblyzer==0.1.4"


@dataclass(frozen=True, slots=True)
class ResemblyzerConfig:
    """How closely it listens."""

    rate: float = 1.3
    """Hearings a second; its own default."""


class ResemblyzerEmbedder:
    """The encoder as its package runs it, silence trimmed by its own detector."""

    name = "resemblyzer/0.1"
    dimensions = 256
    shortest = 0.5

    def __init__(self, config: ResemblyzerConfig | None = None) -> None:
        self.config = config or ResemblyzerConfig()
        import torch
        from resemblyzer import VoiceEncoder, preprocess_wav

        torch.set_num_threads(1)
        self._preprocess = preprocess_wav
        self._encoder = VoiceEncoder("cpu", verbose=False)

    def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerEmbedder.embed``."""
        if not np.any(pcm):
            raise SoundError("there is nothing to hear in it", mend="check the microphone and its level")
        speech = self._preprocess(pcm.astype(np.float32) / 32768.0)
        enough(len(speech) / SAMPLE_RATE, self.shortest)
        return unit(np.asarray(self._encoder.embed_utterance(speech, rate=self.config.rate), np.float32))

    def close(self) -> None:
        """Nothing is held but memory."""
