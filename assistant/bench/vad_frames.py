"""How well detectors tell frames with speech from others, side by side, in quiet, noise and simulated homes.

``bench vad --manifest`` or ``--speech``; see ``vad.py`` for the keys.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Frame, Pcm
from assistant.bench.contestant import Contestant
from assistant.bench.manifest import Recorded
from assistant.bench.pauses import clean, speaker_of
from assistant.bench.ranking import auc
from assistant.bench.rooms import convolve, homes
from assistant.bench.sounds import add_noise, noise_gain, quiet
from assistant.bench.speech_frames import OTHER, SPEECH, Labels, agreed, without_borders
from assistant.errors import AudioError
from assistant.registry import Registry
from assistant.vad.base import Vad

SOUNDS = (".flac", ".wav", ".opus", ".ogg")
MARGIN_FRAMES = 75
"""Frames of room before and after each recording: 1.5 s."""
HOMES = 12
"""Simulated; each recording is heard in one of them."""
HOME_SNR = 12
"""dB of speech over the noise there."""
HOME_NOISE = "doing_the_dishes"
BINS = 4096
"""Steps of the scores from which intervals are computed."""
RESAMPLES = 1000

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clip:
    """A clean recording between margins, and which of its frames hold speech."""

    speaker: str
    dry: Pcm
    sound: Pcm
    labels: Labels


@dataclass(frozen=True, slots=True)
class Condition:
    """Where the recordings are heard."""

    name: str
    noise: Pcm | None = None
    snr: float = 0.0
    rooms: tuple[Floats, ...] = ()

    def heard(self, clip: Clip, number: int, seed: int) -> Pcm:
        """The clip there; the same for each detector."""
        dice = np.random.default_rng([seed, number])
        sound = clip.sound
        if self.rooms:
            far = convolve(sound.astype(np.float32), self.rooms[number % len(self.rooms)])
            loudest = max(1.0, float(np.abs(far).max()))
            sound = np.asarray(far * (np.abs(sound.astype(np.float32)).max() / loudest), np.int16)
        sound = add_noise(sound, quiet(len(sound) / SAMPLE_RATE), 1.0)
        if self.noise is None:
            return sound
        gain = noise_gain(clip.dry, self.noise, self.snr)
        return add_noise(sound, self.noise, gain, int(dice.integers(len(self.noise))))


@dataclass(frozen=True, slots=True)
class Scored:
    """A detector's answers to all clips of one condition."""

    speakers: Sequence[str]
    """Of each clip."""
    scores: Sequence[Array]
    labels: Sequence[Labels]

    def area(self) -> float:
        """Area under the ROC curve of all frames that are known."""
        scores, labels = np.concatenate(self.scores), np.concatenate(self.labels)
        return auc(scores[labels == SPEECH], scores[labels == OTHER])

    def resampled(self, seed: int = 0) -> Array:
        """float64[1000], the area with speakers drawn anew; two detectors on the same clips get the same draws."""
        pooled = np.unique(np.concatenate(self.scores))
        edges = pooled if len(pooled) <= BINS else np.unique(np.quantile(pooled, np.linspace(0, 1, BINS)))
        names = sorted(set(self.speakers))
        counts = np.zeros((2, len(names), len(edges)))
        for speaker, scores, labels in zip(self.speakers, self.scores, self.labels, strict=True):
            places = np.searchsorted(edges, scores)
            for kind in (OTHER, SPEECH):
                counts[kind, names.index(speaker)] += np.bincount(places[labels == kind], minlength=len(edges))
        drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
        other, speech = drawn @ counts[OTHER], drawn @ counts[SPEECH]
        below = np.cumsum(other, axis=1) - other / 2
        return np.asarray((speech * below).sum(axis=1) / np.maximum(1.0, speech.sum(axis=1) * other.sum(axis=1)))


