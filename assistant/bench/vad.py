"""``bench vad``: how soon speech and its end are noticed, where they are placed, what noise sets off, what it costs.

On the measuring half of the data: recordings with at least 45 dB between speech and their own background, cut to their
speech, between 1.5 s of room on both sides; noise from the second half of each file.
Keys per condition (``quiet``, ``FILE_SNRdb``): ``*_onset_told_ms_p50`` and ``_p95`` (true start to the frame that
tells; breath and clicks before the first word count as start), ``*_onset_placed_ms_p50`` (error of ``changed_at``), the
same for ``end``, ``*_missed``. Per sound: ``*_speech`` (share of frames called speech), ``*_cpu_percent`` of one core.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.bench import report
from assistant.bench.sounds import add_noise, noise_gain, speech_end, speech_start
from assistant.paths import test_data
from assistant.registry import Registry
from assistant.vad.base import Vad, VadResult

CONDITIONS = (("doing_the_dishes", 20), ("running_tap", 12), ("doing_the_dishes", 6), ("pink_noise", 12))
ROOM = 10 ** (-70 / 20) * 32768
"""Level of a quiet room, int16 steps."""
CLEAN_DB = 45.0
MARGIN = 1.5
COST_SECONDS = 30.0


def bench(
    backend: Annotated[str, typer.Option(help="which detector")] = "silero",
    clips: Annotated[int, typer.Option("-n", help="recordings per condition")] = 60,
    fit: Annotated[bool, typer.Option(help="use the fitting half of the data")] = False,
    seed: Annotated[int, typer.Option()] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Delay, place, false alarms and cost of voice activity detection."""
    vad: Vad = Registry().build("vad", backend)
    data = test_data()
    speech = list(_speech(data / "speech", clips, 1 if fit else 0, seed))
    noises = {path.stem: _half(read_sound(path), fit) for path in sorted((data / "noise").glob("*.flac"))}
    results: dict[str, Any] = {"backend": backend, "clips": len(speech), "seed": seed}
    results |= _delays(vad, "quiet", speech, None, 0, seed)
    for name, snr in CONDITIONS:
        results |= _delays(vad, f"{name}_{snr}db", speech, noises[name], snr, seed)
    silence = np.zeros(round(COST_SECONDS * SAMPLE_RATE), np.int16)
    talk = np.concatenate(speech)[: 2 * len(silence)]
    for name, sound in {"silence": silence, **noises, "talk": talk}.items():
        results |= _cost(vad, name, sound)
    report.publish("vad", results, json_file)


def _half(noise: Pcm, first: bool) -> Pcm:
    return noise[: len(noise) // 2] if first else noise[len(noise) // 2 :]


def _speech(folder: Path, count: int, parity: int, seed: int) -> Iterator[Pcm]:
    """Clean recordings of speakers with an even (0) or odd (1) number, cut to their speech."""
    paths = [path for path in sorted(folder.rglob("*.opus")) if _speaker(path) % 2 == parity]
    random.Random(seed).shuffle(paths)
    for path in paths:
        sound = read_sound(path)
        sound = sound[speech_start(sound) : speech_end(sound)]
        powers = np.mean(sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES) ** 2.0, 1)
        if np.percentile(powers, 8) * 10 ** (CLEAN_DB / 10) < powers.max():
            yield sound
            count -= 1
        if not count:
            return


def _speaker(path: Path) -> int:
    number = re.match(r"\d+", path.name if "librispeech" in str(path) else path.parent.name)
    return int(number.group()) if number else 0


def _run(vad: Vad, sound: Pcm) -> list[VadResult]:
    stream = vad.stream()
    places = range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [stream.feed(Frame(sound[at : at + FRAME_SAMPLES], at)) for at in places]


def _delays(vad: Vad, name: str, speech: list[Pcm], noise: Pcm | None, snr: int, seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    figures: dict[str, list[float]] = {key: [] for key in ("onset_told", "onset_placed", "end_told", "end_placed")}
    missed = 0
    for clip in speech:
        begin = round((MARGIN + generator.random() / 2) * SAMPLE_RATE)
        sound = np.concatenate([np.zeros(begin), clip, np.zeros(round(MARGIN * SAMPLE_RATE))]).astype(np.int16)
        sound = (sound + generator.normal(0, ROOM, len(sound))).clip(-32768, 32767).astype(np.int16)
        if noise is not None:
            sound = add_noise(sound, noise, noise_gain(clip, noise, snr), int(generator.integers(len(noise))))
        results = _run(vad, sound)
        changes = [(at, result) for at, result in enumerate(results, 1) if result.changed_at is not None]
        if not changes or changes[-1][1].speech:
            missed += 1
            continue
        for key, (at, result), true in (("onset", changes[0], begin), ("end", changes[-1], begin + len(clip))):
            figures[f"{key}_told"].append((at * FRAME_SAMPLES - true) / SAMPLE_RATE * 1000)
            figures[f"{key}_placed"].append(((result.changed_at or 0) - true) / SAMPLE_RATE * 1000)
    rows: dict[str, Any] = {}
    for key, values in figures.items():
        rows[f"{name}_{key}_ms_p50"] = report.percentile(values, 50)
        if key.endswith("told"):
            rows[f"{name}_{key}_ms_p95"] = report.percentile(values, 95)
    return {**rows, f"{name}_missed": report.share(missed, len(speech))}


def _cost(vad: Vad, name: str, sound: Pcm) -> dict[str, Any]:
    began = time.process_time()
    results = _run(vad, sound)
    spent = time.process_time() - began
    return {
        f"{name}_speech": report.share(sum(result.speech for result in results), len(results)),
        f"{name}_cpu_percent": 100 * spent / (len(sound) / SAMPLE_RATE),
    }
