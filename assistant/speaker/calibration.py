"""What a similarity of two voices is worth: scores beside a cohort's, as log-likelihood ratios by the speech's length.

A cosine means little by itself: some voices are near everybody, and short speech is near nobody. The cohort, people
whom nobody will meet, takes the first away (AS-norm: Matejka et al., 2017); a line for each length, fitted by logistic
regression on people whom the network does not know (Brummer and du Preez, 2006), the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError
from assistant.paths import data_dir
from assistant.speaker.base import Embedding

Matrix = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]

NEAREST = 40
"""Of the cohort, the ones that a voice is most like count."""
LEAST_SPREAD = 0.02
"""Of cosines; a cohort that is all alike would make any difference infinite."""
FOLDER = Path(__file__).with_name("calibrations")
STEPS, RIDGE = 50, 1e-4


@dataclass(frozen=True, slots=True)
class Calibration:
    """For one embedder."""

    name: str
    """Of the embedder."""
    cohort: Matrix
    """Embeddings of people whom nobody will meet, float32[n, dimensions], of unit length; may be empty."""
    seconds: Reals
    """Lengths of speech that were measured, rising, [m]."""
    scale: Reals
    """Natural-log likelihood ratio by unit of score, [m]."""
    offset: Reals
    """And of a score of 0, [m]."""

    def normal(self, one: Matrix, other: Matrix) -> Reals:
        """Scores of every voice in ``one`` against every voice in ``other``: [n, m]; unit vectors in rows."""
        cosines = np.asarray(one.astype(np.float64) @ other.T)
        if len(self.cohort) < 2:
            return cosines
        (mean, spread), (other_mean, other_spread) = self._beside(one), self._beside(other)
        scores: Reals = 0.5 * ((cosines - mean[:, None]) / spread[:, None] + (cosines - other_mean) / other_spread)
        return scores

    def llr(self, score: Reals, seconds: Reals | float) -> Reals:
        """Natural-log likelihood ratios of scores of speech of such a length."""
        at = np.log(np.clip(seconds, self.seconds[0], self.seconds[-1]))
        known = np.log(self.seconds)
        ratios: Reals = np.interp(at, known, self.scale) * score + np.interp(at, known, self.offset)
        return ratios

    def _beside(self, voices: Matrix) -> tuple[Reals, Reals]:
        """Mean and spread of the nearest of the cohort, for each voice."""
        cosines = voices.astype(np.float64) @ self.cohort.T
        nearest = -np.sort(-cosines, axis=1)[:, :NEAREST]
        return nearest.mean(axis=1), np.maximum(nearest.std(axis=1), LEAST_SPREAD)


def calibration_of(name: str) -> Calibration:
    """The calibration of an embedder: the user's own before the one that ships.

    Args:
        name: of the embedder, ``backend/version``.

    Raises:
        ModelError: there is none, or it is damaged or of another version.
    """
    file = f"{name.split('/')[0]}.npz"
    for folder in (data_dir() / "speakers", FOLDER):
        if (folder / file).is_file():
            found = load(folder / file)
            if found.name == name:
                return found
    raise ModelError(f"the scores of {name} were never calibrated", where="speaker",
                     mend=f"assistant bench speakers --backend {name.split('/')[0]} --calibrate")


def load(path: Path) -> Calibration:
    """Read one.

    Raises:
        ModelError: it is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            cohort = file["cohort"].astype(np.float32)
            cohort /= np.maximum(np.linalg.norm(cohort, axis=1, keepdims=True), 1e-9)
            return Calibration(str(file["name"]), cohort, file["seconds"], file["scale"], file["offset"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ModelError(f"cannot be read: {error}", where=str(path), mend="install again") from error


def save(path: Path, calibration: Calibration) -> None:
    """Write one, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new.npz")
    np.savez_compressed(
        new, name=np.array(calibration.name), cohort=calibration.cohort.astype(np.float16),
        seconds=calibration.seconds, scale=calibration.scale, offset=calibration.offset,
    )
    new.replace(path)


def line(same: Reals, different: Reals) -> tuple[float, float]:
    """Scale and offset that make scores log-likelihood ratios: logistic regression, both kinds weighing alike.

    Args:
        same, different: scores of trials of one person with themselves, and with others.
    """
    scores = np.concatenate([same, different])
    labels = np.concatenate([np.ones(len(same)), np.zeros(len(different))])
    weights = np.concatenate([np.full(len(same), 0.5 / len(same)), np.full(len(different), 0.5 / len(different))])
    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    inputs = np.stack([(scores - centre) / spread, np.ones(len(scores))], axis=1)
    beta = np.zeros(2)
    for _ in range(STEPS):
        odds = 1.0 / (1.0 + np.exp(-np.clip(inputs @ beta, -30.0, 30.0)))
        gradient = inputs.T @ (weights * (odds - labels)) + RIDGE * beta
        curvature = (inputs * (weights * odds * (1.0 - odds))[:, None]).T @ inputs + RIDGE * np.eye(2)
        beta = beta - np.linalg.solve(curvature, gradient)
    return float(beta[0] / spread), float(beta[1] - beta[0] * centre / spread)


def unit(vectors: Matrix) -> Matrix:
    """The vectors of length one: along the last axis."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), np.float32)


def mean_voice(voices: Matrix | list[Embedding]) -> Embedding:
    """What several embeddings of one person have in common: their mean direction."""
    return unit(np.mean(np.asarray(voices), axis=0))
