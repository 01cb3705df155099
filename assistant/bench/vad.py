"""``bench vad``: how soon speech and its end are noticed, where they are placed, what noise sets off, what it costs.

On the measuring half of the data: recordings with at least 45 dB between speech and their own background, cut to their
speech, between 1.5 s of room on both sides; noise from the second half of each file.
Keys per condition (``quiet``, ``FILE_SNRdb``): ``*_onset_told_ms_p50`` and ``_p95`` (true start to the frame that
tells; breath and clicks before the first word count as start), ``*_onset_placed_ms_p50`` (error of ``changed_at``), the
same for ``end``: of the first and the last segment that overlap the speech. ``*_missed``: none does, or no end is told.
``*_false_alarms``: segments beside the speech, and those told before it began (which give no onset even if they
last into it); ``*_false_alarms_per_hour`` of sound without speech.
Per sound: ``*_speech`` (share of frames called speech), ``*_cpu_percent`` of one core.

With ``--manifest`` or ``--speech``: which frames hold speech, several detectors side by side (``vad_frames.py``).
Labels come from the clean recording (``speech_frames.py``), scores are the probabilities that a detector gives out
after each frame. Keys for each detector B: ``auc_B`` over all conditions and ``auc_B_CONDITION``, area under the ROC
curve of all frames; ``auc_B_over_A``, by how much it exceeds the first one's; 95 % intervals from speakers drawn anew,
n speakers; ``cpu_percent_B``; ``frames_speech`` and ``frames_other``.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.bench import report
from assistant.bench.contestant import Contestant, contestant
from assistant.bench.manifest import read_manifest
from assistant.bench.sounds import add_noise, noise_gain, quiet, speech_end, speech_start
from assistant.bench.vad_frames import clips as labelled
from assistant.bench.vad_frames import compare, conditions, half, recordings
from assistant.errors import BackendError
from assistant.paths import measuring_data
from assistant.registry import Registry
from assistant.vad.base import Vad, VadResult

CONDITIONS = (("doing_the_dishes", 20), ("running_tap", 12), ("doing_the_dishes", 6), ("pink_noise", 12))
CLEAN_DB = 45.0
MARGIN = 1.5
COST_SECONDS = 30.0


def bench(
    backend: Annotated[
        list[str] | None, typer.Option(help="[NAME:]BACKEND[,OPTION=VALUE...], repeated to compare; else silero")
    ] = None,
    manifest: Annotated[Path | None, typer.Option(help="TSV with path and speaker: rank its frames")] = None,
    speech: Annotated[Path | None, typer.Option(help="folder of recordings by speaker: rank their frames")] = None,
    noise: Annotated[Path | None, typer.Option(help="folder of noises; else the recordings' own")] = None,
    clips: Annotated[int, typer.Option("-n", min=1, help="recordings per condition")] = 60,
    fit: Annotated[bool, typer.Option(help="use the fitting half of the data")] = False,
    seed: Annotated[int, typer.Option()] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Delay, place, false alarms and cost of voice activity detection; or which frames hold speech."""
    contestants = [contestant(text) for text in backend or ["silero"]]
    if manifest is not None or speech is not None:
        found = read_manifest(manifest, texts=False) if manifest is not None else []
        found += recordings(speech) if speech is not None else []
        noises = {path.stem: _half(read_sound(path), fit)
                  for path in sorted((noise or measuring_data() / "noise").glob("*.flac"))}
        heard = labelled(half(found, fit), clips, seed, Registry().build("vad", "silero"))
        results = {"clips": len(heard), "seed": seed}
        results |= compare(contestants, heard, conditions(noises, CONDITIONS, seed), seed)
        report.publish("vad", results, json_file)
        return
    if len(contestants) > 1:
        raise BackendError("one detector at a time is followed", where="bench vad",
                           mend="to compare several, add --speech FOLDER or --manifest TSV")
    _follow(contestants[0], clips, fit, seed, json_file)


