"""Whole steps of a training, kept in its folder: a run that was broken off does not do them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.errors import ModelError
from assistant.nlu.calibration import Calibration
from assistant.nlu.intents import Classifier
from assistant.nlu.learning import Measured

CALIBRATION, CLASSIFIER = "calibration.json", "classifier.npz"


def kept_calibration(
    folder: Path, make: Callable[[], tuple[Calibration, Measured]]
) -> tuple[Calibration, Measured]:
    """The calibration and what the kept-out sentences said; made if it is not there.

    Raises:
        ModelError: the file is damaged.
    """
    path = folder / CALIBRATION
    if path.exists():
        try:
            told = json.loads(path.read_text("utf-8"))
            return Calibration(**told["calibration"]), Measured(**told["measured"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"is damaged: {error}", where=str(path), mend="delete it") from error
    calibration, measured = make()
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"calibration": asdict(calibration), "measured": asdict(measured)}, indent=1), "utf-8")
    new.replace(path)
    return calibration, measured


def kept_classifier(folder: Path, make: Callable[[], Classifier]) -> Classifier:
    """The classifier; made if it is not there.

    Raises:
        ModelError: the file is damaged.
    """
    path = folder / CLASSIFIER
    if path.exists():
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            return Classifier.of([str(intent) for intent in arrays.pop("intents")], arrays)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelError(f"is damaged: {error}", where=str(path), mend="delete it") from error
    made = make()
    new = folder / f".{CLASSIFIER}"
    with new.open("wb") as file:
        np.savez(file, intents=np.array(made.intents), **made.arrays())  # type: ignore[arg-type]
    new.replace(path)
    return made
