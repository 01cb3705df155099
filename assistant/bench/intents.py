"""``bench intents``: what is understood of written sentences, link by link?

Sentences are a JSON list of ``{"text", "intent", "slots"}`` or TSV with those columns, ``oos`` as the intent of what is
out of scope; files of CLINC150 and of the Snips benchmark are read as they are. Links: ``grammar``, the shipped skills'
sentences; ``home-assistant``, those of the package home-assistant-intents; ``trained``, learned from ``--train``,
loaded from ``--model``, or else learned from samples of the skills' sentences; ``chain``, what the
agent understands: skills' and Home Assistant's sentences together, then what is trained. Without a corpus intents and
slots bear Home Assistant's names, devices those of the household (``--home``);
``SKILL.Intent`` names one of ours.

Keys, each with ``_LINK`` behind it, and without it where there is one link: ``intent_accuracy`` of the sentences in
scope, before any refusal; ``exact``, intent and every slot right; ``slot_f1`` over pairs of name and value;
``oos_recall``, the share of sentences out of scope that is refused, ``oos_acted_on`` that is neither refused nor asked
about, ``oos_for_home`` that is taken, asked about or not, for an order to the house's devices; ``refused_in_scope``,
``asked_in_scope``; ``p50_ms``, ``p95_ms`` of a sentence on one core. Case, and how a number is written, do not count.
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
from assistant.bench.intent_links import Link, links
from assistant.bench.intent_score import Said, Taken, figures
from assistant.errors import ConfigError
from assistant.grammar.base import Match
from assistant.home_assistant.translate import in_home_assistants_words
from assistant.nlu.base import OUT_OF_SCOPE
from assistant.nlu.corpora import Labelled, read_labelled

console = Console(stderr=True)
MEASURES = {
    "intent_accuracy": "intent right", "exact": "intent and every slot right", "slot_f1": "slots, F1",
    "refused_in_scope": "refused though in scope", "asked_in_scope": "asked about",
    "oos_recall": "out of scope refused", "oos_acted_on": "out of scope acted on",
    "oos_for_home": "out of scope taken for the home",
    "p50_ms": "half take at most, ms", "p95_ms": "95 of 100 take at most, ms",
}
"""What the table calls the keys."""
WARM = 3
"""Sentences before the clock counts."""


def bench(
    sentences: Annotated[list[Path], typer.Option(help="labelled sentences; may be repeated")],
    home: Annotated[Path | None, typer.Option(help="household file; by default the one that ships")] = None,
    train: Annotated[list[Path] | None, typer.Option(help="corpus to train on first; may be repeated")] = None,
    model: Annotated[Path | None, typer.Option(help="folder of a trained model, in place of --train")] = None,
    link: Annotated[list[str] | None, typer.Option(help="grammar, home-assistant, trained, chain; repeated")] = None,
    outside: Annotated[bool, typer.Option(help="all the sentences are out of scope, whatever their intents")] = False,
    without: Annotated[list[str] | None, typer.Option(help="leave out sentences of this intent; repeated")] = None,
    count: Annotated[int, typer.Option("-n", min=1, help="at most so many sentences, drawn")] = 1_000_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Intent accuracy, slots, out-of-scope and time of each link of the fallback chain."""
    said = drawn(read_said(sentences, outside, set(without or ())), count)
    results: dict[str, Any] = {"sentences": len(said)}
    shown = dict(results)
    with console.status("") as status:  # what a lesson says of its passes is of interest while it lasts
        chosen = links(link or (), home, train or (), model, status.update)
    for name, one in chosen.items():
        keys = figures(said, *measure(one, said))
        results |= keys if len(chosen) == 1 else {}
        results |= {f"{key}_{name.replace('-', '_')}": value for key, value in keys.items()}
        shown |= {f"{name}: {MEASURES[key]}": value for key, value in keys.items()}
    report.publish("intents", results, json_file, shown=shown)


def read_said(paths: Sequence[Path], outside: bool = False, without: set[str] = frozenset()) -> list[Said]:  # type: ignore[assignment]
    """The sentences of files.

    Raises:
        ConfigError: a file cannot be read, or nothing is left.
    """
    found = []
    for path in paths:
        for one in read_labelled(path):
            if one.example.intent not in without:
                found.append(_said(one) if not outside else Said(one.example.text.strip(), OUT_OF_SCOPE))
    if not found:
        raise ConfigError("holds no sentence", where=", ".join(map(str, paths)))
    return found


def _said(one: Labelled) -> Said:
    """A sentence; an order of a skill of ours (``timers.SetTimer``) in the words that the links answer with."""
    text, (skill, dot, intent) = one.example.text.strip(), one.example.intent.partition(".")
    if not dot:
        return Said(text, skill, one.values)
    return Said(text, *in_home_assistants_words(Match(skill, intent, dict(one.values), text), {}))


def drawn(said: Sequence[Said], count: int) -> list[Said]:
    """At most so many, in their order."""
    chosen = np.random.default_rng(0).permutation(len(said))[:count]
    return [said[at] for at in sorted(chosen)]


def measure(link: Link, said: Sequence[Said]) -> tuple[list[Taken], list[float]]:
    """What a link takes the sentences for, and the seconds of each."""
    for one in said[:WARM]:
        link(one.text)
    taken, seconds = list[Taken](), list[float]()
    for one in said:
        began = time.perf_counter()
        taken.append(link(one.text))
        seconds.append(time.perf_counter() - began)
    return taken, seconds
