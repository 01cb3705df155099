"""``bench wake``: phrases missed and false accepts of a wake word, on clips joined into one stream, state never reset.

Twice: with 3 s of room noise between the clips, and with other people's speech that runs into the phrase without a
pause (key prefix ``running_``). A clip's phrase ends at the last 20 ms frame within 35 dB of its loudest; a hit is the
first firing between the clip's start and 0.5 s after that; any other firing is a false accept, as is every firing in
the negatives, which are fed as a stream of their own. After a firing 2 s pass before the next. Measured at the
detector's own threshold. Typed phrases are answered in audio time: the scorer's own time delays nothing.

Keys: ``missed``, ``delay_ms_p50`` and ``_p95`` from the phrase's end to the end of the frame that tells, each with
``running_`` too; ``false_accepts`` an hour (``_n`` of them, in ``_hours``) over all that was heard, and
``false_accepts_speech`` over the negatives alone; ``miss_rate_at_R`` and ``running_miss_rate_at_R`` for R false accepts
an hour (an oracle: thresholds are read off the measured sound; null where the hours are fewer than 3 / R, or the
detector tells hits only); ``curve``: threshold, false accepts an hour, share missed, running (of typed phrases from
their own threshold on: what lies below it is not told); ``cpu_percent`` of one core in silence, noise and running
speech; ``kb``, the model's size. With ``--against BACKEND`` the same of another, its keys behind its name.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.bench import report
from assistant.bench.sounds import quiet
from assistant.bench.wake_listeners import Listener, listener
from assistant.bench.wake_streams import Answer, Stream, Surroundings, Verdict, fired, judge, quiet_between, running
from assistant.errors import AudioError

SOUNDS = (".flac", ".wav", ".opus", ".ogg")
RATES = (0.1, 0.5, 1.0)
"""False accepts an hour for which the curve is read."""
SHIFTS = np.arange(-12.0, 12.01, 0.25)
"""Added to the detector's own threshold, for the curve."""
COST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a detector answers to the streams."""

    spoken: dict[str, tuple[Stream, list[Answer]]]
    """By the keys' prefix."""
    other: list[Answer]
    other_hours: float

    @property
    def hours(self) -> float:
        return self.other_hours + sum(stream.hours for stream, _ in self.spoken.values())

    def at(self, threshold: float) -> tuple[dict[str, Verdict], int]:
        """What a threshold makes of it: the verdicts, and the false accepts in the negatives."""
        verdicts = {key: judge(stream, fired(said, threshold)) for key, (stream, said) in self.spoken.items()}
        return verdicts, len(fired(self.other, threshold))


