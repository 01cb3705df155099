"""``bench asr``: how well is open speech taken down, how soon, and at what cost?

Each backend hears the same recordings in a process of its own, one after the other, fed in pieces of 300 ms with a
partial after each. Word errors are counted by jiwer over texts that OpenAI's English normaliser (whisper-normalizer)
has brought to one form. ``moonshine-greedy`` is the packaged Moonshine with nothing of ours: the likeliest next piece
until it ends, and no partials. A backend may have settings and a name: ``mine:faster-whisper,model=my-whisper/model``.

Keys for each backend (or name) B: ``wer_B`` over all words with a 95 % interval from resampled recordings;
``partial_ms_B_p50``, ``_p95`` and ``final_ms_B_...``, what a partial and the reading after the last sample take;
``real_time_factor_B``, processor time of the reading after the last sample by duration, and
``real_time_factor_live_B``, with that of the partials; ``memory_mb_B``, the process's peak.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
from rich.console import Console

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench import report
from assistant.bench.contestant import Contestant, contestant
from assistant.bench.manifest import Recorded, read_manifest
from assistant.errors import AudioError, BackendError
from assistant.extras import install_command
from assistant.registry import Registry

STEP = 3 * SAMPLE_RATE // 10
GREEDY = "moonshine-greedy"
MOST_TOKENS_PER_SECOND = 6.5
"""Moonshine's own bound on a text's length."""

console = Console(stderr=True)
T = TypeVar("T")


@dataclass(slots=True)
class Heard:
    """What a backend made of the recordings."""

    texts: list[str] = field(default_factory=list)
    partials: list[float] = field(default_factory=list)
    """Seconds of each."""
    finals: list[float] = field(default_factory=list)
    busy: float = 0.0
    """Seconds of processor time of all,"""
    reading: float = 0.0
    """and of the finals alone."""
    listened: float = 0.0
    memory_mb: float = 0.0


def bench(
    manifest: Annotated[Path, typer.Option(help="TSV with the columns path and text")],
    backend: Annotated[
        list[str] | None, typer.Option(help="[NAME:]BACKEND[,OPTION=VALUE...], repeated; else moonshine and greedy")
    ] = None,
    partials: Annotated[bool, typer.Option(help="a partial every 300 ms, or only the text at the end")] = True,
    even: Annotated[bool, typer.Option("--even", help="only speakers with an even number")] = False,
    count: Annotated[int, typer.Option("-n", min=1, help="at most so many recordings, drawn")] = 1000,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Word error rate, latency, real-time factor and memory of open dictation, backends side by side."""
    recordings = [one for one in read_manifest(manifest) if not even or one.measured]
    if not recordings:
        raise AudioError("has no recording of a speaker with an even number", where=str(manifest),
                         mend="add the column speaker, or leave out --even")
    drawn = np.random.default_rng(0).permutation(len(recordings))[:count]
    recordings = [recordings[index] for index in sorted(drawn)]
    results: dict[str, Any] = {"recordings": len(recordings)}
    for one in [contestant(text) for text in backend or [GREEDY, "moonshine"]]:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            heard = pool.apply(listen, (one, recordings, partials))
        results |= figures(one.label, recordings, heard)
        console.print(f"{one.label}: WER {results[f'wer_{one.label}']['value']:.1%}")
    report.publish("asr", results, json_file)


def listen(one: Contestant, recordings: Sequence[Recorded], partials: bool = True) -> Heard:
    """Let a backend take the recordings down."""
    write = greedy() if one.backend == GREEDY else _streamed(one, partials)
    heard = Heard()
    for recording in recordings:
        sound = read_sound(recording.path)
        began = time.process_time()
        heard.texts.append(write(sound, heard))
        heard.busy += time.process_time() - began
        heard.listened += len(sound) / SAMPLE_RATE
    heard.memory_mb = peak_mb()
    return heard


def peak_mb(pid: int | None = None) -> float:
    """Of a process alone, else this one; what ``getrusage`` tells begins with the peak of the one that started it."""
    for line in Path(f"/proc/{pid or 'self'}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _streamed(one: Contestant, partials: bool) -> Callable[[Pcm, Heard], str]:
    recognizer = Registry().build("asr", one.backend, one.options)

    def write(sound: Pcm, heard: Heard) -> str:
        stream = recognizer.stream(None)
        for at in range(0, len(sound), STEP):
            stream.feed(sound[at : at + STEP], at)
            if partials and at + STEP < len(sound):
                heard.partials.append(_timed(stream.partial)[1])
        began = time.process_time()
        hypothesis, seconds = _timed(stream.decode)
        heard.reading += time.process_time() - began
        heard.finals.append(seconds)
        stream.close()
        return str(hypothesis.free_text)

    return write


def greedy() -> Callable[[Pcm, Heard], str]:
    from assistant.asr.moonshine.model import MoonshineModel
    from assistant.asr.moonshine.tree import ROOT, Tree
    from assistant.asr.moonshine.vocabulary import BOS, EOS

    model = MoonshineModel()

    def tokens(sound: Pcm) -> list[int]:
        tree = Tree(model, model.encode(sound.astype(np.float32) / 32768.0))
        place, written = tree.read([ROOT], [BOS])[0], list[int]()
        while len(written) < MOST_TOKENS_PER_SECOND * len(sound) / SAMPLE_RATE:
            token = int(np.argmax(place.logits))
            if token == EOS:
                break
            written.append(token)
            place = tree.read([place.number], [token])[0]
        return written

    def write(sound: Pcm, heard: Heard) -> str:
        began = time.process_time()
        written, seconds = _timed(lambda: tokens(sound))
        heard.reading += time.process_time() - began
        heard.finals.append(seconds)
        return model.vocabulary.text(tuple(written))

    return write


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return call(), time.perf_counter() - began


def figures(name: str, recordings: Sequence[Recorded], heard: Heard) -> dict[str, Any]:
    """The keys of one backend."""
    pairs: list[Any] = [errors(one.text, text) for one, text in zip(recordings, heard.texts, strict=True)]
    return {
        f"wer_{name}": report.statistic(pairs, lambda drawn: float(drawn[:, 0].sum() / drawn[:, 1].sum())),
        **{
            f"{kind}_ms_{name}_p{q}": report.percentile([1000 * one for one in times], q)
            for kind, times in (("partial", heard.partials), ("final", heard.finals)) if times for q in (50, 95)
        },
        f"real_time_factor_{name}": heard.reading / heard.listened,
        f"real_time_factor_live_{name}": heard.busy / heard.listened,
        f"memory_mb_{name}": heard.memory_mb,
    }


@cache
def _normaliser() -> Callable[[str], str]:
    try:
        from whisper_normalizer.english import EnglishTextNormalizer
    except ImportError as error:
        raise BackendError(str(error), where="bench asr", mend=install_command("bench")) from error
    normalise: Callable[[str], str] = EnglishTextNormalizer()
    return normalise


def errors(said: str, written: str) -> tuple[int, int]:
    """Words that are wrong, missing or too many, and the words that were said.

    Raises:
        BackendError: jiwer or whisper-normalizer is not installed.
    """
    try:
        import jiwer
    except ImportError as error:
        raise BackendError(str(error), where="bench asr", mend=install_command("bench")) from error
    normalise = _normaliser()
    reference, hypothesis = normalise(said), normalise(written)
    if not reference:
        return len(hypothesis.split()), 0
    counts = jiwer.process_words(reference, hypothesis)
    return counts.substitutions + counts.deletions + counts.insertions, len(reference.split())
