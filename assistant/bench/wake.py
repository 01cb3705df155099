"""``bench wake``: phrases missed and false accepts of a wake word, on clips joined into one stream, state never reset.

Twice: with 3 s of room noise between the clips, and with other people's speech that runs into the phrase without a
pause (key prefix ``running_``). A clip's phrase ends at the last 20 ms frame within 35 dB of its loudest; a hit is the
first firing between the clip's start and 0.5 s after that; any other firing is a false accept. Besides, ``--negatives``
is fed as one stream of its own. The detector's own threshold is the one that is measured.

Keys: ``missed``, ``false_accepts`` (per hour) and ``hours``, ``delay_ms_p50`` and ``_p95`` from the phrase's end to the
end of the frame that tells, each also with ``running_``; ``speech_false_accepts`` per hour of the negatives;
``cpu_percent`` of one core in silence, noise and speech; ``kb``, the model's size.
With ``--curve`` also ``miss_rate_at_R`` for R false accepts an hour (an oracle: thresholds are read off the measured
sound; null where the hours are fewer than 3 / R).
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.bench import report
from assistant.bench.sounds import add_noise, noise_gain, quiet, speech_end
from assistant.errors import AudioError, ConfigError
from assistant.registry import Registry
from assistant.wake.base import WakeHit, WakeWord
from assistant.wake.trained.detector import REFRACTORY, WARM, TrainedWakeWord

SOUNDS = (".flac", ".wav", ".opus", ".ogg")
BETWEEN = 3.0
"""Seconds of room noise between clips."""
LATE = 0.5
"""Seconds after a phrase's end in which it still is heard."""
RUN_IN = 3.0
"""Seconds of other people's speech before a phrase."""
RATES = (0.1, 0.5, 1.0)
"""False accepts an hour for which the curve is read."""
COST_SECONDS = 30.0
SHIFTS = np.arange(-12.0, 12.0, 0.25)
"""Added to a trained model's threshold, for the curve."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase lies in a stream; samples."""

    start: int
    end: int


@dataclass(slots=True)
class Stream:
    """Sound with phrases at known places."""

    pieces: list[Pcm] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    length: int = 0

    def add(self, sound: Pcm) -> None:
        self.pieces.append(sound)
        self.length += len(sound)

    @property
    def sound(self) -> Pcm:
        return np.concatenate(self.pieces)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a detector did with a stream."""

    missed: int
    count: int
    false_accepts: int
    hours: float
    delays: tuple[float, ...]
    """Milliseconds."""


def bench(
    positives: Annotated[Path, typer.Option(help="folder of clips, each the phrase once")],
    model: Annotated[Path | None, typer.Option(help="a model of assistant train wake")] = None,
    backend: Annotated[str, typer.Option(help="which frame-wise detector")] = "trained",
    phrase: Annotated[str, typer.Option(help="what a backend with several phrases is to hear")] = "",
    negatives: Annotated[Path | None, typer.Option(help="folder of other people's speech")] = None,
    even: Annotated[bool, typer.Option("--even", help="only speakers with an even number")] = False,
    noise: Annotated[list[Path] | None, typer.Option(help="noises; their second halves are used")] = None,
    snr: Annotated[float, typer.Option(help="dB of the phrases over the noise")] = 10.0,
    clips: Annotated[int, typer.Option("-n", help="at most so many clips")] = 100_000,
    curve: Annotated[bool, typer.Option("--curve", help="measure at other thresholds too")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Misses, false accepts, delay and cost of a wake word."""
    options: dict[str, Any] = {"phrase": phrase} if phrase else {}
    detector = _detector(backend, model, options)
    said = [read_sound(path) for path in sound_files(positives)[:clips]]
    others = [read_sound(path) for path in sound_files(negatives, even)] if negatives else []
    noises = [_second_half(read_sound(path)) for path in noise or ()]
    spoken = {"": quiet_between(said, noises, snr)}
    if others:
        spoken["running_"] = running(said, others, noises, snr)
    results: dict[str, Any] = {"backend": backend, "clips": len(said), "snr_db": snr if noises else "clean"}
    for prefix, stream in spoken.items():
        results |= _summary(prefix, judge(stream, firings(detector, stream.sound)))
    whole = np.concatenate(others) if others else np.zeros(0, np.int16)
    if others:
        hits = firings(detector, whole)
        results["speech_false_accepts"] = report.rate(len(hits), len(whole) / SAMPLE_RATE / 3600)
    if curve:
        results |= _curve(detector, spoken, whole)
    results |= _costs(detector, noises, whole)
    if model is not None:
        results["kb"] = model.stat().st_size / 1000
    report.publish("wake", results, json_file)


