"""Fits the constants of Moonshine's confidence (``assistant/asr/constrained/confidence.py``).

    python training/asr/fit_confidence.py --data ../shared/data --evidence evidence.json

Sound that is an order: transcripts of the fit half of ``speech/nonnative`` in the mouths of their own readers, put into
the grammar; orders drawn from the grammar of the skills that ship, spoken by Piper and espeak-ng; and orders with many
slots (``pizza.yaml``), spoken by Kokoro's voices (``assistant voices install kokoro``). Sound that is none: other
sentences of the fit half. Each in quiet and in noise from the first halves of the noise files, each read quickly and
carefully, with a large home and Home Assistant's sentences in the grammar too. A reading is right when it means what
was said. Decoding takes half an hour; the evidence is kept in a file, so fitting again does not.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from assistant.asr.constrained.confidence import Evidence, features
from assistant.asr.fold import fold
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.crowd import crowded
from assistant.bench.sounds import add_noise, noise_gain
from assistant.grammar.base import Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import load_sentences_yaml
from assistant.testing.voices import say

ROOT = Path(__file__).resolve().parents[2]
KNOWN, UNKNOWN, ORDERS, FORMS = 500, 240, 160, 260
"""Transcripts in the grammar, utterances that are no order, orders of the skills that ship and of the form."""
HEARD = 160
"""Of the known transcripts, so many are decoded."""
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
WEIGHT_DECAY = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--evidence", type=Path, required=True, help="file to keep the decoded evidence in")
    options = parser.parse_args()
    if not options.evidence.exists():
        options.evidence.write_text(json.dumps(list(collect(options.data))))
    report(json.loads(options.evidence.read_text()))


def collect(data: Path) -> Iterator[dict[str, object]]:
    """One entry per reading of a sound: the evidence of its best whole sentence, and whether that is right."""
    noises = [read(path) for path in sorted((data / "noise").iterdir())]
    noises = [noise[: len(noise) // 2] for noise in noises]
    usual, loud = Noise(noises, SNRS), Noise(noises, LOUDER)
    home, full, read_aloud = crowded([]), crowded([]), crowded([])
    full.set_sentences("pizza", load_sentences_yaml(FORM, "pizza"))
    utterances = fit_half(data)
    known = known_texts(utterances)
    read_aloud.set_rules("fit", [Rule("fit", "Say", ("{sentence}",))])
    read_aloud.set_list("sentence", [Value(text, text) for text in sorted(known)], "fit")
    with_known, without = (MoonshineRecognizer(MoonshineConfig(threads=1), grammar) for grammar in (read_aloud, full))
    for path, text in [(path, text) for path, text in utterances if fold(text) in known][:HEARD]:
        yield from entries(with_known, read_aloud, usual, read(path), text, "known")
    for number, (path, text) in enumerate([u for u in utterances if fold(u[1]) not in known][:UNKNOWN]):
        kind = ("other, transcripts", "other, home")[number % 2]
        yield from entries((with_known, without)[number % 2], read_aloud, usual, read(path), text, kind)
    for number, text in enumerate(home.sentences(View(), ORDERS, SEED)):
        yield from entries(without, full, usual, say(text, VOICES[number % len(VOICES)]), text, "order")
    for number, text in enumerate(form_orders()):
        sound = say(text, f"kokoro:{PEOPLE[number % len(PEOPLE)]}", speed=SPEEDS[number % len(SPEEDS)])
        yield from entries(without, full, loud, sound, text, "form")


def known_texts(utterances: list[tuple[Path, str]]) -> set[str]:
    """Of the transcripts those that are in the grammar, folded."""
    sentences = sorted({fold(text) for _, text in utterances if 2 <= len(text.split()) <= 12})
    random.Random(SEED).shuffle(sentences)
    return set(sentences[:KNOWN])


def form_orders() -> list[str]:
    """Orders with many slots."""
    grammar = Grammar()
    grammar.set_sentences("pizza", load_sentences_yaml(FORM, "pizza"))
    return list(grammar.sentences(View(), FORMS, SEED))


class Noise:
    """Puts sounds into noise, each into another."""

    def __init__(self, noises: list[Pcm], snrs: tuple[float, ...]) -> None:
        self._noises = noises
        self._snrs = snrs
        self._dice = random.Random(SEED)

    def with_pauses(self, sound: Pcm) -> Pcm:
        """The sound as a microphone brings it: with some of the room before it and after it."""
        before, after = (round(self._dice.uniform(*seconds) * SAMPLE_RATE) for seconds in (BEFORE, AFTER))
        hiss = np.random.default_rng(self._dice.randrange(1 << 31)).normal(0, HISS, before + len(sound) + after)
        hiss[before : before + len(sound)] += sound
        return np.clip(np.rint(hiss), -32768, 32767).astype(np.int16)

    def around(self, sound: Pcm) -> tuple[Pcm, float]:
        """The sound in noise, and its SNR in dB."""
        noise, snr = self._dice.choice(self._noises), self._dice.choice(self._snrs)
        return add_noise(sound, noise, noise_gain(sound, noise, snr), self._dice.randrange(len(noise))), snr


def entries(
    recognizer: MoonshineRecognizer, grammar: Grammar, noise: Noise, sound: Pcm, text: str, kind: str
) -> Iterator[dict[str, object]]:
    """What the best whole sentence of a sound looks like, in quiet and in noise, quickly and carefully read."""
    sound = noise.with_pauses(sound)
    noisy = [noise.around(sound) for _ in range(NOISES)]
    for heard, where in ((sound, kind), *((heard, f"{kind} at {snr:.0f} dB") for heard, snr in noisy)):
        for careful in (False, True):
            yield entry(recognizer, grammar, heard, text, where, careful)


def entry(
    recognizer: MoonshineRecognizer, grammar: Grammar, sound: Pcm, text: str, kind: str, careful: bool
) -> dict[str, object]:
    """What the best whole sentence of one reading looks like."""
    stream = recognizer.stream(View())
    stream.feed(sound, 0)
    hypothesis = stream.decode(careful=careful)
    best = next((reading for reading in hypothesis.readings if reading.complete), None)
    if best is None:
        return {"kind": kind, "text": text, "reading": "", "right": False, "evidence": None}
    evidence = stream.evidence[best.text]
    meant = meaning(grammar, best.text)
    right = not kind.startswith("other") and meant is not None and meant == meaning(grammar, text)
    return {"kind": kind, "text": text, "reading": best.text, "right": right, "evidence": asdict(evidence)}


def meaning(grammar: Grammar, text: str) -> object:
    found = grammar.match(text, View())
    return (found[0].intent, found[0].slots) if found else None


def report(found: list[dict[str, object]]) -> None:
    """Fit, and print the constants and what they accept."""
    judged = [entry for entry in found if entry["evidence"] is not None]
    evidence = [Evidence(**entry["evidence"]) for entry in judged]  # type: ignore[arg-type]
    right = np.array([bool(entry["right"]) for entry in judged])
    x = np.array([features(one) for one in evidence])
    for name, values in (("WEIGHTS_WITHOUT_END", x[:, :-1]), ("WEIGHTS", x)):
        weights = fit(values, right)
        print(name, "=", tuple(round(float(w), 3) for w in weights))
    surety = 1 / (1 + np.exp(-x @ weights))
    for kind in sorted({str(entry["kind"]) for entry in found}):
        mine = np.array([entry["kind"] == kind for entry in judged])
        total = sum(entry["kind"] == kind for entry in found)
        shares = [f">{t}: right {(mine & right & (surety > t)).sum()}, wrong {(mine & ~right & (surety > t)).sum()}"
                  for t in (0.3, 0.5, 0.85)]
        print(f"{kind:20} {total:4} sounds  " + "; ".join(shares))


def fit(x: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Logistic regression by Newton's method; the constant term is not decayed."""
    y = right.astype(float)
    decay = np.full(x.shape[1], WEIGHT_DECAY * len(x) / 100)
    decay[0] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + decay * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(decay + 1e-9)
        weights = weights - np.linalg.solve(hessian, gradient)
    return weights


def fit_half(data: Path) -> list[tuple[Path, str]]:
    """Path and text of the utterances of speakers with odd numbers, shuffled."""
    folder = data / "speech" / "nonnative"
    with (folder / "manifest.tsv").open(encoding="utf8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if int(row["speaker"]) % 2 == 1]
    random.Random(SEED).shuffle(rows)
    return [(folder / row["path"], row["text"]) for row in rows]


def read(path: Path) -> Pcm:
    sound, _ = soundfile.read(path, dtype="int16")
    return np.asarray(sound, np.int16)


if __name__ == "__main__":
    main()