def bench(
    positives: Annotated[Path, typer.Option(help="folder of clips, each the phrase once")],
    phrase: Annotated[str, typer.Option(help="a typed phrase, or which of a backend's phrases")] = "",
    model: Annotated[Path | None, typer.Option(help="a model of assistant train wake, or of the backend")] = None,
    backend: Annotated[str, typer.Option(help="any other detector: micro, openwakeword, ...")] = "",
    negatives: Annotated[Path | None, typer.Option(help="folder of other people's speech")] = None,
    even: Annotated[bool, typer.Option("--even", help="of the negatives only speakers with an even number")] = False,
    noise: Annotated[list[Path] | None, typer.Option(help="noises; their second halves are used")] = None,
    snr: Annotated[float, typer.Option(help="dB of the phrases over the noise")] = 10.0,
    rir: Annotated[Path | None, typer.Option(help="folder of impulse responses; each phrase is said in one")] = None,
    against: Annotated[str, typer.Option(help="another detector beside it: phrase, micro, ...")] = "",
    clips: Annotated[int, typer.Option("-n", help="at most so many clips")] = 100_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Misses, false accepts, delay and cost of a wake word."""
    detector = listener(phrase, model, backend)
    rivals = {f"{against}_": listener(phrase, None, against)} if against else {}
    said = [read_sound(path) for path in sound_files(positives)[:clips]]
    others = [read_sound(path) for path in sound_files(negatives, even)] if negatives else []
    noises = [_second_half(read_sound(path)) for path in noise or ()]
    around = Surroundings(noises, snr, responses(rir) if rir else ())
    results: dict[str, Any] = {"clips": len(said), "snr_db": snr if noises else "clean"}
    for prefix, measured in {"": detector, **rivals}.items():
        found = _measured(measured, said, others, around)
        results |= {f"{prefix}{key}": value for key, value in found.items()}
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


def responses(folder: Path) -> list[Floats]:
    """The impulse responses of a folder, each from its first arrival on."""
    found = [read_sound(path).astype(np.float32) for path in sound_files(folder)]
    return [one[int(np.flatnonzero(np.abs(one) > 0.2 * np.abs(one).max())[0]) :] for one in found]


def _measured(detector: Listener, said: list[Pcm], others: list[Pcm], around: Surroundings) -> dict[str, Any]:
    spoken = {"": quiet_between(said, around)}
    if others:
        spoken["running_"] = running(said, others, around)
    whole = np.concatenate(others) if others else np.zeros(0, np.int16)
    heard = Heard({key: (stream, detector.answers(stream.sound)) for key, stream in spoken.items()},
                  detector.answers(whole), len(whole) / SAMPLE_RATE / 3600)
    verdicts, false = heard.at(detector.threshold)
    results: dict[str, Any] = {}
    for prefix, verdict in verdicts.items():
        results |= {
            f"{prefix}missed": report.share(verdict.missed, verdict.count),
            f"{prefix}delay_ms_p50": report.percentile(verdict.delays, 50),
            f"{prefix}delay_ms_p95": report.percentile(verdict.delays, 95),
        }
    in_all = false + sum(verdict.false_accepts for verdict in verdicts.values())
    results["false_accepts"] = report.rate(in_all, heard.hours)
    if others:
        results["false_accepts_speech"] = report.rate(false, heard.other_hours)
    results |= _curve(detector, heard) if detector.scored else {}
    return results | _costs(detector, around.noises, whole) | {"kb": detector.kb}


def _curve(detector: Listener, heard: Heard) -> dict[str, Any]:
    """Misses at fixed rates of false accepts, thresholds read off the measured sound."""
    points, results = [], dict[str, Any]()
    for threshold in detector.threshold + SHIFTS:
        verdicts, false = heard.at(threshold)
        accepted = false + sum(verdict.false_accepts for verdict in verdicts.values())
        missed = {key: verdict.missed / verdict.count for key, verdict in verdicts.items()}
        points.append((float(threshold), accepted / heard.hours, missed))
    for wanted in RATES:
        fitting = [missed for _, rate, missed in points if rate <= wanted]
        for key in heard.spoken:
            known = fitting and heard.hours >= 3 / wanted
            results[f"{key}miss_rate_at_{wanted:g}"] = min(one[key] for one in fitting) if known else math.nan
    results["curve"] = [[threshold, rate, *missed.values()] for threshold, rate, missed in points]
    return results


def _costs(detector: Listener, noises: Sequence[Pcm], talk: Pcm) -> dict[str, Any]:
    """Processor time of each kind of sound, in percent of its duration."""
    length = round(COST_SECONDS * SAMPLE_RATE)
    sounds = {"silence": quiet(COST_SECONDS), "speech": talk[: 4 * length]}
    if noises:
        sounds["noise"] = np.resize(noises[0], length)
    costs = {}
    for name, sound in sounds.items():
        if len(sound):
            began = time.process_time()
            detector.answers(sound)
            costs[f"cpu_percent_{name}"] = 100 * (time.process_time() - began) / (len(sound) / SAMPLE_RATE)
    return costs


def _second_half(noise: Pcm) -> Pcm:
    return noise[len(noise) // 2 :]


def _even(path: Path) -> bool:
    number = re.match(r"\d+", path.parent.name) or re.match(r"\d+", path.name)
    return number is not None and int(number.group()) % 2 == 0
