"""The judge of finished voices: GE2E (Wan et al., 2018) as Resemblyzer trained it.

It takes no part in making a voice, and taught no network that does.
"""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import BackendError
from assistant.extras import install_command


class Ge2e:
    """Resemblyzer's network.

    Raises:
        BackendError: Resemblyzer is not installed.
    """

    def __init__(self) -> None:
        try:
            from resemblyzer import VoiceEncoder, preprocess_wav
        except ImportError as error:
            raise BackendError(str(error), where="final judge", mend=install_command("clone-verdict")) from error
        self._encoder = VoiceEncoder("cpu", verbose=False)
        self._prepare = preprocess_wav

    def embed(self, pcm: Pcm) -> Floats:
        """float32[256] of length 1, of int16 speech at 16 kHz."""
        sound = self._prepare(pcm.astype(np.float32) / 32768.0, SAMPLE_RATE)
        return np.asarray(self._encoder.embed_utterance(sound), np.float32)
