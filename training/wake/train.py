"""Trains a wake word from its text.

    python -m training.wake.train "hey nova" --negatives speech/ --noise noise/ --output my-wake-word

See README.md in this folder. Broken off at any moment, the same command goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.pauses import speaker_of
from assistant.bench.sounds import speech_end, speech_start
from assistant.errors import AudioError, BackendError
from assistant.packaged import file_sha256

from ..endpoint.material import SOUNDS, halves
from ..folder import claim
from .acoustics import Acoustics, rooms
from .calibrate import TARGET, Scores, scores
from .examples import PHRASE, Examples, Views, examples, load, save
from .export import export
from .fit import FitConfig, fit
from .near import near, spoken_form
from .net import DESIGNS
from .speak import kokoro_voices, speak
from .voices import Cast, Part, available, parts, speakers

EXAMPLES, CARD, PLOT = "examples.npz", "card.json", "curve.png"
KEPT_OUT = 5
"""Every fifth speaker, synthetic or not, is only calibrated with."""
NEAR = 90
"""Near-sounding phrases that are said by somebody."""
SAMPLE_VIEWS = 4
"""A recording of one's own counts as so many synthetic ones."""
FULL_MINUTES = 45
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder was trained with; a run that goes on must have the same."""

    phrase: str
    negatives: str
    noise: str = ""
    responses: str = ""
    samples: str = ""
    rejected: str = ""
    """Recordings that were taken for the phrase and are none."""
    odd: bool = False
    """Whether only speakers with an odd number are learnt from."""
    designs: tuple[str, ...] = ("tcn", "gru")
    rooms: int = 60
    """Simulated."""
    cast: Cast = field(default_factory=Cast)
    views: Views = field(default_factory=Views)
    fit: FitConfig = field(default_factory=FitConfig)

    def within(self, minutes: float) -> Settings:
        """The same with fewer speakers and steps, for a shorter time on two cores."""
        share = min(1.0, minutes / FULL_MINUTES)
        cast = {name: max(2, round(share * getattr(self.cast, name))) for name in ("kokoro", "piper", "espeak")}
        steps = max(50, round(share * self.fit.steps))
        return replace(self, cast=replace(self.cast, **cast), fit=replace(self.fit, steps=steps))


@dataclass(frozen=True, slots=True)
class Material:
    """Sounds by what they are for: trained with, and kept out to calibrate with."""

    phrases: tuple[list[Pcm], list[Pcm]]
    near: tuple[list[Pcm], list[Pcm]]
    speech: tuple[list[Pcm], list[Pcm]]
    acoustics: Acoustics


def train(settings: Settings, out: Path, clips: Path, jobs: int = 2, say: Say = print) -> Path:
    """Speak, hear, train each design, calibrate, keep the best; resumes what ``out`` and ``clips`` hold.

    Args:
        clips: where synthesised sounds are kept, for any phrase.
        jobs: processes that synthesise at once.

    Returns:
        The model's path.

    Raises:
        AssistantError: the phrase cannot be said, there is nothing to learn from, or ``out`` is of other settings.
    """
    began = time.monotonic()
    phrase = spoken_form(settings.phrase)
    recordings = speech(Path(settings.negatives), settings.odd)
    torch.set_num_threads(max(1, jobs))
    claim(out, settings)
    material = gathered(settings, phrase, recordings, clips, jobs, say)
    say(f"{len(material.phrases[0])} times the phrase, {len(material.near[0])} near it, "
        f"{sum(map(len, material.speech[0])) / SAMPLE_RATE / 3600:.2f} h of other speech")
    heard = _heard(settings, material, out, say)
    judged: dict[str, Scores] = {}
    nets: dict[str, Any] = {}
    for design in settings.designs:
        torch.manual_seed(settings.fit.seed)
        nets[design] = DESIGNS[design]()
        fit(nets[design], heard, settings.fit, out / f"{design}.npz", say)
        judged[design] = scores(nets[design], material.phrases[1], material.near[1], material.speech[1],
                                material.acoustics, settings.fit.seed)
        say(f"{design}: misses {100 * judged[design].missed(judged[design].threshold()):.1f} % of "
            f"{len(judged[design].said)} synthetic phrases at {TARGET} false accepts an hour")
    best = min(judged, key=lambda name: float(np.mean(judged[name].curve()[1])))
    path = out / f"{phrase.replace(' ', '-')}.onnx"
    about = _about(phrase, judged[best], material)
    export(nets[best], about, path)
    for design, net in nets.items():
        export(net, _about(phrase, judged[design], material), out / f"{design}.onnx")
    _write_card(out, path, settings, heard, judged, best, time.monotonic() - began)
    return path


def gathered(
    settings: Settings, phrase: str, recordings: list[tuple[str, Pcm]], clips: Path, jobs: int, say: Say
) -> Material:
    """Everything that is learnt from."""
    dice = np.random.default_rng(settings.fit.seed)
    spoken = _spoken(settings, phrase, clips, jobs, say, dice)
    phrases: tuple[list[Pcm], list[Pcm]] = ([], [])
    near_by: tuple[list[Pcm], list[Pcm]] = ([], [])
    for number, (part, sounds) in enumerate(spoken):
        out = int(number % KEPT_OUT == KEPT_OUT - 1)
        for line, sound in zip(part.lines, sounds, strict=True):
            if len(sound):
                (phrases if line.text.rstrip(".!?,") == phrase else near_by)[out].append(sound)
    if settings.samples:
        for number, path in enumerate(_sound_files(Path(settings.samples))):
            sound = read_sound(path)
            own = sound[speech_start(sound) : speech_end(sound)]
            phrases[int(number % KEPT_OUT == KEPT_OUT - 1)].extend([own] * SAMPLE_VIEWS)
    if settings.rejected:
        for number, path in enumerate(_sound_files(Path(settings.rejected))):
            near_by[int(number % KEPT_OUT == KEPT_OUT - 1)].extend([read_sound(path)] * SAMPLE_VIEWS)
    names = sorted({speaker for speaker, _ in recordings})
    kept = {name for number, name in enumerate(names) if number % KEPT_OUT == KEPT_OUT - 1}
    ordinary = ([s for who, s in recordings if who not in kept], [s for who, s in recordings if who in kept])
    say("rooms ...")
    responses = rooms(Path(settings.responses) if settings.responses else None, settings.rooms, settings.fit.seed)
    noises = halves(Path(settings.noise)) if settings.noise else []
    return Material(phrases, near_by, ordinary, Acoustics(responses, noises))


def speech(folder: Path, odd: bool) -> list[tuple[str, Pcm]]:
    """Speaker and sound of each recording of ordinary speech.

    Raises:
        AudioError: there are too few.
    """
    found = [(speaker_of(path), path) for path in _sound_files(folder)]
    if odd:
        found = [(who, path) for who, path in found if who.isdigit() and int(who) % 2 == 1]
    if len({who for who, _ in found}) < KEPT_OUT:
        raise AudioError(f"holds recordings of fewer than {KEPT_OUT} speakers", where=str(folder),
                         mend="one folder for each speaker, or files that begin with the speaker's number")
    return [(who, read_sound(path)) for who, path in found]


def _sound_files(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SOUNDS)
    if not paths:
        raise AudioError("there are no recordings in it", where=str(folder), mend=f"{', '.join(SOUNDS)} are read")
    return paths


def _spoken(
    settings: Settings, phrase: str, clips: Path, jobs: int, say: Say, dice: np.random.Generator
) -> list[tuple[Part, list[Pcm]]]:
    lacking = available()
    for name, why in lacking.items():
        if why:
            say(f"without {name}: {why}")
    voices = [] if lacking["kokoro"] else kokoro_voices()
    who = [one for one in speakers(settings.cast, voices, dice) if not lacking[one[0]]]
    if not who:
        raise BackendError("there is no synthesiser to say the phrase", where="training/wake",
                           mend="pip install piper-tts")
    said = parts(phrase, near(phrase, NEAR, dice), who, settings.cast, dice)
    began = time.monotonic()

    def told(done: int, all_of_them: int) -> None:
        if done % 10 == 0:
            left = (time.monotonic() - began) / done * (all_of_them - done)
            say(f"{done} of {all_of_them} speakers heard, {left / 60:.0f} min left")

    return speak(said, clips, jobs, told)


def _heard(settings: Settings, material: Material, out: Path, say: Say) -> Examples:
    path = out / EXAMPLES
    if not path.exists():
        save(path, examples(material.phrases[0], material.near[0], material.speech[0], material.acoustics,
                            settings.views, settings.fit.seed,
                            lambda done, count: say(f"{done} of {count} examples placed")))
    return load(path)


def _about(phrase: str, judged: Scores, material: Material) -> dict[str, Any]:
    threshold = judged.threshold()
    length = float(np.median([len(sound) for sound in material.phrases[0]])) / SAMPLE_RATE
    return {"phrase": phrase, "threshold": round(threshold, 3), "delay": round(judged.delay(threshold), 3),
            "length": round(length, 3), "curve": judged.by_hours()}


def _write_card(
    out: Path, path: Path, settings: Settings, heard: Examples, judged: dict[str, Scores], best: str, seconds: float
) -> None:
    """What the model was made of, how each design did, and its curve."""
    designs = {}
    for name, found in judged.items():
        rates, missed = found.curve()
        designs[name] = {
            "threshold": found.threshold(), "missed": found.missed(found.threshold()), "phrases": len(found.said),
            "near_accepted": float(np.mean(found.near >= found.threshold())) if len(found.near) else None,
            "near": len(found.near), "hours": found.hours,
            "curve": {f"{rate:.3g}": round(float(miss), 4) for rate, miss in zip(rates, missed, strict=True)},
        }
    told = {
        "phrase": spoken_form(settings.phrase), "file": path.name, "sha256": file_sha256(path),
        "bytes": path.stat().st_size, "design": best, "designs": designs, "seconds": round(seconds),
        "examples": {"all": len(heard.kind), "phrase": int((heard.kind == PHRASE).sum())},
        "settings": asdict(settings),
        "versions": {name: version(name) for name in ("torch", "numpy", "pymicro-features")},
    }
    (out / CARD).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    _plot(out / PLOT, judged)


def _plot(path: Path, judged: dict[str, Scores]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot()
    for name, found in judged.items():
        rates, missed = found.curve()
        axes.semilogx(rates, 100 * missed, label=name)
    axes.set_xlabel("false accepts per hour of other speech (extrapolated tail)")
    axes.set_ylabel("missed synthetic phrases, %")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120, bbox_inches="tight")
