"""What a voice would sound like, guessed from voices that were heard: kernel ridge regression from place to judgement.

Hearing a voice takes seconds, a guess microseconds, and a guess has a slope that shows the way to a better one.
"""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import Floats
from assistant.audio.mel import Reals
from assistant.tts.clone.library import Library

LINEAR = 0.5
"""Share of the kernel that is a plain line; the rest is a bell around each voice that was heard."""
NOISES = (0.003, 0.01, 0.03, 0.1, 0.3)
WIDTHS = (0.5, 1.0, 2.0)
"""Tried for each library, the bell's in median distances; the best by leaving one voice out stay."""


class Surrogate:
    """Guesses vectors and pitches at any point.

    Args:
        library: at least two voices.
    """

    def __init__(self, library: Library) -> None:
        self._points = library.points.astype(np.float64)
        outputs = np.concatenate([library.vectors, library.pitches[:, None]], axis=1).astype(np.float64)
        pitches = outputs[:, -1]
        pitches[~np.isfinite(pitches)] = np.nanmedian(pitches)
        self._mean = outputs.mean(axis=0)
        self._scale = np.append(np.ones(outputs.shape[1] - 1), pitches.std() + 1e-6)
        aim = (outputs - self._mean) / self._scale
        distances = _squares(self._points, self._points)
        median = float(np.median(distances[distances > 0])) if (distances > 0).any() else 1.0
        self.error = np.inf
        """Mean square of what was guessed wrongly of a voice left out, over that of guessing the mean."""
        for share in WIDTHS:
            width = share * median
            values, basis = np.linalg.eigh(self._kernel(self._points, width, distances))
            for noise in NOISES:
                inverse = (basis / (values + noise)) @ basis.T
                weights = inverse @ aim
                left_out = weights / np.diag(inverse)[:, None]
                error = float((left_out[:, :-1] ** 2).sum() / (aim[:, :-1] ** 2).sum())
                if error < self.error:
                    self.error, self._width, self._weights = error, width, weights

    def guess(self, point: Reals) -> tuple[np.ndarray, float]:
        """The vector and the pitch at a point."""
        output, _ = self._look(point)
        return output[:-1], float(output[-1])

    def slope(self, point: Reals, target: Floats, pitch: float, pitch_weight: float) -> tuple[float, np.ndarray]:
        """How like the target it would sound, and which way it would sound more like it."""
        output, jacobian = self._look(point)
        vector, apart = output[:-1], float(output[-1]) - pitch
        length = float(np.linalg.norm(vector)) + 1e-9
        cosine = float(vector @ target) / length
        upward = jacobian[:, :-1] @ (target / length - cosine * vector / length**2)
        if not np.isfinite(pitch):
            return cosine, upward
        # Smooth at zero: a quarter tone off is not heard.
        off = float(np.hypot(apart, 0.5))
        return cosine - pitch_weight * off, upward - pitch_weight * apart / off * jacobian[:, -1]

    def _look(self, point: Reals) -> tuple[np.ndarray, np.ndarray]:
        """float64[257] and its slope, float64[dimensions, 257]."""
        place = point.astype(np.float64)
        apart = self._points - place
        bell = (1 - LINEAR) * np.exp(-(apart**2).sum(axis=1) / (2 * self._width))
        line = LINEAR * self._points / self._points.shape[1]
        output = (bell + line @ place) @ self._weights * self._scale + self._mean
        slopes = (bell[:, None] * apart / self._width + line).T @ self._weights * self._scale
        return output, slopes

    def _kernel(self, points: np.ndarray, width: float, distances: np.ndarray) -> np.ndarray:
        line = LINEAR * points @ points.T / points.shape[1]
        return np.asarray(line + (1 - LINEAR) * np.exp(-distances / (2 * width)))


def _squares(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    norms = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None]
    return np.asarray(np.maximum(norms - 2 * left @ right.T, 0.0))