def _follow(one: Contestant, clips: int, fit: bool, seed: int, json_file: Path | None) -> None:
    """When and where a detector tells of speech, and what it costs."""
    vad: Vad = Registry().build("vad", one.backend, one.options)
    data = measuring_data()
    speech = list(_speech(data / "speech", clips, 1 if fit else 0, seed))
    noises = {path.stem: _half(read_sound(path), fit) for path in sorted((data / "noise").glob("*.flac"))}
    results: dict[str, Any] = {"backend": one.backend, "clips": len(speech), "seed": seed}
    results |= _delays(vad, "quiet", speech, None, 0, seed)
    for name, snr in CONDITIONS:
        results |= _delays(vad, f"{name}_{snr}db", speech, noises[name], snr, seed)
    silence = quiet(COST_SECONDS)
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


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch that the detector calls speech; samples."""

    told: int
    """End of the frame that told of its start."""
    start: int
    end_told: int | None = None
    """None: it had not ended when the sound did."""
    end: int | None = None

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and (self.end is None or self.end > start)


def segments(results: Sequence[VadResult]) -> list[Segment]:
    """What a detector found in a sound, from its result for each frame."""
    found: list[Segment] = []
    for number, result in enumerate(results, 1):
        told = number * FRAME_SAMPLES
        if result.changed_at is None:
            continue
        if result.speech:
            found.append(Segment(told, result.changed_at))
        elif found:
            found[-1] = Segment(found[-1].told, found[-1].start, told, result.changed_at)
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one recording was followed; milliseconds."""

    false_alarms: int
    missed: bool
    figures: dict[str, float]
    """By what is measured: ``onset_told`` ... ``end_placed``; without what cannot be."""


def judge(found: Sequence[Segment], start: int, end: int) -> Verdict:
    """What a detector found, against speech from sample ``start`` to ``end``."""
    ours = [segment for segment in found if segment.overlaps(start, end)]
    early = [segment for segment in ours if segment.told <= start]
    false_alarms = len(found) - len(ours) + len(early)
    if not ours or ours[-1].end_told is None or ours[-1].end is None:
        return Verdict(false_alarms, True, {})
    samples = {"end_told": ours[-1].end_told - end, "end_placed": ours[-1].end - end}
    if not early:
        samples |= {"onset_told": ours[0].told - start, "onset_placed": ours[0].start - start}
    return Verdict(false_alarms, False, {key: value / SAMPLE_RATE * 1000 for key, value in samples.items()})


def _delays(vad: Vad, name: str, speech: list[Pcm], noise: Pcm | None, snr: int, seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    verdicts = []
    without = 0
    for clip in speech:
        begin = round((MARGIN + generator.random() / 2) * SAMPLE_RATE)
        sound = np.concatenate([np.zeros(begin), clip, np.zeros(round(MARGIN * SAMPLE_RATE))]).astype(np.int16)
        sound = add_noise(sound, quiet(len(sound) / SAMPLE_RATE), 1.0)
        if noise is not None:
            sound = add_noise(sound, noise, noise_gain(clip, noise, snr), int(generator.integers(len(noise))))
        verdicts.append(judge(segments(_run(vad, sound)), begin, begin + len(clip)))
        without += len(sound) - len(clip)
    return _summary(name, verdicts, without / SAMPLE_RATE / 3600)


def _summary(name: str, verdicts: Sequence[Verdict], hours: float) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for key in ("onset_told", "onset_placed", "end_told", "end_placed"):
        values = [verdict.figures[key] for verdict in verdicts if key in verdict.figures]
        rows[f"{name}_{key}_ms_p50"] = report.percentile(values, 50)
        if key.endswith("told"):
            rows[f"{name}_{key}_ms_p95"] = report.percentile(values, 95)
    alarms = sum(verdict.false_alarms for verdict in verdicts)
    return {
        **rows, f"{name}_missed": report.share(sum(verdict.missed for verdict in verdicts), len(verdicts)),
        f"{name}_false_alarms": alarms, f"{name}_false_alarms_per_hour": report.rate(alarms, hours),
    }


def _cost(vad: Vad, name: str, sound: Pcm) -> dict[str, Any]:
    began = time.process_time()
    results = _run(vad, sound)
    spent = time.process_time() - began
    return {
        f"{name}_speech": report.share(sum(result.speech for result in results), len(results)),
        f"{name}_cpu_percent": 100 * spent / (len(sound) / SAMPLE_RATE),
    }