def sound_files(folder: Path, even: bool = False) -> list[Path]:
    """Recordings below a folder, if asked only those of speakers with an even number.

    Raises:
        AudioError: there are none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SOUNDS)
    if even:
        paths = [path for path in paths if _even(path)]
    if not paths:
        raise AudioError("there are no recordings in it", where=str(folder), mend=f"{', '.join(SOUNDS)} are read")
    return paths


def quiet_between(said: Sequence[Pcm], noises: Sequence[Pcm], snr: float) -> Stream:
    """The clips with 3 s of the room between, each in a noise if there are noises."""
    stream = Stream()
    room = np.zeros(round(BETWEEN * SAMPLE_RATE), np.int16)
    for number, clip in enumerate(said):
        noisy = _noisy(np.concatenate([room, clip]), clip, noises, snr, number)
        stream.add(noisy[: len(room)])
        stream.places.append(Place(stream.length, stream.length + speech_end(clip)))
        stream.add(noisy[len(room) :])
    stream.add(_noisy(room, said[-1], noises, snr, 0))
    return stream


def running(said: Sequence[Pcm], others: Sequence[Pcm], noises: Sequence[Pcm], snr: float) -> Stream:
    """The clips inside other people's speech, which runs into them without a pause, at their level."""
    stream, talk, at = Stream(), np.concatenate(others), 0
    for number, clip in enumerate(said):
        before = talk[(at + np.arange(round(RUN_IN * SAMPLE_RATE))) % len(talk)]
        at += len(before)
        loud = _level(clip) / max(1.0, _level(before))
        before = np.clip(before * loud, -32768, 32767).astype(np.int16)
        noisy = _noisy(np.concatenate([before, clip]), clip, noises, snr, number)
        stream.add(noisy[: len(before)])
        stream.places.append(Place(stream.length, stream.length + speech_end(clip)))
        stream.add(noisy[len(before) :])
    return stream


def firings(detector: WakeWord, sound: Pcm) -> list[tuple[int, WakeHit]]:
    """The hits of one stream, with the end of the frame that told."""
    stream = detector.stream()
    found = []
    for at in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        found += [(at + FRAME_SAMPLES, hit) for hit in stream.feed(Frame(sound[at : at + FRAME_SAMPLES], at))]
    stream.close()
    return found


def judge(stream: Stream, fired: Sequence[tuple[int, WakeHit]]) -> Verdict:
    """What was heard of the phrases, and what else was."""
    times = [told for told, _ in fired]
    used, delays = set(), []
    for place in stream.places:
        inside = [t for t in times if place.start < t <= place.end + LATE * SAMPLE_RATE and t not in used]
        if inside:
            used.add(inside[0])
            delays.append((inside[0] - place.end) / SAMPLE_RATE * 1000)
    count = len(stream.places)
    hours = stream.length / SAMPLE_RATE / 3600
    return Verdict(count - len(delays), count, len(times) - len(used), hours, tuple(delays))


def _summary(prefix: str, verdict: Verdict) -> dict[str, Any]:
    return {
        f"{prefix}missed": report.share(verdict.missed, verdict.count),
        f"{prefix}false_accepts": report.rate(verdict.false_accepts, verdict.hours),
        f"{prefix}delay_ms_p50": report.percentile(verdict.delays, 50),
        f"{prefix}delay_ms_p95": report.percentile(verdict.delays, 95),
    }


