"""``bench clone``: how far does a voice that was made move from a voice as it comes to the person it was made after?

Each person's first 40 s of recordings are fitted to; the others are measured with. The judge is GE2E (Resemblyzer),
which took no part in fitting and taught no network that did. Closure is (made - unadapted) / (same - unadapted):
``made`` is how like the voice's sentences are to the person's other recordings (cosine to their middle), ``unadapted``
the same for Kokoro's own voice of that sex, ``same`` for the person's reference recordings. No spectral correction.

Keys: ``closure`` and for each person ``closure_NAME``, with 95 % intervals from resampled sentences and recordings
(``closure``: from resampled people); ``positive``, the share of people whose interval is above 0; ``named``, the share
of voices that are most like the right one of all;
``wer_made`` and ``wer_unadapted`` by Moonshine; ``seconds`` and ``processor_seconds`` of a search that this run made.
"""

from __future__ import annotations

import math
import multiprocessing
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.audio.files import read_sound, write_sound
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.bench import report
from assistant.bench.asr import errors
from assistant.bench.clone_people import Person, people
from assistant.paths import measuring_data
from assistant.tts.clone.final_judge import Ge2e
from assistant.tts.clone.fit import BUDGET, FitService
from assistant.tts.clone.judge import unit
from assistant.tts.kokoro import INSTALLED, STYLE_FILE

UNADAPTED = {False: "af_heart", True: "am_michael"}
"""Kokoro's own voices, by whether the person is a man."""
SENTENCES = Path(__file__).with_name("clone_sentences.txt")

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one person."""

    sounds: tuple[Pcm, ...]
    """The sentences in the new voice, 16 kHz."""
    seconds: float
    """Of the search; nan where the voice was there already."""
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """Cosines to the middle of a person's other recordings, one for each sentence or recording."""

    made: Floats
    unadapted: Floats
    same: Floats


