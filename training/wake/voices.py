"""Who says the phrase: every synthesiser at hand, many speakers of each, and what each of them says besides.

A speaker says the phrase and near-sounding ones alike, or the network would learn synthetic against real.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from assistant.registry import Registry, lacking, missing_packages

WAYS = ("{}", "{}.", "{}!", "{}?", "{},")
"""How a phrase is written: a synthesiser's melody follows the sign."""
VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5", "Andrea", "Annie", "Denis", "Jacky",
            "Lee", "Mario", "Michael", "Mike", "Steph", "Tweaky", "antonio", "belinda", "linda", "max")
"""espeak-ng's, without those that whisper, croak or are robots."""
ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-us-nyc")
FLITE = ("slt", "rms", "awb", "kal16")
SPEEDS = (0.72, 1.35)
MIXED = 0.25
"""The smaller share of a voice in a mixture of two is at least this."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say."""

    text: str
    speed: float = 1.0
    """Above 1 is faster."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one speaker says: synthesised in one go and kept as one file."""

    backend: str
    voice: str
    """As the backend names it; for Kokoro a mixture: ``af_heart:0.6 bm_george:0.4``."""
    lines: tuple[Line, ...]
    seed: int

    @property
    def key(self) -> str:
        """What the file is found by."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True, slots=True)
class Cast:
    """How many speakers of each synthesiser, and what each says."""

    kokoro: int = 110
    piper: int = 24
    espeak: int = 60
    flite: int = 4
    phrase: int = 3
    """Times that each says the phrase, Piper and flite so many times more, having few voices."""
    more: int = 3
    near: int = 3
    """Other phrases that each says."""


def available() -> dict[str, str]:
    """The synthesisers, and why they cannot be used; empty for those that can."""
    registry = Registry()
    told = {}
    for name in ("kokoro", "piper", "espeak", "flite"):
        lack = missing_packages(registry.find("tts", name))
        told[name] = f"{', '.join(lack)} missing" if lack else lacking(registry.load("tts", name))
    return told


def speakers(cast: Cast, kokoro_voices: Sequence[str], generator: np.random.Generator) -> list[tuple[str, str]]:
    """Backend and voice of each speaker."""
    chosen = [("kokoro", voice) for voice in mixtures(kokoro_voices, cast.kokoro, generator)]
    chosen += [("piper", str(number)) for number in range(cast.piper)]
    accented = [f"{accent}+{variant}" for variant in VARIANTS for accent in ACCENTS]
    chosen += [("espeak", str(voice)) for voice in generator.permutation(accented)[: cast.espeak]]
    return chosen + [("flite", voice) for voice in FLITE[: cast.flite]]


def mixtures(voices: Sequence[str], count: int, generator: np.random.Generator) -> list[str]:
    """Speakers of Kokoro: its own, then pairs of them."""
    if not voices:
        return []
    chosen = [f"{voice}:1" for voice in generator.permutation(voices)[:count]]
    while len(chosen) < count:
        one, other = generator.choice(voices, 2, replace=False)
        share = round(float(generator.uniform(MIXED, 1 - MIXED)), 2)
        chosen.append(f"{one}:{share} {other}:{round(1 - share, 2)}")
    return chosen


def parts(
    phrase: str, near: Sequence[str], who: Sequence[tuple[str, str]], cast: Cast, generator: np.random.Generator
) -> list[Part]:
    """What each speaker says. The near phrases are dealt out in turn, so that all are said."""
    dealt = [near[number % len(near)] for number in range(len(who) * cast.near * cast.more)] if near else []
    found = []
    for number, (backend, voice) in enumerate(who):
        often = cast.more if backend in ("piper", "flite") else 1
        own, others = [phrase] * cast.phrase * often, [dealt.pop() for _ in range(cast.near * often) if dealt]
        lines = tuple(Line(str(generator.choice(WAYS)).format(text), _speed(generator)) for text in [*own, *others])
        found.append(Part(backend, voice, lines, number))
    return found


def _speed(generator: np.random.Generator) -> float:
    low, high = np.log(SPEEDS)
    return round(float(np.exp(generator.uniform(low, high))), 2)
