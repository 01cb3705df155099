"""Sounds that ``fit_confidence.py`` learns from: orders and other speech, in quiet and in noise."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from assistant.asr.fold import fold
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.crowd import crowded
from assistant.bench.sounds import add_noise, noise_gain
from assistant.grammar.base import Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import load_sentences_yaml
from assistant.testing.voices import say

KNOWN, HEARD, ORDERS, FORMS = 500, 160, 160, 260
"""Transcripts in the grammar and how many of these are heard, orders of the skills that ship and of the form."""
OTHERS, OTHERS_IN_NOISE, OTHERS_AMONG_TRANSCRIPTS = 760, 160, 80
"""Utterances that are no order, to the home in quiet and in noise, and where transcripts may be said."""
VOICES = ("piper", "espeak:en-us", "espeak:en-gb+f3", "espeak:en-us+m5")
PEOPLE = (
    "af_alloy", "af_bella", "af_heart", "af_jessica", "af_nicole", "af_sky", "am_adam", "am_echo", "am_fenrir",
    "am_onyx", "am_puck", "bf_alice", "bf_emma", "bf_lily", "bm_daniel", "bm_george", "bm_lewis",
)
SPEEDS = (0.9, 1.0, 1.15, 1.3)
"""Of Kokoro's voices."""
SNRS, LOUDER = (20.0, 12.0, 6.0), (6.0, 3.0, 0.0)
"""dB; Kokoro speaks more clearly than people do."""
BEFORE, AFTER, HISS = (0.0, 0.6), (0.1, 1.2), 18.0
"""Seconds of the room around what is said, and its level: -65 dBFS."""
NOISES = 2
"""In which each sound is put."""
FORM = Path(__file__).with_name("pizza.yaml")
SEED = 5
KINDS = {"home": "orders and the form", "read": "transcripts"}
"""What each grammar allows beside a large home, the skills that ship and Home Assistant's sentences."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One that is heard in quiet and so many times in noise."""

    kind: str
    text: str
    grammar: str
    """A key of ``KINDS``."""
    sound: Callable[[], Pcm]
    noises: int = NOISES
    snrs: tuple[float, ...] = SNRS
    order: bool = True


def utterances(data: Path) -> list[Utterance]:
    """All of them, kinds mixed, so that any beginning of the list stands for the whole."""
    spoken = fit_half(data)
    known = known_texts(spoken)
    aloud = [(path, text) for path, text in spoken if fold(text) in known][:HEARD]
    other = [(path, text) for path, text in spoken if fold(text) not in known]
    kinds = [
        [Utterance("known", text, "read", partial(read, path)) for path, text in aloud],
        [Utterance("order", text, "home", partial(say, text, VOICES[n % len(VOICES)]))
         for n, text in enumerate(crowded([]).sentences(View(), ORDERS, SEED))],
        [Utterance("form", text, "home", _kokoro(n, text), snrs=LOUDER) for n, text in enumerate(form_orders())],
        [_other(n, path, text) for n, (path, text) in enumerate(other[:OTHERS + OTHERS_AMONG_TRANSCRIPTS])],
    ]
    placed = [(n / len(kind), one) for kind in kinds for n, one in enumerate(kind)]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def grammars(data: Path) -> dict[str, Grammar]:
    """The grammar of each of ``KINDS``."""
    home, aloud = crowded([]), crowded([])
    home.set_sentences("pizza", load_sentences_yaml(FORM, "pizza"))
    aloud.set_rules("fit", [Rule("fit", "Say", ("{sentence}",))])
    aloud.set_list("sentence", [Value(text, text) for text in sorted(known_texts(fit_half(data)))], "fit")
    return {"home": home, "read": aloud}


def fit_half(data: Path) -> list[tuple[Path, str]]:
    """Path and text of the utterances of speakers with odd numbers, shuffled."""
    folder = data / "speech" / "nonnative"
    with (folder / "manifest.tsv").open(encoding="utf8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if int(row["speaker"]) % 2 == 1]
    random.Random(SEED).shuffle(rows)
    return [(folder / row["path"], row["text"]) for row in rows]


def known_texts(spoken: list[tuple[Path, str]]) -> set[str]:
    """Of the transcripts those that are in the grammar, folded."""
    sentences = sorted({fold(text) for _, text in spoken if 2 <= len(text.split()) <= 12})
    random.Random(SEED).shuffle(sentences)
    return set(sentences[:KNOWN])


def form_orders() -> list[str]:
    """Orders with many slots."""
    grammar = Grammar()
    grammar.set_sentences("pizza", load_sentences_yaml(FORM, "pizza"))
    return list(grammar.sentences(View(), FORMS, SEED))


def read(path: Path) -> Pcm:
    """A recording at 16 kHz."""
    sound, _ = soundfile.read(path, dtype="int16")
    return np.asarray(sound, np.int16)


class Rooms:
    """Puts sounds into a room and its noises: the first half of each file."""

    def __init__(self, data: Path) -> None:
        noises = [read(path) for path in sorted((data / "noise").iterdir())]
        self._noises = [noise[: len(noise) // 2] for noise in noises]

    def heard(self, number: int, utterance: Utterance) -> Iterator[tuple[str, Pcm]]:
        """An utterance in quiet and in noise, and what to call each; always alike for the same number."""
        dice = random.Random(SEED * 100_000 + number)
        sound = _with_pauses(utterance.sound(), dice)
        yield utterance.kind, sound
        for _ in range(utterance.noises):
            noise, snr = dice.choice(self._noises), dice.choice(utterance.snrs)
            mixed = add_noise(sound, noise, noise_gain(sound, noise, snr), dice.randrange(len(noise)))
            yield f"{utterance.kind} at {snr:.0f} dB", mixed


def _other(number: int, path: Path, text: str) -> Utterance:
    among = number % (OTHERS // OTHERS_AMONG_TRANSCRIPTS + 1) == 0
    noises = NOISES if number % (OTHERS // OTHERS_IN_NOISE) == 0 else 0
    kind = "other, transcripts" if among else "other, home"
    return Utterance(kind, text, "read" if among else "home", partial(read, path), noises, order=False)


def _kokoro(number: int, text: str) -> Callable[[], Pcm]:
    return partial(say, text, f"kokoro:{PEOPLE[number % len(PEOPLE)]}", speed=SPEEDS[number % len(SPEEDS)])


def _with_pauses(sound: Pcm, dice: random.Random) -> Pcm:
    """The sound as a microphone brings it: with some of the room before it and after it."""
    before, after = (round(dice.uniform(*seconds) * SAMPLE_RATE) for seconds in (BEFORE, AFTER))
    hiss = np.random.default_rng(dice.randrange(1 << 31)).normal(0, HISS, before + len(sound) + after)
    hiss[before : before + len(sound)] += sound
    return np.clip(np.rint(hiss), -32768, 32767).astype(np.int16)