def bench(
    reference: Annotated[Path | None, typer.Option(help="people: a folder each, or a manifest.tsv")] = None,
    sentences: Annotated[Path, typer.Option(help="what the voices say: a sentence a line")] = SENTENCES,
    most: Annotated[int, typer.Option("-n", min=1, help="at most so many people")] = 10,
    odd: Annotated[bool, typer.Option("--odd", help="speakers with odd numbers too, of the fitting half")] = False,
    budget: Annotated[int, typer.Option(min=4, help="voices that a search may hear")] = BUDGET,
    threads: Annotated[int, typer.Option(min=1, help="processor threads")] = 2,
    model: Annotated[str, typer.Option(help="Kokoro: id or folder")] = INSTALLED,
    keep: Annotated[Path | None, typer.Option(help="keep the voices and what they say here")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Fitted voices against the people they were made after."""
    folder = reference or measuring_data() / "speech" / "nonnative"
    found = people(folder, even=not (odd or reference), most=most)
    said = [line.strip() for line in sentences.read_text("utf-8").splitlines() if line.strip()]
    judge = Ge2e()
    made: dict[str, Made] = {}
    with tempfile.TemporaryDirectory(prefix="clone-") as scratch:
        kept = keep or Path(scratch)
        # A process for all searches: kokoro-onnx brings GPL-3 code, and its memory goes with it.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            plain = {male: pool.apply(speak, (said, UNADAPTED[male], "", model, threads))
                     for male in sorted({person.male for person in found})}
            for person in found:
                made[person.name] = pool.apply(make, (person, said, kept / person.name, budget, model, threads))
                console.print(f"{person.name}: made in {made[person.name].seconds:.0f} s")
    results = figures(found, made, plain, judge)
    results |= words(said, [one.sounds for one in made.values()], list(plain.values()))
    report.publish("clone", results, json_file)


def make(person: Person, said: Sequence[str], folder: Path, budget: int, model: str, threads: int) -> Made:
    """Fit a voice to a person, and let it speak; a folder that holds the voice already is taken as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    seconds = processor = float("nan")
    if not (folder / STYLE_FILE).exists():
        began, busy = time.perf_counter(), time.process_time()
        service = FitService(model, threads)
        for _ in service.fit([str(path) for path in person.reference], str(folder), budget):
            pass
        seconds, processor = time.perf_counter() - began, time.process_time() - busy
    sounds = speak(said, "af_heart", str(folder / STYLE_FILE), model, threads)
    for number, sound in enumerate(sounds):
        write_sound(folder / f"{number}.wav", sound)
    return Made(tuple(sounds), seconds, processor)


def speak(said: Sequence[str], voice: str, style: str, model: str, threads: int) -> list[Pcm]:
    """The sentences at 16 kHz."""
    from assistant.audio.resample import resample
    from assistant.tts.kokoro import Kokoro, KokoroConfig

    kokoro = Kokoro(KokoroConfig(voice=voice, style=style, model=model, threads=threads))
    return [
        resample(np.concatenate([piece.pcm for piece in kokoro.speak(sentence)]), kokoro.rate, SAMPLE_RATE)
        for sentence in said
    ]


def figures(
    found: Sequence[Person], made: Mapping[str, Made], plain: Mapping[bool, Sequence[Pcm]], judge: Ge2e
) -> dict[str, Any]:
    """The keys of likeness and time."""
    middles = {person.name: unit(np.mean([judge.embed(read_sound(path)) for path in person.test], axis=0))
               for person in found}
    vectors = {name: np.stack([judge.embed(sound) for sound in one.sounds]) for name, one in made.items()}
    unadapted = {male: np.stack([judge.embed(sound) for sound in sounds]) for male, sounds in plain.items()}
    closures: dict[str, dict[str, float]] = {}
    for person in found:
        middle = middles[person.name]
        same = np.stack([judge.embed(read_sound(path)) for path in person.reference])
        likeness = Likeness(vectors[person.name] @ middle, unadapted[person.male] @ middle, same @ middle)
        closures[person.name] = closure(likeness)
    named = sum(max(middles, key=lambda other: float((vectors[name] @ middles[other]).mean())) == name
                for name in vectors)
    values = [one["value"] for one in closures.values()]
    searched = [one for one in made.values() if math.isfinite(one.seconds)]
    return {
        "people": len(found),
        "closure": report.statistic(values, lambda drawn: float(np.mean(drawn))),
        **{f"closure_{name}": one for name, one in closures.items()},
        "positive": report.share(sum(one["low"] > 0 for one in closures.values()), len(found)),
        "named": report.share(named, len(found)),
        "seconds": report.percentile([one.seconds for one in searched], 50),
        "processor_seconds": report.percentile([one.processor_seconds for one in searched], 50),
    }


def closure(likeness: Likeness, seed: int = 0) -> dict[str, float]:
    """The share of the way, with a 95 % interval over sentences (paired) and recordings."""
    draw = np.random.default_rng(seed)
    sentences, recordings = len(likeness.made), len(likeness.same)
    drawn = [
        _share(likeness, draw.integers(sentences, size=sentences), draw.integers(recordings, size=recordings))
        for _ in range(report.RESAMPLES)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    value = _share(likeness, np.arange(sentences), np.arange(recordings))
    return {"value": value, "low": float(low), "high": float(high), "n": sentences}


def _share(likeness: Likeness, sentences: np.ndarray, recordings: np.ndarray) -> float:
    unadapted = likeness.unadapted[sentences].mean()
    return float((likeness.made[sentences].mean() - unadapted) / (likeness.same[recordings].mean() - unadapted))


def words(said: Sequence[str], made: Sequence[Sequence[Pcm]], plain: Sequence[Sequence[Pcm]]) -> dict[str, Any]:
    """Word errors of the voices that were made and of those that come with Kokoro, by Moonshine."""
    from assistant.bench.asr import Heard, greedy

    write = greedy()
    results = {}
    for name, voices in (("made", made), ("unadapted", plain)):
        pairs: list[Any] = [errors(text, write(sound, Heard())) for sounds in voices
                            for text, sound in zip(said, sounds, strict=True)]
        results[f"wer_{name}"] = report.statistic(pairs, lambda drawn: float(drawn[:, 0].sum() / drawn[:, 1].sum()))
    return results
