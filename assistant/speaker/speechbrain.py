"""SpeechBrain's ECAPA-TDNN (extra ``speechbrain``): spkrec-ecapa-voxceleb, or one that you trained.

Only the weights are read, as tensors: ``hyperparams.yaml`` of such a folder builds whatever it names, so the network's
shape is read off the weights instead, and nothing in the folder is executed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from assistant.audio.frames import Pcm
from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import unit
from assistant.speaker.features import spoken

WEIGHTS = "embedding_model.ckpt"
FIRST, LAST = "blocks.0.conv.conv.weight", "fc.conv.weight"
ATTENTION = "asp.tdnn.conv.conv.weight"


@dataclass(frozen=True, slots=True)
class SpeechbrainConfig:
    """Where the model lies."""

    model: Path
    """Folder with ``embedding_model.ckpt``."""


class SpeechbrainEmbedder:
    """ECAPA-TDNN on mel filterbanks, each utterance's mean taken out."""

    shortest = 0.5

    def __init__(self, config: SpeechbrainConfig) -> None:
        import torch
        from speechbrain.lobes.features import Fbank
        from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

        torch.set_num_threads(1)
        path = Path(config.model).expanduser() / WEIGHTS
        state = _state(path)
        bands, width = state[FIRST].shape[1], state[FIRST].shape[0]
        self.dimensions = int(state[LAST].shape[0])
        self._torch = torch
        self._features = Fbank(n_mels=bands)
        self._network = ECAPA_TDNN(
            bands, lin_neurons=self.dimensions, attention_channels=state[ATTENTION].shape[0],
            channels=[width, width, width, width, state[LAST].shape[1] // 2],
        )
        try:
            self._network.load_state_dict(state)
        except RuntimeError as error:
            raise ModelError(f"is no ECAPA-TDNN of the usual shape: {error}", where=str(path)) from error
        self._network.eval()
        self.name = f"speechbrain/{file_sha256(path)[:12]}"

    def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerEmbedder.embed``."""
        with self._torch.no_grad():
            features = self._features(self._torch.from_numpy(spoken(pcm, self.shortest))[None])
            voice = self._network(features - features.mean(dim=1, keepdim=True))
        return unit(voice.reshape(-1).numpy().astype(np.float32))

    def close(self) -> None:
        """Nothing is held but memory."""


def _state(path: Path) -> Mapping[str, Any]:
    import torch

    mend = "give the folder of a speechbrain speaker model, such as spkrec-ecapa-voxceleb"
    try:
        state: Mapping[str, Any] = torch.load(path, "cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, UnpicklingError) as error:  # the last: more than tensors
        raise ModelError(f"cannot be read: {error}", where=str(path), mend=mend) from error
    lacking = {FIRST, LAST, ATTENTION} - set(state)
    if lacking:
        raise ModelError(f"is no ECAPA-TDNN: it lacks {', '.join(sorted(lacking))}", where=str(path), mend=mend)
    return state