def recordings(folder: Path) -> list[Recorded]:
    """All recordings below a folder, by speaker.

    Raises:
        AudioError: there are none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SOUNDS)
    if not paths:
        raise AudioError("there are no recordings in it", where=str(folder), mend=f"{', '.join(SOUNDS)} are read")
    return [Recorded(path, "", speaker_of(path)) for path in paths]


def half(found: Sequence[Recorded], fit: bool) -> list[Recorded]:
    """Those of speakers with an even number, or for fitting an odd one; all, where speakers have no numbers."""
    numbered = [one for one in found if one.speaker.isdigit()]
    return [one for one in numbered if one.measured != fit] if numbered else list(found)


def clips(found: Sequence[Recorded], count: int, seed: int, vad: Vad) -> list[Clip]:
    """At most so many recordings that are clean enough to label, drawn.

    Raises:
        AudioError: none is.
    """
    drawn: list[Clip] = []
    for index in np.random.default_rng(seed).permutation(len(found)):
        sound = read_sound(found[index].path)
        sound = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES]
        if not clean(sound):
            continue
        margin = np.zeros(MARGIN_FRAMES, np.int8)
        labels = without_borders(np.concatenate([margin, agreed(sound, vad), margin]))
        silence = np.zeros(MARGIN_FRAMES * FRAME_SAMPLES, np.int16)
        drawn.append(Clip(found[index].speaker, sound, np.concatenate([silence, sound, silence]), labels))
        if len(drawn) == count:
            break
    if not drawn:
        raise AudioError("no recording is clean enough to tell which frames hold speech", where="bench vad",
                         mend="take recordings whose background lies 40 dB below the speech")
    return drawn


def conditions(noises: Mapping[str, Pcm], wanted: Sequence[tuple[str, int]], seed: int) -> list[Condition]:
    """Quiet, the noises that are there, and homes without and with noise."""
    rooms = tuple(room.talker for room in homes(HOMES, seed))
    found = [Condition("quiet")]
    found += [Condition(f"{name}_{snr}db", noises[name], snr) for name, snr in wanted if name in noises]
    found.append(Condition("home", rooms=rooms))
    if HOME_NOISE in noises:
        found.append(Condition(f"home_{HOME_NOISE}_{HOME_SNR}db", noises[HOME_NOISE], HOME_SNR, rooms))
    return found


def compare(
    contestants: Sequence[Contestant], heard: Sequence[Clip], where: Sequence[Condition], seed: int
) -> dict[str, Any]:
    """The figures of all detectors; differences are to the first of them."""
    registry = Registry()
    vads = {one.label: registry.build("vad", one.backend, one.options) for one in contestants}
    spent, listened = dict.fromkeys(vads, 0.0), 0.0
    found: dict[str, dict[str, Scored]] = {name: {} for name in vads}
    for condition in where:
        sounds = [condition.heard(clip, number, seed) for number, clip in enumerate(heard)]
        listened += sum(map(len, sounds)) / SAMPLE_RATE
        for name, vad in vads.items():
            began = time.process_time()
            scores = [probabilities(vad, sound) for sound in sounds]
            spent[name] += time.process_time() - began
            found[name][condition.name] = Scored([clip.speaker for clip in heard], scores,
                                                 [clip.labels for clip in heard])
    results = _figures(found)
    return results | {f"cpu_percent_{name}": 100 * seconds / listened for name, seconds in spent.items()}


def probabilities(vad: Vad, sound: Pcm) -> Array:
    """What a detector says after each frame of a sound."""
    stream = vad.stream()
    told = [stream.feed(Frame(sound[at : at + FRAME_SAMPLES], at)).probability
            for at in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES)]
    stream.close()
    return np.array(told)


def _figures(found: Mapping[str, Mapping[str, Scored]]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    first = next(iter(found))
    pooled = {name: _joined(list(by.values())) for name, by in found.items()}
    for name, by in found.items():
        for key, scored in {"": pooled[name], **{f"_{condition}": one for condition, one in by.items()}}.items():
            drawn = scored.resampled()
            speakers = len(set(scored.speakers))
            results[f"auc_{name}{key}"] = _interval(scored.area(), drawn, speakers)
            if name != first:
                base = found[first][key[1:]] if key else pooled[first]
                results[f"auc_{name}_over_{first}{key}"] = _interval(
                    scored.area() - base.area(), drawn - base.resampled(), speakers)
    labels = np.concatenate(pooled[first].labels)
    return results | {"frames_speech": int((labels == SPEECH).sum()), "frames_other": int((labels == OTHER).sum())}


def _joined(parts: Sequence[Scored]) -> Scored:
    return Scored([name for one in parts for name in one.speakers], [s for one in parts for s in one.scores],
                  [labels for one in parts for labels in one.labels])


def _interval(value: float, drawn: Array, n: int) -> dict[str, float]:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": value, "low": float(low), "high": float(high), "n": n}
