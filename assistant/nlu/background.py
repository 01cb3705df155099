"""What people say that is no order for this home: sentences on other matters, in numbers.

``background.npz`` is made by ``training/nlu/background.py`` from CLINC150 (CC BY 3.0) and the Snips benchmark (CC0
1.0); it holds no text. Whoever learns a home's intents learns from it what is none of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.errors import ModelError
from assistant.nlu.base import OUT_OF_SCOPE, Example
from assistant.nlu.encoder import SHA256
from assistant.nlu.intents import Features
from assistant.nlu.learning import Lesson
from assistant.nlu.network import Floats

FILE = Path(__file__).with_name("background.npz")
NEAR = 0.8
"""Mean cosine over the layers above which a background sentence says what a skill understands, and is left out."""
STEPS = 127


def load_background(path: Path = FILE) -> Features:
    """The features of the background.

    Raises:
        ModelError: the file is missing, damaged or of another encoder.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["encoder"]) != SHA256:
                raise ModelError("was made with another encoder", where=str(path), mend="see training/nlu")
            states = file["states"].astype(np.float32) * file["scale"]
            spelled = file["spelled"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"cannot be read: {error}", where=str(path), mend="install again") from error
    spelled /= np.maximum(np.linalg.norm(spelled, axis=1, keepdims=True), 1e-9)
    return Features(states, spelled.astype(np.float16))


def save_background(path: Path, features: Features) -> None:
    """Write features as bytes: states by each number's largest value, n-grams by each sentence's least."""
    scale = (np.abs(features.states).max(axis=0) / STEPS).astype(np.float32)
    states = np.round(features.states / scale).astype(np.int8)
    letters = features.spelled.astype(np.float32)
    least = np.where(letters != 0, np.abs(letters), np.inf).min(axis=1, keepdims=True)
    counts = np.clip(np.round(letters / least), -STEPS, STEPS).astype(np.int8)
    np.savez_compressed(path, states=states, scale=scale, spelled=counts, encoder=np.array(SHA256))


def background_lesson(home: Floats, background: Features) -> Lesson:
    """The background as examples, without what lies near the states of the home's own sentences."""
    layers = 4
    likeness = background.states @ home.T / layers
    far = likeness.max(axis=1) < NEAR
    return Lesson([Example("", OUT_OF_SCOPE)] * int(far.sum()), background[far])
