"""What an embedder's scores are worth: its cohort and its lines, from the fitting half of the data.

Every fifth speaker is kept out of the cohort (and out of the training of our own model): the lines are theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench.channels import places
from assistant.bench.speaker_sets import Hearing, Utterance
from assistant.errors import SoundError
from assistant.paths import measuring_data
from assistant.speaker.base import SpeakerEmbedder
from assistant.speaker.calibration import Calibration, line, mean_voice

LENGTHS = (1.0, 1.5, 2.0, 3.0, 5.0)
"""Seconds of speech for which there are lines."""
ENROLLED = 8
"""Utterances of a speaker that a model is made of: half a minute."""
COHORT_EACH = 4
"""Utterances of each of the cohort."""
KEPT_OUT = 5


def uncalibrated(name: str, dimensions: int) -> Calibration:
    """Scores as they are: cosines."""
    one = np.ones(1)
    return Calibration(name, np.zeros((0, dimensions), np.float32), one, one, 0.0 * one)


def kept_out(speaker: str) -> bool:
    """Whether a speaker, a number, is of the fifth that nothing but lines and epochs is chosen by."""
    return speaker.isdigit() and int(speaker) // 2 % KEPT_OUT == 2


@dataclass(frozen=True, slots=True)
class _Voice:
    """What was heard of one utterance of somebody who is kept out."""

    speaker: str
    whole: np.ndarray
    cut: Mapping[float, np.ndarray]


def calibrate(
    embedder: SpeakerEmbedder, sets: Mapping[str, Sequence[Utterance]], rooms: int, seed: int
) -> Calibration:
    """Hear the sets through channels, and fit."""
    sounds = map(read_sound, sorted((measuring_data() / "noise").glob("*.flac")))
    noises = [sound[: len(sound) // 2] for sound in sounds]
    hearing = Hearing(places(rooms, seed + 1000), noises, None, False, seed + 1000)
    cohort: list[np.ndarray] = []
    voices: dict[str, list[_Voice]] = {}
    for name, found in sets.items():
        cohort += _cohort(embedder, [one for one in found if not kept_out(one.speaker)], hearing)
        voices[name] = _voices(embedder, [one for one in found if kept_out(one.speaker)], hearing)
    plain = Calibration(embedder.name, np.stack(cohort), np.ones(1), np.ones(1), np.zeros(1))
    lines = [_line(plain, voices.values(), length) for length in LENGTHS]
    scale, offset = (np.array(column) for column in zip(*lines, strict=True))
    return Calibration(embedder.name, plain.cohort, np.array(LENGTHS), scale, offset)


def _cohort(embedder: SpeakerEmbedder, found: Sequence[Utterance], hearing: Hearing) -> list[np.ndarray]:
    """The mean voice of each speaker."""
    by_speaker: dict[str, list[np.ndarray]] = {}
    for number, one in enumerate(found):
        of = by_speaker.setdefault(one.speaker, [])
        if len(of) < COHORT_EACH:
            try:
                of.append(embedder.embed(hearing.hear(one, number)[0]))
            except SoundError:
                continue
    return [mean_voice(voices) for voices in by_speaker.values() if voices]


def _voices(embedder: SpeakerEmbedder, found: Sequence[Utterance], hearing: Hearing) -> list[_Voice]:
    heard = []
    for number, one in enumerate(found):
        sound, begin = hearing.hear(one, 100_000 + number)
        try:
            cut = {length: embedder.embed(sound[begin : begin + round(length * SAMPLE_RATE)]) for length in LENGTHS}
            heard.append(_Voice(one.speaker, embedder.embed(sound), cut))
        except SoundError:
            continue
    return heard


def _line(plain: Calibration, sets: Iterable[Sequence[_Voice]], length: float) -> tuple[float, float]:
    """Scale and offset for utterances of a length against models of a speaker's other utterances."""
    same: list[float] = []
    different: list[float] = []
    for voices in sets:
        speakers = sorted({one.speaker for one in voices})
        for number, test in enumerate(voices):
            models = [_model(voices, speaker, number) for speaker in speakers]
            known = [(speaker, model) for speaker, model in zip(speakers, models, strict=True) if model is not None]
            if not known:
                continue
            scores = plain.normal(np.stack([model for _, model in known]), test.cut[length][None])[:, 0]
            for (speaker, _), score in zip(known, scores, strict=True):
                (same if speaker == test.speaker else different).append(float(score))
    return line(np.array(same), np.array(different))


def _model(voices: Sequence[_Voice], speaker: str, without: int) -> np.ndarray | None:
    """The mean voice of a speaker's utterances but one."""
    of = [one.whole for number, one in enumerate(voices) if one.speaker == speaker and number != without]
    return mean_voice(of[:ENROLLED]) if of else None
