"""``bench names``: are a household's names spelled right in open dictation, and what do they harm elsewhere?

Artists' names of the Snips set are people's names that are no English words; half of them (``--half``) is for setting
the bonus, the other for measuring. Synthesisers say each in a sentence, while 200 names are known. The harm is the
difference in word errors on recordings (``--manifest``), in which these names do not occur but by chance.

Keys: ``right_with`` and ``right_without``, the share of names that is spelled as the household does, all of its words;
``lost``, the share that was right without and is not with; ``wer_with``, ``wer_without`` and ``wer_harm``, their
difference; ``decode_ms_with_p50``, ``_without_p50``, processor time of a whole recording: each with the manifest's
folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.asr.constrained.names import Names, plain
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.bench import report
from assistant.bench.asr import errors
from assistant.bench.manifest import read_manifest
from assistant.errors import AssistantError
from assistant.grammar.base import Value
from assistant.grammar.grammar import Grammar
from assistant.testing.voices import say

KNOWN = 200
LONGEST = 3
"""Words of a name."""
SENTENCES = (
    "please call {} tomorrow morning", "remind me to write to {}", "{} is coming to dinner on friday",
    "put a present for {} on the list", "where did {} leave the keys",
)
VOICES = ("piper", "espeak:en-us", "espeak:en-gb+f3")

console = Console(stderr=True)


@dataclass(slots=True)
class Taken:
    """What was written."""

    texts: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """Processor time of each."""


def bench(
    intents: Annotated[Path, typer.Option(help="folder of the Snips set")],
    manifest: Annotated[list[Path] | None, typer.Option(help="TSV with the columns path and text")] = None,
    half: Annotated[str, typer.Option(help="odd or even: which names")] = "even",
    even: Annotated[bool, typer.Option("--even", help="only speakers with an even number")] = False,
    count: Annotated[int, typer.Option("-n", min=1, help="names that are said")] = 120,
    recordings: Annotated[int, typer.Option(help="at most so many of each manifest, drawn")] = 200,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Names spelled right with and without knowing them, and word errors on other speech."""
    bare = MoonshineRecognizer(MoonshineConfig(threads=1))
    names = artists(intents, half, bare)
    console.print(f"{len(names)} names, such as {', '.join(names[:5])}")
    known = MoonshineRecognizer(MoonshineConfig(threads=1), household(names[: max(KNOWN, count)]))
    results: dict[str, Any] = spelling(bare, known, names[:count])
    for path in manifest or []:
        found = harm(bare, known, path, even, recordings)
        results |= {f"{key}_{path.parent.name}": value for key, value in found.items()}
    report.publish("names", results, json_file)


def artists(folder: Path, half: str, recognizer: MoonshineRecognizer) -> list[str]:
    """Different names that are not made of common words only; in an order that is drawn once.

    Raises:
        AssistantError: the set cannot be read.
    """
    found: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        try:
            (sentences,) = json.loads(path.read_text("utf8")).values()
            parts = [part for sentence in sentences for part in sentence["data"] if part.get("entity") == "artist"]
        except (OSError, ValueError, KeyError) as error:
            raise AssistantError(f"is no part of the Snips set: {error}", where=str(path)) from error
        found.update(" ".join(part["text"].split()).title() for part in parts)
    usable = sorted(
        name for name in found
        if name.isascii() and name.replace(" ", "").isalpha() and len(name.split()) <= LONGEST
        and Names([name], recognizer.model.vocabulary)
    )
    chosen = usable[half == "even" :: 2]
    return [chosen[i] for i in np.random.default_rng(0).permutation(len(chosen))]


def household(names: Sequence[str]) -> Grammar:
    """A grammar that knows people of these names."""
    grammar = Grammar()
    grammar.set_list("person", [Value(name, name) for name in names])
    return grammar


def spelling(bare: MoonshineRecognizer, known: MoonshineRecognizer, names: Sequence[str]) -> dict[str, Any]:
    """Say each name in a sentence and look for it in what is written."""
    sounds = [say(SENTENCES[i % len(SENTENCES)].format(name), VOICES[i % len(VOICES)]) for i, name in enumerate(names)]
    right = {
        key: [holds(text, name) for text, name in zip(taken(recognizer, sounds).texts, names, strict=True)]
        for key, recognizer in (("without", bare), ("with", known))
    }
    lost = sum(before and not after for before, after in zip(right["without"], right["with"], strict=True))
    return {
        **{f"right_{key}": report.share(sum(found), len(found)) for key, found in right.items()},
        "lost": report.share(lost, len(names)),
    }


def holds(text: str, name: str) -> bool:
    """Whether a text has all words of a name next to each other."""
    return f" {plain(name)} " in f" {plain(text)} "


def harm(
    bare: MoonshineRecognizer, known: MoonshineRecognizer, manifest: Path, even: bool, count: int
) -> dict[str, Any]:
    """Word errors with and without the names."""
    listed = [one for one in read_manifest(manifest) if not even or one.measured]
    drawn = [listed[i] for i in sorted(np.random.default_rng(0).permutation(len(listed))[:count])]
    sounds = [read_sound(one.path) for one in drawn]
    both = {key: taken(recognizer, sounds) for key, recognizer in (("without", bare), ("with", known))}
    counted = {
        key: np.array([errors(one.text, text) for one, text in zip(drawn, found.texts, strict=True)])
        for key, found in both.items()
    }
    pairs: list[Any] = np.column_stack([counted["with"], counted["without"]]).tolist()
    return {
        **{
            f"wer_{key}": report.statistic(table.tolist(), lambda rows: float(rows[:, 0].sum() / rows[:, 1].sum()))
            for key, table in counted.items()
        },
        "wer_harm": report.statistic(pairs, lambda rows: float((rows[:, 0] - rows[:, 2]).sum() / rows[:, 1].sum())),
        **{
            f"decode_ms_{key}_p50": report.percentile([1000 * one for one in found.seconds], 50)
            for key, found in both.items()
        },
    }


def taken(recognizer: MoonshineRecognizer, sounds: Sequence[Pcm]) -> Taken:
    """Take sounds down as open dictation."""
    found = Taken()
    for sound in sounds:
        stream = recognizer.stream(None)
        stream.feed(sound, 0)
        began = time.process_time()
        found.texts.append(stream.decode().free_text)
        found.seconds.append(time.process_time() - began)
        stream.close()
    return found
