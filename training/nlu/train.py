"""Trains the understanding of sentences: intents, slots, out-of-scope.

    python -m training.nlu.train --train intents/clinc150/train.json --train intents/clinc150/oos_train.json \\
        --test intents/clinc150/val.json --test intents/clinc150/oos_val.json --out my-understanding

See README.md in this folder. Broken off at any moment, the same command goes on after the last whole step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.bench import report
from assistant.bench.intent_links import Settled, skills_grammar
from assistant.bench.intent_score import Said, Taken, figures
from assistant.bench.intents import measure, read_said
from assistant.errors import AssistantError, ConfigError
from assistant.home.schema import Household
from assistant.nlu.base import OUT_OF_SCOPE, Example, said
from assistant.nlu.corpora import read_examples
from assistant.nlu.encoder import REQUIREMENT, Encoder
from assistant.nlu.learning import learn_calibration, learn_intents, learn_slots
from assistant.nlu.model import CARD, TrainedModel, load_model
from assistant.nlu.samples import sample
from assistant.packaged import file_sha256
from assistant.paths import shipped_dir

from ..folder import claim
from .lesson import lesson
from .steps import kept_calibration, kept_classifier

REPORT = "report.json"
PACKAGES = ("numpy", "onnxruntime", "tokenizers")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder was trained with; a run that goes on must have the same."""

    train: tuple[str, ...]
    """Files, and the hash of each."""
    home: str
    outside: tuple[str, ...]
    share: float
    seed: int


def train(
    settings: Settings, examples: Sequence[Example], out: Path, say: Callable[[str], None] = print
) -> TrainedModel:
    """Encode, calibrate, fit and save; resumes what ``out`` holds.

    Raises:
        AssistantError: there is too little to tell apart, or ``out`` belongs to other settings.
    """
    claim(out, settings)
    if (out / CARD).exists():
        return load_model(out)
    encoder = Encoder()
    taught = lesson(examples, encoder, out, say)
    calibration, measured = kept_calibration(out, lambda: learn_calibration(taught, settings.seed, say)[:2])
    classifier = kept_classifier(out, lambda: learn_intents(taught, settings.seed, say))
    model = TrainedModel(encoder, classifier, calibration, learn_slots(taught, say))
    model.save(out, {
        "data": settings.train, "outside": settings.outside, "home": settings.home, "share": settings.share,
        "seed": settings.seed, "measured": asdict(measured), "encoder": REQUIREMENT,
        "versions": {package: version(package) for package in PACKAGES},
    })
    return load_model(out, encoder)


def home_examples(home: Path) -> list[Example]:
    """Sentences of the shipped skills over a household."""
    grammar = skills_grammar(Settled(Household.load(home)))
    return [example for sampled in sample(grammar) for example in sampled.examples]


def split(examples: Sequence[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """(the others, a share of them), drawn."""
    out = np.zeros(len(examples), bool)
    out[np.random.default_rng(seed).permutation(len(examples))[: round(share * len(examples))]] = True
    kept = [example for example, left in zip(examples, out, strict=True) if not left]
    return kept, [example for example, left in zip(examples, out, strict=True) if left]


def judged(model: TrainedModel, tests: Sequence[Said]) -> dict[str, Any]:
    """The keys of ``bench intents``."""

    def link(text: str) -> Taken:
        guess = model.guess(text)
        return Taken(guess.intent, said(text, guess.slots), not guess.in_scope, guess.in_scope and not guess.sure)

    return figures(tests, *measure(link, tests))


def _named(paths: Sequence[Path]) -> tuple[str, ...]:
    """Files by name and hash, a folder's one by one."""
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    return tuple(f"{file.parent.name}/{file.name} {file_sha256(file)}" for file in files if file.is_file())


def main(
    out: Annotated[Path, typer.Option(help="folder to train in; holds the model in the end")],
    train_files: Annotated[list[Path] | None, typer.Option("--train", help="labelled sentences; repeated")] = None,
    home: Annotated[bool, typer.Option("--home", help="sentences of the shipped skills")] = False,
    household: Annotated[Path | None, typer.Option(help="whose devices they name; else the one that ships")] = None,
    outside: Annotated[list[Path] | None, typer.Option(help="sentences that are all out of scope; repeated")] = None,
    test: Annotated[list[Path] | None, typer.Option(help="sentences that judge; repeated")] = None,
    share: Annotated[float, typer.Option(min=0, max=0.5, help="of the sentences to keep out and judge by")] = 0.0,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train an understanding; broken off, the same command goes on."""
    try:
        examples = read_examples(*train_files or ())
        where = household or shipped_dir() / "configs" / "home.yaml"
        examples += home_examples(where) if home else []
        examples += [Example(one.text, OUT_OF_SCOPE) for one in read_examples(*outside or ())]
        if not examples:
            raise ConfigError("there is nothing to learn", where="--train", mend="give --train FILE or --home")
        taught, kept = split(examples, share, seed)
        settings = Settings(_named(train_files or ()), file_sha256(where) if home else "", _named(outside or ()), share,
                            seed)
        model = train(settings, taught, out.resolve(), typer.echo)
        tests = [Said(one.text.strip(), one.intent, one.values()) for one in kept]
        tests += read_said(test) if test else []
    except AssistantError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if tests:
        report.publish("nlu-training", judged(model, tests), out / REPORT, title="sentences that it was not taught")
    typer.echo(f"\nassistant bench intents --model {out.resolve()} --sentences FILE")


if __name__ == "__main__":
    typer.run(main)
