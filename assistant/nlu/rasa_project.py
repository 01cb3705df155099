"""A Rasa project from the skills' sentences, and its training by a Rasa that is installed somewhere."""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import ModelError
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.nlu.base import OUT_OF_SCOPE, Example
from assistant.nlu.samples import PER_RULE, sample
from assistant.skills import builtin

NLU, CONFIG, DOMAIN, MODELS = "nlu.yml", "config.yml", "domain.yml", "models"
MODEL = "assistant"
"""Name of the trained model."""
FORMAT = "3.1"
"""Of Rasa's training data."""
EPOCHS = 30
SEED = 5
"""The same sentences make the same model."""
OTHER_MATTERS = Path(__file__).with_name("other_matters.txt")
"""Sentences that are no order: one a line."""
TRAIN_SECONDS = 3600


class _Block(str):
    """Text that is written line by line."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes examples as Rasa's documentation does."""


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def write_project(grammar: Grammar, folder: Path, per_rule: int = PER_RULE) -> int:
    """Write a project that teaches the grammar's sentences; returns how many examples there are.

    Raises:
        ModelError: the grammar has fewer than two intents, or the folder cannot be written.
    """
    by_intent: dict[str, dict[str, None]] = defaultdict(dict)
    entities: set[str] = set()
    for sampled in sample(grammar, View(("order",)), per_rule):
        if sampled.rule.skill != builtin.SKILL:
            for example in sampled.examples:
                by_intent[example.intent][annotated(example)] = None
                entities.update(slot.name for slot in example.slots)
    if len(by_intent) < 2:
        raise ModelError("there are fewer than two intents to tell apart", mend="enable a skill")
    by_intent[OUT_OF_SCOPE] = dict.fromkeys(OTHER_MATTERS.read_text("utf-8").splitlines())
    files = {
        NLU: {"version": FORMAT, "nlu": [_lesson(intent, texts) for intent, texts in sorted(by_intent.items())]},
        CONFIG: _pipeline(),
        DOMAIN: {"version": FORMAT, "intents": sorted(by_intent), "entities": sorted(entities)},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ModelError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    return sum(map(len, by_intent.values()))


def annotated(example: Example) -> str:
    """The sentence with its slots marked: "turn on the [floor lamp](name)"."""
    text = example.text
    for slot in sorted(example.slots, key=lambda slot: -slot.start):
        text = f"{text[: slot.start]}[{text[slot.start : slot.end]}]({slot.name}){text[slot.end :]}"
    return text


def train_project(folder: Path, rasa: Path) -> Path:
    """Train a project with a ``rasa`` executable; the model's file.

    Raises:
        ModelError: it cannot be started, or fails; says what it said last.
    """
    command = [
        str(rasa), "train", "nlu", "--nlu", NLU, "--config", CONFIG, "--domain", DOMAIN, "--out", MODELS,
        "--fixed-model-name", MODEL,
    ]
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"}, capture_output=True, text=True,
            timeout=TRAIN_SECONDS, check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"{rasa} cannot train: {error}", where=str(folder),
                         mend="pip install rasa==3.6.21 in an environment of Python 3.10") from error
    model = folder / MODELS / f"{MODEL}.tar.gz"
    if done.returncode != 0 or not model.is_file():
        last = (done.stderr.strip().splitlines() or done.stdout.strip().splitlines() or ["it says nothing"])[-1]
        raise ModelError(f"rasa could not train it: {last[:300]}", where=str(folder))
    return model


def _lesson(intent: str, texts: Iterable[str]) -> dict[str, Any]:
    return {"intent": intent, "examples": _Block("".join(f"- {text}\n" for text in texts))}


def _pipeline() -> dict[str, Any]:
    return {
        "recipe": "default.v1", "assistant_id": "voice-assistant", "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": EPOCHS, "constrain_similarities": True, "random_seed": SEED},
        ],
    }
