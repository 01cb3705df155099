"""``bench voice``: how soon does a voice begin, does it keep up, and is it understood?

The voices say the texts of real recordings (LJ Speech by default), side by side, each in a process of its own. Time is
measured as the agent hears it: through the voice's process, answers of 1, 2, 4 and 80 sentences in turn, none twice.
Words, processor time and memory are those of the single texts. The first of both is not counted.

Keys for each voice V: ``first_sound_ms_V_p50``, ``_p95``, from the request to the first piece of sound;
``gap_ms_V_p95``, how long a loudspeaker that begins with the first piece would wait for a later one, the longest wait
of each answer; ``real_time_factor_V``, processor time by duration; ``memory_mb_V``, the process's peak;
``wer_V_moonshine`` and ``wer_V_faster-whisper``, words that the recognisers hear wrongly, and ``wer_recordings_...``,
what they hear wrongly of the recordings themselves; ``load_before`` and ``load_after``, the kernel's load average of
the minute before: on a machine that is not idle the times are not the voice's own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.audio.files import write_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.resample import resample
from assistant.bench import report
from assistant.bench.asr import errors, peak_mb
from assistant.bench.asr import listen as take_down
from assistant.bench.contestant import Contestant, contestant
from assistant.bench.manifest import Recorded, read_manifest
from assistant.bench.voice_answers import Timed, answers, listen
from assistant.paths import measuring_data
from assistant.registry import Registry
from assistant.tts.reading.english import spoken

VOICES = ("piper", "espeak", "kokoro", "flite")
RECOGNISERS = ("moonshine", "faster-whisper")

console = Console(stderr=True)


@dataclass(slots=True)
class Said:
    """What a voice made of the texts."""

    sounds: list[Pcm] = field(default_factory=list)
    """16 kHz."""
    busy: float = 0.0
    seconds: float = 0.0
    memory_mb: float = 0.0


def bench(
    voice: Annotated[
        list[str] | None, typer.Option(help="[NAME:]BACKEND[,OPTION=VALUE...], repeated; else all four")
    ] = None,
    manifest: Annotated[Path | None, typer.Option(help="TSV with the columns path and text; else LJ Speech")] = None,
    sentences: Annotated[Path | None, typer.Option(help="texts, one a line, in place of those recordings'")] = None,
    count: Annotated[int, typer.Option("-n", min=2, help="at most so many texts, drawn")] = 100,
    timed: Annotated[int, typer.Option("--timed", min=2, help="answers whose first sound and gaps are timed")] = 100,
    recognise: Annotated[bool, typer.Option(help="word errors, too")] = True,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """First sound, real-time factor, memory, gaps and word errors of voices, side by side."""
    recordings = [] if sentences else read_manifest(manifest or measuring_data() / "speech/ljspeech/manifest.tsv")
    drawn = np.random.default_rng(0).permutation(len(recordings))[:count]
    recordings = [recordings[index] for index in sorted(drawn)]
    texts = _lines(sentences)[:count] if sentences else [one.text for one in recordings]
    results: dict[str, Any] = {"texts": len(texts), "load_before": os.getloadavg()[0]}
    if recognise and recordings:
        results |= recognised("recordings", recordings)
    for one in [contestant(text) for text in voice or VOICES]:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            said = pool.apply(speak, (one, texts))
        results |= figures(one.label, said, asyncio.run(listen(one, answers(texts, timed + 1))))
        if recognise:
            with tempfile.TemporaryDirectory(prefix="voice-") as folder:
                results |= recognised(one.label, _written(said.sounds, texts, Path(folder)))
        console.print(f"{one.label}: first sound {results[f'first_sound_ms_{one.label}_p50']['value']:.0f} ms")
    report.publish("voice", results | {"load_after": os.getloadavg()[0]}, json_file)


def speak(one: Contestant, texts: Sequence[str]) -> Said:
    """Let a voice say the texts."""
    voice, said = Registry().build("tts", one.backend, one.options), Said()
    spoken("1")  # num2words loads its languages, as it has in the voice's process when somebody asks
    for number, text in enumerate(texts):
        busy = time.process_time()
        pieces = list(voice.speak(spoken(text)))
        busy = time.process_time() - busy
        said.sounds.append(resample(np.concatenate([piece.pcm for piece in pieces]), pieces[0].rate, SAMPLE_RATE))
        if number:
            said.busy += busy
            said.seconds += len(said.sounds[-1]) / SAMPLE_RATE
    said.memory_mb = peak_mb()
    return said


def figures(name: str, said: Said, timed: Timed) -> dict[str, Any]:
    """The keys of one voice, but for the recognisers'."""
    firsts = [1000 * one for one in timed.firsts]
    return {
        **{f"first_sound_ms_{name}_p{q}": report.percentile(firsts, q) for q in (50, 95)},
        f"gap_ms_{name}_p95": report.percentile([1000 * one for one in timed.waits], 95),
        f"real_time_factor_{name}": said.busy / said.seconds,
        f"memory_mb_{name}": said.memory_mb,
    }


def recognised(name: str, recordings: Sequence[Recorded]) -> dict[str, Any]:
    """Word errors of both recognisers."""
    results = {}
    for backend in RECOGNISERS:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            taken = pool.apply(take_down, (contestant(backend), recordings, False))
        pairs: list[Any] = [errors(one.text, text) for one, text in zip(recordings, taken.texts, strict=True)]
        results[f"wer_{name}_{backend}"] = report.statistic(
            pairs, lambda drawn: float(drawn[:, 0].sum() / drawn[:, 1].sum())
        )
    return results


def _written(sounds: Sequence[Pcm], texts: Sequence[str], folder: Path) -> list[Recorded]:
    recordings = []
    for number, (sound, text) in enumerate(zip(sounds, texts, strict=True)):
        write_sound(folder / f"{number}.wav", sound)
        recordings.append(Recorded(folder / f"{number}.wav", text))
    return recordings


def _lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
