"""A high-pass: takes away the rumble of traffic, wind and handling, below what a voice has."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm

CUTOFF_HZ = 90.0
"""Where it takes 3 dB; at 45 Hz it takes 24. The lowest voices begin at 85 Hz."""
DAMPINGS = (0.5411961001461969, 1.3065629648763766)
"""Q of the two sections of a Butterworth filter of fourth order."""
STATES = 2 * len(DAMPINGS)
BLOCKS = 8
BLOCK = FRAME_SAMPLES // BLOCKS

Matrix = npt.NDArray[np.float64]


class HighPass:
    """Filters one stream, a frame at a time.

    The filter is linear: what a block of samples and the state before it come to is a product with small matrices,
    and so are the states before all blocks of a frame. A recursion in Python would take thirty times as long.
    """

    def __init__(self) -> None:
        self._products = _products()
        self._state = np.zeros(STATES)

    def process(self, pcm: Pcm) -> Pcm:
        """int16[320] in, int16[320] out; no delay."""
        products, samples = self._products, pcm.reshape(BLOCKS, BLOCK).astype(np.float64)
        pushes = samples @ products.state_from_samples
        states = products.states @ np.concatenate((self._state, pushes.ravel()))
        self._state = states[-STATES:]
        out = samples @ products.from_samples
        out += states[:-STATES].reshape(BLOCKS, STATES) @ products.from_state
        np.rint(out, out=out)
        np.minimum(np.maximum(out, -32768, out=out), 32767, out=out)
        return out.ravel().astype(np.int16)


class _Products(NamedTuple):
    """The filter over a block, rows times matrix; and over a frame."""

    from_samples: Matrix
    from_state: Matrix
    state_from_samples: Matrix
    states: Matrix
    """States before each block and after the last, from the first one and what each block adds to its own."""


@cache
def _products() -> _Products:
    samples = np.hstack((np.eye(BLOCK), np.zeros((BLOCK, STATES))))
    state = np.hstack((np.zeros((STATES, BLOCK)), np.eye(STATES)))
    out, after = _recursion(samples, state)
    steps = [np.linalg.matrix_power(after[:, BLOCK:], k) for k in range(BLOCKS + 1)]
    nothing = np.zeros((STATES, STATES))
    states = np.block([
        [steps[block], *[steps[block - 1 - by] if by < block else nothing for by in range(BLOCKS)]]
        for block in range(BLOCKS + 1)
    ])
    return _Products(out[:, :BLOCK].T.copy(), out[:, BLOCK:].T.copy(), after[:, :BLOCK].T.copy(), states)


def _recursion(samples: Matrix, state: Matrix) -> tuple[Matrix, Matrix]:
    """Many streams sample by sample: float64[samples, streams] and [STATES, streams] in; the same after it out."""
    out, state = samples.copy(), state.copy()
    for number, damping in enumerate(DAMPINGS):
        (b0, b1, b2), (a1, a2) = _section(damping)
        first, second = state[2 * number], state[2 * number + 1]
        for row in out:
            sample = row.copy()
            row[:] = b0 * sample + first
            first = b1 * sample - a1 * row + second
            second = b2 * sample - a2 * row
        state[2 * number], state[2 * number + 1] = first, second
    return out, state


def _section(damping: float) -> tuple[tuple[float, float, float], tuple[float, float]]:
    """Coefficients of a second-order high-pass, by the bilinear transform."""
    w = float(np.tan(np.pi * CUTOFF_HZ / SAMPLE_RATE))
    norm = 1.0 / (1.0 + w / damping + w * w)
    return (norm, -2.0 * norm, norm), (2.0 * (w * w - 1.0) * norm, (1.0 - w / damping + w * w) * norm)
