"""From sound to what Whisper's encoder sees, as the recogniser computes it; in training also faster, slower and masked.

faster-whisper fills the rest of the 30 s window with zeros *after* the logarithm, which is not what transformers' own
extractor does (silence before it): a model is trained on what it will be given.
"""

from __future__ import annotations

import numpy as np
import soxr
from faster_whisper.feature_extractor import FeatureExtractor

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm

FRAMES = 3000
"""Of a whole window: 30 s at 100 a second."""
SPEEDS = (0.9, 1.0, 1.0, 1.1)
"""Speed perturbation (Ko et al. 2015), pitch included; half of the recordings stay as they are."""
TIME_MASKS, TIME_MASK = 2, 40
BAND_MASKS, BAND_MASK = 2, 12
"""SpecAugment (Park et al. 2019), milder than for audiobooks: how many masks of at most how many frames or bands."""

_extractor = FeatureExtractor()


def log_mel(sound: Pcm) -> Floats:
    """float32[80, frames], 100 frames a second, no padding; at most one window.

    The extractor adds 10 ms to the sound, and faster-whisper leaves the frame that comes of it out.
    """
    floats = sound.astype(np.float32) / np.float32(32768)
    return np.asarray(_extractor(floats)[:, :-1][:, :FRAMES], np.float32)


def padded(features: list[Floats], frames: int) -> Floats:
    """A batch: float32[n, 80, frames], zeros behind what is shorter."""
    batch = np.zeros((len(features), features[0].shape[0], frames), np.float32)
    for row, one in zip(batch, features, strict=True):
        row[:, : min(frames, one.shape[1])] = one[:, :frames]
    return batch


def perturbed(sound: Pcm, dice: np.random.Generator) -> Floats:
    """Features of the sound at another speed, with parts hidden."""
    speed = float(dice.choice(SPEEDS))
    if speed != 1.0:
        sound = soxr.resample(sound, SAMPLE_RATE * speed, SAMPLE_RATE)
    features = log_mel(sound).copy()
    for masks, longest, axis in ((BAND_MASKS, BAND_MASK, 0), (TIME_MASKS, TIME_MASK, 1)):
        for _ in range(masks):
            width = int(dice.integers(min(longest, features.shape[axis] // 4) + 1))
            first = int(dice.integers(features.shape[axis] - width + 1))
            hidden = slice(first, first + width)
            features[(hidden, slice(None)) if axis == 0 else (slice(None), hidden)] = features.mean()
    return features
