"""``bench nlu-train``: how long does learning take, and how good is it, by the number of examples?

Of a labelled corpus so many sentences are drawn, learned and measured on other sentences. ``--skills`` measures what a
running assistant does in its place: the shipped skills are learned, then once more with one more skill.

Keys for each number N of examples: ``encode_seconds_N``, ``learn_seconds_N``, ``intent_accuracy_N``. With ``--skills``:
``skills_examples``, ``skills_seconds`` and ``new_skill_seconds``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.bench import report
from assistant.bench.crowd import OTHERS, other_skills
from assistant.bench.intent_links import Settled, skills_grammar
from assistant.errors import ConfigError
from assistant.grammar.sentences import parse_sentences_yaml
from assistant.home.schema import Household
from assistant.nlu.base import OUT_OF_SCOPE, Example
from assistant.nlu.corpora import read_examples
from assistant.nlu.encoder import Encoder
from assistant.nlu.learning import encode, learn
from assistant.nlu.skills import SkillUnderstanding
from assistant.paths import shipped_dir

COUNTS = (500, 1500, 5000)
console = Console(stderr=True)


def bench(
    train: Annotated[list[Path] | None, typer.Option(help="corpus to draw from; may be repeated")] = None,
    test: Annotated[list[Path] | None, typer.Option(help="sentences to measure on; may be repeated")] = None,
    count: Annotated[
        list[int] | None, typer.Option("-n", min=1, help="examples; repeated; else 500, 1500, 5000")
    ] = None,
    skills: Annotated[bool, typer.Option(help="measure learning the shipped skills, and one more")] = True,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Seconds and accuracy of learning against the number of examples."""
    if bool(train) != bool(test):
        raise ConfigError("--train and --test go together", where="bench nlu-train", mend="give both or neither")
    encoder = Encoder()
    results: dict[str, Any] = {}
    if train and test:
        asked = [one for one in read_examples(*test) if one.intent != OUT_OF_SCOPE]
        examples = read_examples(*train)
        for number in count or COUNTS:
            results |= learned(examples, asked, number, encoder)
    results |= skill_seconds(encoder) if skills else {}
    report.publish("nlu-train", results, json_file)


def learned(examples: Sequence[Example], asked: Sequence[Example], number: int, encoder: Encoder) -> dict[str, Any]:
    """The keys of one number of examples."""
    drawn = [examples[at] for at in np.random.default_rng(0).permutation(len(examples))[:number]]
    began = time.perf_counter()
    lesson = encode(drawn, encoder)
    encoded = time.perf_counter()
    model, _ = learn(lesson, encoder)
    done = time.perf_counter()
    right = sum(model.guess(one.text).intent == one.intent for one in asked)
    console.print(f"{len(drawn)} examples: {right / len(asked):.1%}", highlight=False)
    return {
        f"encode_seconds_{number}": encoded - began, f"learn_seconds_{number}": done - encoded,
        f"intent_accuracy_{number}": report.share(right, len(asked)),
    }


def skill_seconds(encoder: Encoder) -> dict[str, Any]:
    """Seconds until the shipped skills are learned, and until one more is."""
    grammar = skills_grammar(Settled(Household.load(shipped_dir() / "configs" / "home.yaml")))
    understanding = SkillUnderstanding(grammar, encoder)
    first = understanding.learn()
    name = OTHERS[0]
    grammar.set_sentences(name, parse_sentences_yaml(other_skills(1)[name], name))
    second = understanding.learn()
    assert first is not None and second is not None
    return {"skills_examples": first.examples, "skills_seconds": first.seconds, "new_skill_seconds": second.seconds}
