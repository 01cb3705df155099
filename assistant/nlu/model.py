"""The trained model: what it makes of a sentence, and the folder it is kept in.

A folder holds ``model.npz`` (arrays, no pickles) and ``card.json``: what it was trained on, with what, how good it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from assistant.errors import ModelError
from assistant.nlu.base import Guess
from assistant.nlu.calibration import Calibration
from assistant.nlu.encoder import SHA256, Encoded, Encoder
from assistant.nlu.intents import Classifier, Features, spelled
from assistant.nlu.network import Network
from assistant.nlu.tagger import Tagger, read
from assistant.packaged import file_sha256

ARRAYS, CARD = "model.npz", "card.json"
FORMAT = 1
TAGGER = "tagger/"
RETRAIN = "train it again with training/nlu"


class TrainedModel:
    """Intent, slots and certainty of a sentence.

    Args:
        tagger: None where no example has slots.
    """

    def __init__(
        self, encoder: Encoder, classifier: Classifier, calibration: Calibration, tagger: Tagger | None = None
    ) -> None:
        self._encoder = encoder
        self.classifier = classifier
        self.calibration = calibration
        self.tagger = tagger

    @property
    def intents(self) -> tuple[str, ...]:
        """What it may guess."""
        return self.classifier.intents

    def guess(self, text: str) -> Guess:
        """What it makes of a sentence; of one without words, that it is out of scope."""
        if not text.strip():
            return Guess("", 0.0, in_scope=False, sure=False)
        return self.guess_encoded(text, self._encoder.encode(text))

    def guess_encoded(self, text: str, encoded: Encoded) -> Guess:
        """The same of a sentence that is encoded already."""
        best, probability = self.classifier.best(Features(encoded.sentence[None], spelled(text)[None]))
        certainty = float(self.calibration.certainty(probability)[0])
        intent = self.intents[best[0]]
        slots = self.tagger.slots(read(text, encoded), intent) if self.tagger is not None else ()
        return Guess(intent, certainty, slots, certainty >= self.calibration.refuse, certainty >= self.calibration.sure)

    def save(self, folder: Path, card: Mapping[str, Any]) -> None:
        """Write the folder; ``card`` is what is said about the training."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = self.classifier.arrays()
        if self.tagger is not None:
            arrays |= {TAGGER + name: array for name, array in self.tagger.network.arrays().items()}
        new = folder / f".{ARRAYS}"
        with new.open("wb") as file:
            np.savez(file, **{name: array.astype(np.float16) for name, array in arrays.items()})  # type: ignore[arg-type]
        new.replace(folder / ARRAYS)
        told = {
            "format": FORMAT, "sha256": file_sha256(folder / ARRAYS), "encoder_sha256": SHA256,
            "intents": self.intents, "thresholds": {"refuse": self.calibration.refuse, "sure": self.calibration.sure},
            "calibration": {"slope": self.calibration.slope, "offset": self.calibration.offset},
            "tags": self.tagger.tags if self.tagger else [], "slots": self.tagger.of_intent if self.tagger else {},
            **card,
        }
        (folder / CARD).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


def load_model(folder: Path, encoder: Encoder | None = None) -> TrainedModel:
    """Read a folder that ``TrainedModel.save`` wrote.

    Raises:
        ModelError: it is missing, damaged, of another version or for another encoder.
    """
    card = _card(folder / CARD)
    if card.get("encoder_sha256") != SHA256:
        raise ModelError("was trained for another encoder", where=str(folder), mend=RETRAIN)
    path = folder / ARRAYS
    try:
        if file_sha256(path) != card.get("sha256"):
            raise ModelError("is not the file that the card describes", where=str(path), mend=RETRAIN)
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float32) for name in file.files}
        return _built(card, arrays, encoder or Encoder())
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ModelError(f"cannot be read: {error}", where=str(path), mend=RETRAIN) from error


def _card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot be read: {error}", where=str(path), mend=RETRAIN) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise ModelError("is no card of a trained understanding of this version", where=str(path), mend=RETRAIN)
    return card


def _built(card: Mapping[str, Any], arrays: dict[str, Any], encoder: Encoder) -> TrainedModel:
    calibration = Calibration(**card["calibration"], **card["thresholds"])
    tagger = None
    if card["tags"]:
        named = {name.removeprefix(TAGGER): array for name, array in arrays.items() if name.startswith(TAGGER)}
        tagger = Tagger(Network.of(named), card["tags"], card["slots"])
    return TrainedModel(encoder, Classifier.of(card["intents"], arrays), calibration, tagger)
