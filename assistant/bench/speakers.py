"""``bench speakers``: how well are voices told apart, through rooms and microphones, by which backend, at what cost?

Without a manifest, on the measuring half: non-native speakers (20 utterances each), and LibriSpeech's readers, the two
halves of one clip against each other and everybody else's (*same-session*: one microphone, one day). Each side of a
trial is one utterance; ``--rooms`` sends each through a room (RT60 0.2 to 0.8 s, 0.5 to 3 m), a microphone's response
and a noise 15 to 30 dB below, of its own. ``--control`` leaves the quietest 15 % of frames: who is told apart by them
is told apart by the recording. ``--seconds`` cuts one side of each trial. All backends hear the same.

Keys for each set S (none before those of a manifest) and backend B: ``S_eer_B``, all pairs, interval from resampled
speakers, ``_n`` trials of one person and ``_others`` of two; ``S_eer_alike_B``, pairs of one sex and age group only;
``S_min_dcf_B`` (prior 0.01); ``S_cllr_B``, where scores are calibrated; ``S_unheard_B``, utterances it refused. Where
speakers have utterances enough, a household of four with ``--enroll`` seconds each, asked after 3 s of speech, 1,000
times: ``S_guests_taken_B``, ``S_members_refused_B``, ``S_members_confused_B`` (accepted as another), with the threshold
of one in a hundred guests among other speakers. ``ms_per_embedding_B``: processor time for 3 s.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench import report
from assistant.bench.channels import places
from assistant.bench.contestant import Contestant, contestant
from assistant.bench.household import Voices, households
from assistant.bench.speaker_calibration import calibrate, uncalibrated
from assistant.bench.speaker_sets import Hearing, Utterance, halves_of, of_half, read_speakers
from assistant.bench.trials import Trials, cllr, eer, min_dcf
from assistant.errors import AudioError, ModelError, SoundError
from assistant.paths import data_dir, measuring_data
from assistant.registry import Registry
from assistant.speaker.base import SpeakerEmbedder
from assistant.speaker.calibration import Calibration, calibration_of, save

ASKED = 3.0
"""Seconds of speech after which the household is asked who it was."""
ROOMS, FIT_ROOMS = 40, 20
TIMED = 30

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Heard:
    """A set as one backend heard it; only the utterances that it did not refuse."""

    utterances: Sequence[Utterance]
    whole: np.ndarray
    """float32[n, dimensions]"""
    cut: np.ndarray
    """The side that ``--seconds`` cuts."""
    asked: np.ndarray
    """Of the first 3 s of speech."""
    seconds: np.ndarray
    unheard: int


def bench(
    manifest: Annotated[Path | None, typer.Option(help="TSV with the columns path, speaker[, start, end]")] = None,
    backend: Annotated[list[str] | None, typer.Option(help="[NAME:]BACKEND[,OPTION=VALUE...], repeated")] = None,
    enroll: Annotated[float, typer.Option(min=1, help="seconds that a member of the household enrols with")] = 30.0,
    seconds: Annotated[float | None, typer.Option(min=0.5, help="cut one side of each trial to so much speech")] = None,
    snr: Annotated[float | None, typer.Option(help="add a noise so many dB below the speech")] = None,
    rooms: Annotated[bool, typer.Option("--rooms", help="each utterance through a channel of its own")] = False,
    control: Annotated[bool, typer.Option("--control", help="hear only the quietest 15 % of frames")] = False,
    threshold: Annotated[float | None, typer.Option(help="log-likelihood ratio; else one from other speakers")] = None,
    fit: Annotated[bool, typer.Option("--fit", help="use the fitting half of the data")] = False,
    calibration: Annotated[bool, typer.Option("--calibrate", help="first fit what scores mean, and keep it")] = False,
    most: Annotated[int, typer.Option("-n", min=2, help="at most so many utterances of a speaker")] = 1000,
    seed: Annotated[int, typer.Option()] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Equal error rates, calibration, a household and cost of speaker embeddings, backends side by side."""
    sets = {"": read_speakers(manifest)} if manifest else own_sets(fit)
    sets = {name: few(found, most) for name, found in sets.items()}
    noises = [_half(read_sound(path), fit) for path in sorted((measuring_data() / "noise").glob("*.flac"))]
    hearing = Hearing(places(ROOMS, seed) if rooms else None, noises, snr, control, seed)
    results: dict[str, Any] = {"rooms": rooms, "control": control, "seconds": seconds, "snr_db": snr, "seed": seed}
    for one in [contestant(text) for text in backend or ["trained"]]:
        embedder: SpeakerEmbedder = Registry().build("speaker", one.backend, one.options)
        if calibration:
            fitted = calibrate(embedder, own_sets(True), FIT_ROOMS, seed)
            save(data_dir() / "speakers" / f"{one.backend}.npz", fitted)
        known = known_calibration(embedder)
        for name, found in sets.items():
            heard = listen(embedder, found, hearing, seconds)
            results |= judge(_prefix(name), one, heard, known, seconds)
            if not control:
                results |= house(_prefix(name), one, heard, known, enroll, threshold, seed)
        results[f"ms_per_embedding_{one.label}"] = cost(embedder, next(iter(sets.values())))
        embedder.close()
    report.publish("speakers", results, json_file)


