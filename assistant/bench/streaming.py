"""``bench streaming``: how soon are words there while they are spoken, and how soon is the whole order read?

Orders of 2.5 to 3.5 s are drawn from the shipped sentences, Home Assistant's and a home of 200 devices, and spoken by
Piper, whose network tells when each word ends. They come in at the pace of speech: partials are asked as often as a
turn asks them, and come as late as they really take; after the last sample the order is read, and once more carefully
if it is not certain. Then the same in the kitchen's noises at 6 dB. All of it on one core, and the recogniser alone:
the detector of speech and the way to the worker are part of ``bench latency``.

Keys: ``partial_lag_ms_p50`` and ``_p95``, from the end of a word to the partial or final text that first holds it;
``shown``, the share of words that any of them holds; for each condition C (``clean``, ``6db``) ``understood_C`` and
``decode_ms_C_p50``, ``_p95``, processor time after the last sample; ``recogniser_mb`` and ``recogniser_mb_minute``,
the most that the recogniser's own process takes for orders of 8 s and for a minute of speech.
"""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.asr.base import Hypothesis, RecognizerStream
from assistant.asr.fold import fold
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench import report, timed
from assistant.bench.commands import noisy
from assistant.bench.crowd import crowded
from assistant.bench.latency import NOISES
from assistant.bench.recogniser_memory import lasting, peaks
from assistant.bench.timed import AROUND, Timed
from assistant.bench.words import orders
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.paths import measuring_data
from assistant.turns.endpoint import EndpointConfig, accepted
from assistant.turns.judge import Thresholds
from assistant.turns.listener import BATCH, PARTIAL_EVERY, next_partial
from assistant.turns.rivals import weighed

SECONDS = (2.5, 3.5)
"""Of an order."""
DRAWN = 9
"""Times as many orders are spoken as are wanted: most are shorter or longer."""
SNR_DB = 6.0
LONG_ORDER, LONG_ORDERS, MINUTE = 8.0, 10, 60.0
"""Seconds, orders and seconds of speech whose memory is measured."""
VIEW = View(area="living room")

console = Console(stderr=True)