def _curve(detector: WakeWord, spoken: dict[str, Stream], whole: Pcm) -> dict[str, Any]:
    """Misses at fixed rates of false accepts, thresholds read off the measured sound."""
    if not isinstance(detector, TrainedWakeWord):
        raise ConfigError("only a trained model has a threshold that can be moved", where="--curve",
                          mend="give --model")
    hours = len(whole) / SAMPLE_RATE / 3600 + sum(stream.length for stream in spoken.values()) / SAMPLE_RATE / 3600
    heard = {prefix: _answers(detector, stream.sound) for prefix, stream in spoken.items()}
    other, points = _answers(detector, whole), []
    for threshold in detector.threshold + SHIFTS:
        verdicts = {prefix: judge(stream, _fired(heard[prefix], threshold)) for prefix, stream in spoken.items()}
        false = len(_fired(other, threshold)) + sum(verdict.false_accepts for verdict in verdicts.values())
        points.append((false, {prefix: verdict.missed / verdict.count for prefix, verdict in verdicts.items()}))
    results: dict[str, Any] = {"curve_hours": hours}
    for rate in RATES:
        fitting = [missed for false, missed in points if false <= rate * hours]
        for prefix in spoken:
            known = fitting and hours >= 3 / rate
            least = min(missed[prefix] for missed in fitting) if known else math.nan
            results[f"oracle_{prefix}miss_rate_at_{rate:g}"] = least
    return results


def _answers(detector: TrainedWakeWord, sound: Pcm) -> list[tuple[int, float]]:
    """End of each frame that has an answer, and the answer."""
    stream = detector.stream()
    ends = range(FRAME_SAMPLES, len(sound) + 1, FRAME_SAMPLES)
    told = [(end, stream.answer(Frame(sound[end - FRAME_SAMPLES : end], end - FRAME_SAMPLES))) for end in ends]
    return [(end, score) for end, score in told if score > -np.inf]


def _fired(answers: Sequence[tuple[int, float]], threshold: float) -> list[tuple[int, WakeHit]]:
    """The hits that a threshold gives, as the detector counts them."""
    found, quiet_until = [], WARM
    for end, score in answers:
        if score >= threshold and end - FRAME_SAMPLES >= quiet_until:
            found.append((end, WakeHit("", 0, end, score)))
            quiet_until = end + REFRACTORY
    return found


def _costs(detector: WakeWord, noises: Sequence[Pcm], talk: Pcm) -> dict[str, Any]:
    length = round(COST_SECONDS * SAMPLE_RATE)
    sounds = {"silence": quiet(COST_SECONDS), "speech": talk[:length]}
    if noises:
        sounds["noise"] = np.resize(noises[0], length)
    costs = {}
    for name, sound in sounds.items():
        if len(sound):
            began = time.process_time()
            firings(detector, sound)
            costs[f"cpu_percent_{name}"] = 100 * (time.process_time() - began) / (len(sound) / SAMPLE_RATE)
    return costs


def _detector(backend: str, model: Path | None, options: dict[str, Any]) -> WakeWord:
    if backend == "trained":
        if model is None:
            raise ConfigError("which model is to be measured?", where="bench wake", mend="give --model FILE")
        options = {**options, "model": str(model)}
    detector: WakeWord = Registry().build("wake", backend, options)
    if not hasattr(detector, "stream"):
        raise ConfigError(f"{backend!r} does not hear frames", where="--backend", mend="micro or trained")
    return detector


def _noisy(sound: Pcm, clip: Pcm, noises: Sequence[Pcm], snr: float, number: int) -> Pcm:
    """A sound in its noise, or in a quiet room."""
    if not noises:
        return add_noise(sound, quiet(1.0), 1.0)
    noise = noises[number % len(noises)]
    return add_noise(sound, noise, noise_gain(clip, noise, snr), number * 7_919 % len(noise))


def _level(sound: Pcm) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def _second_half(noise: Pcm) -> Pcm:
    return noise[len(noise) // 2 :]


def _even(path: Path) -> bool:
    number = re.match(r"\d+", path.parent.name) or re.match(r"\d+", path.name)
    return number is not None and int(number.group()) % 2 == 0
