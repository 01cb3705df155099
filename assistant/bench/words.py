"""``bench words``: how far off are the times of words, how often are their confidences right, and what do times cost?

Orders are drawn from the shipped sentences and a home of 40 devices, without digits, and spoken by Piper, whose network
tells how long each phoneme lasts, and by espeak-ng, which tells where each word begins. They are taken down as open
dictation; words that are not recognised have no time and are counted apart.

Keys for each voice V: ``start_ms_V_p50``, ``_p95`` and ``end_ms_V_...``, the distance of a word's edge from where it
was spoken; ``early_ms_V``, the mean signed distance of starts; ``recognised_V``, the share of words that has a time.
Beside these ``cost_ms_per_second``, the processor time that times take for each second of sound; ``wrong_below_half``,
the share of wrong words among those with a confidence below one half, and ``wrong_above``, among the others.
"""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from assistant.asr.base import Word
from assistant.asr.fold import fold
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench import report, timed
from assistant.bench.crowd import crowded
from assistant.bench.timed import Timed
from assistant.grammar.base import View

DEVICES = 40
SPELLED = re.compile(r"[a-z' ]+")
"""Digits are read as several words."""
FEWEST, MOST = 3, 12
"""Words of an order."""
ESPEAK = "en-gb+f3"
SURE = 0.5

console = Console(stderr=True)


@dataclass(slots=True)
class Distances:
    """What was measured in one voice; milliseconds."""

    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    signed: list[float] = field(default_factory=list)
    spoken: int = 0
    recognised: int = 0
    costs: list[float] = field(default_factory=list)
    """Milliseconds of processor time for each second of sound."""
    sure: list[bool] = field(default_factory=list)
    """Of each word that was written and is as sure as half: whether it is wrong."""
    unsure: list[bool] = field(default_factory=list)


def bench(
    count: Annotated[int, typer.Option("-n", min=1, help="orders in each voice")] = 120,
    seed: Annotated[int, typer.Option(help="which orders are drawn")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Errors of word starts and ends against the synthesiser's own, word confidences, and the cost of times."""
    texts = orders(count, seed)
    recognizer = MoonshineRecognizer(MoonshineConfig(threads=1))
    results: dict[str, Any] = {}
    both = Distances()
    for name, call, arguments in (
        ("piper", timed.piper, (texts,)), ("espeak", timed.espeak, (texts, ESPEAK)),
    ):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            spoken = pool.apply(call, arguments)
        console.print(f"{name}: {len(spoken)} of {len(texts)} orders have a time for each word")
        found = Distances()
        for one in spoken:
            compare(recognizer, one, found)
        results |= figures(name, found, len(spoken))
        both.costs += found.costs
        both.sure += found.sure
        both.unsure += found.unsure
    results["cost_ms_per_second"] = report.percentile(both.costs, 50)
    results["wrong_below_half"] = report.share(sum(both.unsure), len(both.unsure))
    results["wrong_above"] = report.share(sum(both.sure), len(both.sure))
    report.publish("words", results, json_file)


def orders(count: int, seed: int) -> list[str]:
    """Different orders of a few words each."""
    drawn = crowded([], devices=DEVICES).sentences(View(), 8 * count, seed)
    short = (text for text in drawn if SPELLED.fullmatch(text) and FEWEST <= len(text.split()) <= MOST)
    return [text for text, _ in zip(short, range(count), strict=False)]


def compare(recognizer: MoonshineRecognizer, spoken: Timed, found: Distances) -> None:
    """Take one order down and add what it shows."""
    stream = recognizer.stream(None)
    stream.feed(spoken.sound, 0)
    hypothesis = stream.decode()
    began = time.process_time()
    words = stream.words(hypothesis.free_text)
    found.costs.append(1000 * (time.process_time() - began) * SAMPLE_RATE / len(spoken.sound))
    found.spoken += len(spoken.words)
    right = dict(_same(words, spoken))
    for i, word in enumerate(words):
        (found.sure if word.confidence >= SURE else found.unsure).append(i not in right)
        if i in right:
            _measure(word, right[i], found)


def _measure(word: Word, truth: tuple[str, int, int | None], found: Distances) -> None:
    assert word.start is not None and word.end is not None
    _, start, end = truth
    found.recognised += 1
    found.signed.append((word.start - start) * 1000 / SAMPLE_RATE)
    found.starts.append(abs(found.signed[-1]))
    if end is not None:
        found.ends.append(abs(word.end - end) * 1000 / SAMPLE_RATE)


def _same(words: tuple[Word, ...], spoken: Timed) -> Iterator[tuple[int, tuple[str, int, int | None]]]:
    """Each word that was recognised, by its index, with the one that was spoken."""
    heard, said = [fold(word.text) for word in words], [fold(word) for word, _, _ in spoken.words]
    for block in SequenceMatcher(None, heard, said, autojunk=False).get_matching_blocks():
        yield from ((block.a + i, spoken.words[block.b + i]) for i in range(block.size))


def figures(name: str, found: Distances, orders: int) -> dict[str, Any]:
    """The keys of one voice."""
    kinds = {"start": found.starts, "end": found.ends}
    return {
        f"orders_{name}": orders,
        **{
            f"{kind}_ms_{name}_p{q}": report.percentile(values, q)
            for kind, values in kinds.items() if values for q in (50, 95)
        },
        f"early_ms_{name}": report.statistic(found.signed, lambda drawn: float(drawn.mean())),
        f"recognised_{name}": report.share(found.recognised, found.spoken),
    }