@dataclass(slots=True)
class Figures:
    """What was measured."""

    lags: list[float] = field(default_factory=list)
    """Milliseconds."""
    words: int = 0
    decodes: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds by condition."""
    understood: dict[str, int] = field(default_factory=dict)


def bench(
    count: Annotated[int, typer.Option("-n", min=1, help="orders")] = 100,
    seed: Annotated[int, typer.Option(help="which orders are drawn")] = 4,
    noise: Annotated[list[Path] | None, typer.Option(help="noises; dishes and tap by default")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """How far partials are behind the words, and how long an order takes to be read after its last sample."""
    noises = noise or [measuring_data() / "noise" / name for name in NOISES]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        spoken = [one for one in pool.apply(timed.piper, (orders(DRAWN * count, seed),)) if _fits(one)][:count]
    console.print(f"{len(spoken)} orders of {SECONDS[0]} to {SECONDS[1]} s")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        results = pool.apply(measured, (spoken, noises, seed))
    results |= memory([order.sound for order in spoken])
    report.publish("streaming", results, json_file)


def _fits(spoken: Timed) -> bool:
    return SECONDS[0] <= len(spoken.sound) / SAMPLE_RATE - 2 * AROUND <= SECONDS[1]


def measured(spoken: Sequence[Timed], noises: Sequence[Path], seed: int) -> dict[str, Any]:
    """The benchmark's keys; binds this process to one core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    grammar = crowded([])
    recognizer = MoonshineRecognizer(MoonshineConfig(threads=1), grammar)
    halves = [sound[len(sound) // 2 :] for sound in map(read_sound, noises)]
    generator, found = np.random.default_rng(seed), Figures()
    for number, order in enumerate(spoken):
        quiet = Order(recognizer, grammar, order.text)
        found.lags += quiet.hear(order.sound, order)
        found.words += len(order.words)
        quiet.count("clean", found)
        loud = Order(recognizer, grammar, order.text)
        loud.hear(noisy(order.sound, halves[number % len(halves)], SNR_DB, generator))
        loud.count("6db", found)
    n = len(spoken)
    return {
        "partial_lag_ms_p50": report.percentile(found.lags, 50),
        "partial_lag_ms_p95": report.percentile(found.lags, 95),
        "shown": report.share(len(found.lags), found.words),
        **{
            f"decode_ms_{condition}_p{q}": report.percentile(values, q)
            for condition, values in found.decodes.items() for q in (50, 95)
        },
        **{f"understood_{condition}": report.share(hits, n) for condition, hits in found.understood.items()},
    }


def memory(sounds: Sequence[Pcm]) -> dict[str, float]:
    """The benchmark's keys on memory."""
    long = [lasting(sounds[number:], LONG_ORDER) for number in range(min(LONG_ORDERS, len(sounds)))]
    *_, orders_mb, minute_mb = asyncio.run(peaks(crowded([]), VIEW, [*long, lasting(sounds, MINUTE)]))
    return {"recogniser_mb": orders_mb, "recogniser_mb_minute": minute_mb}


class Order:
    """One order on its way into the recogniser."""

    def __init__(self, recognizer: MoonshineRecognizer, grammar: Grammar, text: str) -> None:
        self._stream: RecognizerStream = recognizer.stream(VIEW)
        self._grammar = grammar
        self._text = text
        self._decode_ms = 0.0
        self._hypothesis = Hypothesis()

    def hear(self, sound: Pcm, said: Timed | None = None) -> list[float]:
        """Feed a sound as a turn does and read it; milliseconds from each word of ``said`` to where it was shown."""
        shown: dict[int, float] = {}
        rest = np.arange(0, len(sound) + BATCH, BATCH).clip(max=len(sound)).tolist()
        due = PARTIAL_EVERY
        for first, end in pairwise(rest):
            self._stream.feed(sound[first:end], first)
            if due <= end < _last(sound):
                began = time.perf_counter()
                text, _ = self._stream.partial()
                done = end + round((time.perf_counter() - began) * SAMPLE_RATE)
                due = next_partial(end, done)
                _show(text, said, done / SAMPLE_RATE, shown)
        self._read(len(sound))
        text = self._hypothesis.best.text if self._hypothesis.best else self._hypothesis.free_text
        config, pause = EndpointConfig(), _last(sound) / SAMPLE_RATE
        _show(text, said, pause + max(config.closed, config.speculate + self._decode_ms / 1000), shown)
        self._stream.close()
        ends = [end for _, _, end in said.words] if said is not None else []
        return [1000 * (at - (ends[word] or 0) / SAMPLE_RATE) for word, at in shown.items()]

    def count(self, condition: str, found: Figures) -> None:
        """Add what became of it."""
        best = self._hypothesis.best
        right = accepted(self._hypothesis, Thresholds().accept) and best is not None
        same = right and best is not None and self._meaning(best.text) == self._meaning(self._text)
        found.decodes.setdefault(condition, []).append(self._decode_ms)
        found.understood[condition] = found.understood.get(condition, 0) + same

    def _read(self, end: int) -> None:
        began = time.process_time()
        found = [self._stream.decode(end)]
        if not accepted(weighed(found, self._meaning), EndpointConfig().certain):
            found.append(self._stream.decode(end, careful=True))
        self._decode_ms = 1000 * (time.process_time() - began)
        self._hypothesis = weighed(found, self._meaning)

    def _meaning(self, text: str) -> object:
        found = self._grammar.match(text, VIEW)
        return (found[0].skill, found[0].intent, found[0].slots) if found else None


def _last(sound: Pcm) -> int:
    """First sample after the speech."""
    return len(sound) - math.floor(AROUND * SAMPLE_RATE)


def _show(text: str, said: Timed | None, at: float, shown: dict[int, float]) -> None:
    """Note when each spoken word was first shown."""
    for word in _held(text, said) if said is not None else ():
        shown.setdefault(word, at)


def _held(text: str, said: Timed) -> Iterator[int]:
    """Which spoken words a text holds."""
    heard, spoken = fold(text).split(), [fold(word) for word, _, _ in said.words]
    for block in SequenceMatcher(None, heard, spoken, autojunk=False).get_matching_blocks():
        yield from range(block.b, block.b + block.size)
