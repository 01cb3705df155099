"""``bench endpoint``: how many speakers are cut off, and how long is waited after those who have finished?

On the measuring half of the data: real sentences (speakers with an even number) and real orders, with the pauses that
people made in them. Policies: *silence* of one length; a *judge* that hears the sound 0.2 s into a pause and waits
0.3 s where it thinks that the speaker has finished, else 1.2 s; for orders the *grammar*, the assistant's endpointer.
Judges: ``trained`` (``--model``, of training/endpoint), ``smart_turn`` (Pipecat's), and ``length``, which knows only
how long somebody has spoken: what it can do is no merit of the others. Pauses hold the recording's own floor.

Keys for each set S (``sentences``, ``orders``; with --snr also in noise) and policy P: ``S_cutoff_P``, share of
utterances that end too early, ``S_delay_ms_P_mean`` and ``_p50`` after the end, as the
voice activity detector places it; for judges ``S_auc_P`` and
``S_eer_P`` of ends against inner pauses, ``S_as_Tms_P``, the mean delay where no more are cut off than by T ms of
silence alone, and ``cpu_ms_P`` of a decision; for the grammar ``S_taken_up_P``, the share that it ends provisionally at
an inner pause, and that goes on when the speaker does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.bench import report
from assistant.bench.grammar_waits import GrammarEndpointer, grammar_results
from assistant.bench.pauses import Utterance, speaker_of, utterances
from assistant.bench.sounds import add_noise, noise_gain
from assistant.bench.turn_judges import LENGTH, Judge, judges
from assistant.bench.waiting import Curve, Pauses, figures
from assistant.errors import BackendError
from assistant.paths import measuring_data
from assistant.registry import Registry

SILENCES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2)
REFERENCES = (0.4, 0.6, 0.8, 1.2)
"""Seconds of silence that judges are held against."""
THRESHOLD = 0.5
"""From which a judge counts as sure, for ``cutoff`` and ``delay``."""
ASKED = 0.2
"""Seconds into a pause at which a judge is asked."""
COFFEE = Path("tests/skills/coffee")
NOISE = "doing_the_dishes.flac"
SOUNDS = (".flac", ".wav", ".opus", ".ogg")

console = Console(stderr=True)


def bench(
    recordings: Annotated[Path | None, typer.Option(help="folder of recordings, one sentence each")] = None,
    orders: Annotated[Path | None, typer.Option(help="folder of recorded orders")] = None,
    skill: Annotated[Path, typer.Option(help="folder of the skill that understands them")] = COFFEE,
    model: Annotated[Path | None, typer.Option(help="ONNX file of training/endpoint, as judge `trained`")] = None,
    judge: Annotated[list[str] | None, typer.Option(help="further judges: length (by default), smart_turn")] = None,
    grammar: Annotated[bool, typer.Option(help="whether the grammar's endpointer hears the orders")] = True,
    noise: Annotated[Path | None, typer.Option(help="its second half is heard with --snr; dishes by default")] = None,
    snr: Annotated[float | None, typer.Option(help="dB of noise in a further round")] = None,
    count: Annotated[int, typer.Option("-n", min=1, help="at most so many recordings of each set")] = 10_000,
    plot: Annotated[Path | None, typer.Option(help="draw the curves into this file; needs matplotlib")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Share cut off and delay of endpointing by silence, by trained judges and by the grammar."""
    vad = Registry().build("vad", "silero")
    sentences = measured(recordings or measuring_data() / "speech" / "nonnative")
    sets = {"sentences": list(utterances(drawn(sentences, count), vad))}
    folder = orders or measuring_data() / "commands" / "coffee"
    said = sorted(path for path in folder.rglob("*") if path.suffix in SOUNDS)
    sets["orders"] = list(utterances(drawn(said, count), vad))
    background = read_sound(noise or measuring_data() / "noise" / NOISE)
    background = background[len(background) // 2 :]
    asked = judges(judge or [LENGTH], model)
    results: dict[str, Any] = {}
    curves: dict[str, Curve] = {}
    for name, found in sets.items():
        console.print(f"{name}: {len(found)} utterances, {sum(len(one.pauses) - 1 for one in found)} pauses in them")
        results |= _named(name, silence_results(found))
        for level in (None, snr) if snr is not None else (None,):
            place = name if level is None else f"{name}_{level:g}db"
            for judge_name, judging in asked.items():
                curve, cost = curve_of(judging, found, background, level)
                curves[f"{place} {judge_name}"] = curve
                results |= _named(place, judge_results(curve), judge_name)
                results[f"cpu_ms_{judge_name}"] = report.percentile(cost, 50)
    if grammar:
        results |= _named("orders", grammar_results(GrammarEndpointer(skill), sets["orders"]), "grammar")
    if plot is not None:
        draw(plot, sets, curves)
    report.publish("endpoint", results, json_file)


def _named(place: str, results: Mapping[str, Any], policy: str = "") -> dict[str, Any]:
    """The keys of a policy at a place: ``sentences_delay_ms_length_mean``."""
    return {f"{place}_{_key(key, policy)}": value for key, value in results.items()}


def _key(key: str, policy: str) -> str:
    if not policy:
        return key
    stem, mean, last = key.rpartition("_ms_")
    return f"{stem}_ms_{policy}_{last}" if mean else f"{key}_{policy}"


def drawn(paths: Sequence[Path], count: int) -> list[Path]:
    """At most ``count`` of them, of any speaker."""
    return [paths[number] for number in sorted(np.random.default_rng(0).permutation(len(paths))[:count])]


def measured(folder: Path) -> list[Path]:
    """Recordings of the measuring half: speakers with an even number."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in SOUNDS)
    return [path for path in found if speaker_of(path).isdigit() and int(speaker_of(path)) % 2 == 0]


def curve_of(
    judge: Judge, utterances: Sequence[Utterance], noise: Pcm, snr: float | None
) -> tuple[Curve, list[float]]:
    """What a judge thinks at every pause, and milliseconds of processor time for each answer."""
    scores, cost = [], []
    for number, one in enumerate(utterances):
        generator = np.random.default_rng(number)
        for pause in one.pauses:
            sound = one.heard(pause, ASKED, generator)
            if snr is not None:
                sound = add_noise(sound, noise, noise_gain(one.sound, noise, snr), int(generator.integers(len(noise))))
            began = time.process_time()
            scores.append(judge.complete(sound))
            cost.append(1000 * (time.process_time() - began))
    last = np.cumsum([len(one.pauses) for one in utterances]) - 1
    everything = np.array(scores, np.float64)
    return Curve(Pauses.of(utterances), np.delete(everything, last), everything[last]), cost


def silence_results(utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Keys of waiting one and the same time in every pause."""
    pauses = Pauses.of(utterances)
    results: dict[str, Any] = {}
    for seconds in SILENCES:
        found = figures(pauses.cut_off(seconds), np.full(pauses.count, seconds))
        name = f"silence{1000 * seconds:.0f}"
        results |= {_key(key, name): value for key, value in found.items()}
    return results


def judge_results(curve: Curve) -> dict[str, Any]:
    """Keys of one judge."""
    equal = {f"as_{1000 * seconds:.0f}ms": curve.as_good_as(seconds) for seconds in REFERENCES}
    return {**curve.ranking(), **curve.at(THRESHOLD), **equal}


def draw(path: Path, sets: Mapping[str, Sequence[Utterance]], curves: Mapping[str, Curve]) -> None:
    """Share cut off against mean delay: silence alone by its length, each judge by its threshold.

    Raises:
        BackendError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise BackendError(str(error), where="bench endpoint --plot", mend="pip install matplotlib") from error
    picture = Figure(figsize=(7 * len(sets), 5), layout="constrained")
    for axes, (name, found) in zip(picture.subplots(1, len(sets), squeeze=False)[0], sets.items(), strict=True):
        pauses, lengths = Pauses.of(found), np.arange(0.2, 1.25, 0.05)
        lines = {"silence": (1000 * lengths,
                             [100 * pauses.cut_off(one).mean() for one in lengths])}
        for label, curve in curves.items():
            if label.startswith(name):
                lines[label.removeprefix(name)] = (1000 * curve.delays.mean(1), 100 * curve.cut.mean(1))
        for label, (delays, shares) in lines.items():
            axes.plot(delays, shares, marker=".", label=label.strip("_ "))
        axes.set(title=f"{name}, n = {pauses.count}", xlabel="mean delay after the end, ms", ylabel="cut off, %")
        axes.legend()
    picture.savefig(path)