def own_sets(odd: bool) -> dict[str, list[Utterance]]:
    """The sets that the project measures with."""
    speech = measuring_data() / "speech"
    return {"nonnative": of_half(read_speakers(speech / "nonnative" / "manifest.tsv"), odd),
            "librispeech": of_half(halves_of(speech / "librispeech_clips"), odd)}


def few(found: Sequence[Utterance], most: int) -> list[Utterance]:
    """At most so many utterances of each speaker, the first ones."""
    counts: dict[str, int] = {}
    kept = []
    for one in found:
        counts[one.speaker] = counts.get(one.speaker, 0) + 1
        if counts[one.speaker] <= most:
            kept.append(one)
    return kept


def known_calibration(embedder: SpeakerEmbedder) -> Calibration:
    """The embedder's calibration; scores are plain cosines where it has none."""
    try:
        return calibration_of(embedder.name)
    except ModelError:
        return uncalibrated(embedder.name, embedder.dimensions)


def listen(embedder: SpeakerEmbedder, found: Sequence[Utterance], hearing: Hearing, seconds: float | None) -> Heard:
    """Let a backend hear a set."""
    rows: list[tuple[Utterance, np.ndarray, np.ndarray, np.ndarray, float]] = []
    for number, one in enumerate(found):
        sound, begin = hearing.hear(one, number)
        try:
            whole = embedder.embed(sound)
            cut = whole if seconds is None else embedder.embed(first(sound, begin, seconds))
            asked = whole if hearing.control else embedder.embed(first(sound, begin, ASKED))
        except SoundError:
            continue
        rows.append((one, whole, cut, asked, (len(sound) - begin) / SAMPLE_RATE))
    if len({one.speaker for one, *_ in rows}) < 2:
        raise AudioError(f"{embedder.name} heard speech of fewer than two speakers", where="bench speakers")
    utterances, whole, cut, asked, lengths = zip(*rows, strict=True)
    return Heard(utterances, np.stack(whole), np.stack(cut), np.stack(asked), np.array(lengths),
                 len(found) - len(rows))


def first(sound: Pcm, begin: int, seconds: float) -> Pcm:
    """So much of a sound from where speech begins."""
    return sound[begin : begin + round(seconds * SAMPLE_RATE)]


def judge(
    prefix: str, one: Contestant, heard: Heard, known: Calibration, seconds: float | None
) -> dict[str, Any]:
    """The keys of one set and one backend: its trials."""
    speakers = np.array([utterance.speaker for utterance in heard.utterances])
    scores = known.normal(heard.whole, heard.cut)
    trials = Trials(scores, speakers, speakers, ~np.eye(len(speakers), dtype=bool))
    if seconds is None:
        trials = trials.among(np.triu(np.ones_like(trials.counted)))
    results: dict[str, Any] = {
        f"{prefix}eer": eer(trials), f"{prefix}min_dcf": min_dcf(trials.same, trials.different),
        f"{prefix}speakers": len(np.unique(speakers)), f"{prefix}unheard": heard.unheard,
    }
    groups = np.array([utterance.group for utterance in heard.utterances])
    if all(groups):
        results[f"{prefix}eer_alike"] = eer(trials.among(groups[:, None] == groups))
    if len(known.cohort):
        length = np.minimum(heard.seconds[:, None], heard.seconds) if seconds is None else seconds
        ratios = Trials(known.llr(scores, length), speakers, speakers, trials.counted)
        results[f"{prefix}cllr"] = cllr(ratios.same, ratios.different)
    found = results[f"{prefix}eer"]
    console.print(f"{one.label} {prefix.rstrip('_')}: equal error rate {found['value']:.1%} of {found['n']} trials")
    return {f"{key}_{one.label}": value for key, value in results.items()}


def house(
    prefix: str, one: Contestant, heard: Heard, known: Calibration, enroll: float, threshold: float | None, seed: int
) -> dict[str, Any]:
    """The keys of one set and one backend: its households, if the set has speakers with utterances enough."""
    speakers = np.array([utterance.speaker for utterance in heard.utterances])
    voices = Voices(speakers, heard.whole, heard.asked, heard.seconds)
    found = households(voices, known, enroll, ASKED, threshold, seed)
    return {f"{prefix}{key}_{one.label}": value for key, value in found.items()}


def cost(embedder: SpeakerEmbedder, found: Sequence[Utterance]) -> dict[str, float]:
    """Milliseconds of processor time for 3 s of speech, the median."""
    spent = []
    for one in found[:TIMED]:
        sound = np.resize(one.sound(), round(ASKED * SAMPLE_RATE))
        began = time.process_time()
        embedder.embed(sound)
        spent.append(1000.0 * (time.process_time() - began))
    return report.percentile(spent, 50)


def _half(noise: Pcm, first_half: bool) -> Pcm:
    return noise[: len(noise) // 2] if first_half else noise[len(noise) // 2 :]


def _prefix(name: str) -> str:
    return f"{name}_" if name else ""
