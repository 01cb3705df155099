"""Makes ``assistant/tts/clone/library.npz``: how some hundred voices of Kokoro's space sound to the search's judge.

A search for a person's voice begins with it, so that it need not hear everything itself. The voices are those that
come with Kokoro and mixtures of them, the two halves of a style on their own. It goes on where it was stopped.

    python -m training.tts.library --output library.npz --count 400
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from assistant.audio.frames import Floats
from assistant.models.folder import model_folder
from assistant.tts.clone.judge import Judge
from assistant.tts.clone.library import Library
from assistant.tts.clone.styles import StyleSpace, read_voices
from assistant.tts.clone.trial import Trial
from assistant.tts.kokoro import INSTALLED, open_library

MIXED = 3
"""Voices in a mixture, at most."""
SAVED_EVERY = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--model", default=INSTALLED)
    options = parser.parse_args()
    space = StyleSpace(read_voices(options.model))
    trial = Trial(open_library(model_folder(options.model), 1), Judge())
    library = Library.read(options.output) if options.output.exists() else Library.empty(space.dimensions)
    for number in range(len(library), options.count):
        point = space.points[number] if number < len(space.points) else mixture(space, number)
        library.add(point, trial.hear(space.style(point)))
        if (number + 1) % SAVED_EVERY == 0 or number + 1 == options.count:
            library.write(options.output)
            print(f"{number + 1} of {options.count}", flush=True)


def mixture(space: StyleSpace, seed: int) -> Floats:
    """A voice between some others, or a little beyond them; always the same for a seed."""
    draw = np.random.default_rng(seed)
    halves = [_mixed(half, draw) for half in np.split(space.points, 2, axis=1)]
    return np.concatenate(halves).astype(np.float32)


def _mixed(points: Floats, draw: np.random.Generator) -> Floats:
    chosen = draw.choice(len(points), draw.integers(1, MIXED + 1), replace=False)
    weights = draw.dirichlet(np.full(len(chosen), 1.0))
    return np.asarray(draw.uniform(0.8, 1.3) * weights @ points[chosen], np.float32)


if __name__ == "__main__":
    main()
