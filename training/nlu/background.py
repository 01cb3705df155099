"""Makes ``assistant/nlu/background.npz``: what people say that is no order for a home, in numbers and without texts.

    python -m training.nlu.background --clinc intents/clinc150 --snips intents/snips --out assistant/nlu/background.npz

Of CLINC150's training sentences outside the home's topics, and of some of the Snips benchmark's, those are kept that
lie nearest to the centres of as many clusters. ``background.json`` beside it says from what it was made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from assistant.nlu.background import save_background
from assistant.nlu.base import Example
from assistant.nlu.corpora import read_examples
from assistant.nlu.encoder import REQUIREMENT, SHA256, Encoder
from assistant.nlu.intents import Features
from assistant.nlu.learning import encode
from assistant.nlu.network import Floats, Labels
from assistant.packaged import file_sha256

HOME_TOPICS = (
    "smart_home", "change_volume", "play_music", "timer", "alarm", "next_song", "what_song", "time", "date", "yes",
    "no", "maybe", "cancel", "repeat", "what_can_i_ask_you", "greeting", "goodbye", "thank_you", "are_you_a_bot",
    "PlayMusic",
)
"""Intents that skills of a home take up; the others are background."""
SNIPS_SHARE = 0.25
"""Of what is kept."""
ROUNDS = 8
"""Of Lloyd's algorithm."""


def main(
    clinc: Annotated[Path, typer.Option(help="folder of CLINC150: train.json and oos_train.json are used")],
    snips: Annotated[Path, typer.Option(help="folder of the Snips benchmark")],
    out: Annotated[Path, typer.Option(help="file to write")],
    count: Annotated[int, typer.Option("-n", help="sentences to keep")] = 1600,
    most: Annotated[int, typer.Option(help="sentences of each corpus that are looked at, drawn")] = 8000,
    seed: Annotated[int, typer.Option(help="of drawing and clustering")] = 0,
) -> None:
    """Keep the sentences that stand for the others."""
    encoder, parts = Encoder(), list[Features]()
    corpora = {"clinc150": read_examples(clinc / "train.json", clinc / "oos_train.json"), "snips": read_examples(snips)}
    shares = {"clinc150": round(count * (1 - SNIPS_SHARE)), "snips": round(count * SNIPS_SHARE)}
    for name, examples in corpora.items():
        drawn = others(examples, most, seed)
        typer.echo(f"{name}: {len(drawn)} sentences on other matters")
        features = encode(drawn, encoder, typer.echo, tagged=False).features
        parts.append(features[medoids(features.states, shares[name], seed)])
    save_background(out, parts[0] + parts[1])
    card = {
        "made_by": "training/nlu/background.py", "seed": seed, "sentences": shares, "looked_at": most,
        "corpora": {"clinc150": "train and oos_train, CC BY 3.0, Larson et al., EMNLP 2019",
                    "snips": "CC0 1.0, Coucke et al., 2018"},
        "without": HOME_TOPICS, "encoder": REQUIREMENT, "encoder_sha256": SHA256, "sha256": file_sha256(out),
    }
    out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def others(examples: list[Example], most: int, seed: int) -> list[Example]:
    """Examples outside the home's topics, at most so many, drawn."""
    outside = [example for example in examples if example.intent not in HOME_TOPICS]
    drawn = np.random.default_rng(seed).permutation(len(outside))[:most]
    return [outside[at] for at in sorted(drawn)]


def medoids(states: Floats, count: int, seed: int) -> Labels:
    """int64[count or fewer]: the sentences nearest to the centres of as many clusters."""
    dice = np.random.default_rng(seed)
    centres = states[dice.permutation(len(states))[:count]].copy()
    for _ in range(ROUNDS):
        nearest = _likeness(states, centres).argmax(axis=1)
        sums, sizes = np.zeros_like(centres), np.bincount(nearest, minlength=len(centres))
        np.add.at(sums, nearest, states)
        filled = sizes > 0
        centres[filled] = sums[filled] / sizes[filled, None]
    return np.unique(_likeness(states, centres).argmax(axis=0))


def _likeness(states: Floats, centres: Floats) -> Floats:
    """[n, centres]: the greater, the nearer."""
    return np.asarray(states @ centres.T - 0.5 * (centres**2).sum(axis=1), np.float32)


if __name__ == "__main__":
    typer.run(main)
