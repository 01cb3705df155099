"""Fits the constants of Moonshine's confidence (``assistant/asr/constrained/confidence.py``).

    python training/asr/fit_confidence.py --data ../shared/data --evidence evidence.jsonl

Sound that is an order: transcripts of the fit half of ``speech/nonnative`` in the mouths of their own readers, put into
the grammar; orders drawn from the grammar of the skills that ship, spoken by Piper and espeak-ng; and orders with many
slots (``pizza.yaml``), spoken by Kokoro's voices (``assistant voices install kokoro``). Sound that is none: other
sentences of the fit half. Each in quiet and in noise from the first halves of the noise files, each read quickly and,
where that is not certain, carefully, as in a turn, with a large home and Home Assistant's sentences in the grammar too.
A reading is right when it means what was said. Decoding takes an hour of one core; what is found is written as it
comes, and a second run goes on where the first one ended. Two may share the work: ``--part 1/2`` and ``--part 2/2``,
each into a file of its own, then both files without ``--data``. Where only the sentences of the grammar became more or
fewer, ``--constant`` changes how much is accepted and leaves what speaks for an order as it is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from confidence_material import Rooms, Utterance, grammars, utterances

from assistant.asr.base import Hypothesis
from assistant.asr.constrained.confidence import WEIGHTS, WEIGHTS_WITHOUT_END, Evidence, confidence, features
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.frames import Pcm
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.turns.endpoint import EndpointConfig, accepted
from assistant.turns.rivals import weighed

Entry = dict[str, Any]
"""``number`` of the utterance, its ``kind`` and ``text``, the ``reading`` of it, whether that is ``right``, whether
only words in an open slot were ``misheard``, the ``share`` of its confidence that its rivals leave it, and its
``evidence``; None without a whole sentence."""
WEIGHT_DECAY = 0.02
HELD = {2: -2.0, 6: -2.0}
"""Weights that are chosen, not fitted: of words left unexplained, which too few of these sounds have (it would be -0.8,
and the last word of a long sentence an order), and of taking any words (it would be -3.6, right where orders are as
rare as here, and many a line for the shopping list would be a question). Between the fitted ones and these the orders
here that are understood differ by one in three hundred."""
SHOWN = (0.3, 0.5, 0.85)
"""Confidences that the report counts."""
ACCEPT = 0.5
"""The one from which a reading is accepted after a wake word,"""
OTHER, OTHERS_ACCEPTED = "other, home", 0.007
"""and the share of utterances that are no order, in quiet, that may be."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of recordings; without it nothing is decoded")
    parser.add_argument("--evidence", type=Path, nargs="+", required=True, help="files that keep what was decoded")
    parser.add_argument("--part", default="1/1", help="decode one of so many parts only")
    parser.add_argument("--constant", action="store_true", help="leave all weights but the constant as they are")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    if options.data is not None:
        collect(options.data, options.evidence[0], part - 1, parts)
    if parts == 1 or options.data is None:
        found = [json.loads(line) for file in options.evidence for line in file.read_text().splitlines()]
        report(found, constant_only=options.constant)


def collect(data: Path, file: Path, part: int, parts: int) -> None:
    """Decode what the file does not hold yet."""
    file.touch()
    done = {json.loads(line)["number"] for line in file.read_text().splitlines()}
    allowed, rooms = grammars(data), Rooms(data)
    recognizers = {name: MoonshineRecognizer(MoonshineConfig(threads=1), one) for name, one in allowed.items()}
    with file.open("a") as out:
        for number, one in enumerate(utterances(data)):
            if number % parts == part and number not in done:
                found = [
                    entry | {"number": number, "kind": kind}
                    for kind, sound in rooms.heard(number, one)
                    for entry in entries(recognizers[one.grammar], allowed[one.grammar], sound, one)
                ]
                out.write("".join(json.dumps(entry) + "\n" for entry in found))
                out.flush()


def entries(recognizer: MoonshineRecognizer, grammar: Grammar, sound: Pcm, utterance: Utterance) -> Iterator[Entry]:
    """What the best reading of a sound looks like, and the best careful one where that is asked for."""
    stream = recognizer.stream(View())
    stream.feed(sound, 0)
    found: list[Hypothesis] = []
    evidence: dict[str, Evidence] = {}
    for careful in (False, True):
        found.append(stream.decode(careful=careful))
        evidence |= stream.evidence
        best = weighed(found, lambda text: meaning(grammar, text))
        yield entry(grammar, best, evidence, utterance)
        if accepted(best, EndpointConfig().certain):
            return


def entry(grammar: Grammar, found: Hypothesis, evidence: dict[str, Evidence], utterance: Utterance) -> Entry:
    """What one reading looks like."""
    best = found.best
    if best is None or not best.complete or best.text not in evidence:
        nothing = {"reading": "", "right": False, "misheard": False, "share": 1.0, "evidence": None}
        return {"text": utterance.text, **nothing}
    meant, wanted = meaning(grammar, best.text), meaning(grammar, utterance.text) if utterance.order else None
    right, mine = meant is not None and meant == wanted, evidence[best.text]
    alike = meant is not None and wanted is not None and meant[0] == wanted[0]
    share = min(1.0, best.confidence / confidence(mine))
    return {"text": utterance.text, "reading": best.text, "right": right, "share": share, "evidence": asdict(mine),
            "misheard": alike and not right and mine.open_tokens > 0}


def meaning(grammar: Grammar, text: str) -> tuple[str, dict[str, Any]] | None:
    found = grammar.match(text, View())
    return (found[0].intent, found[0].slots) if found else None


def report(found: list[Entry], *, constant_only: bool) -> None:
    """Fit, and print the constants and what they accept."""
    judged = [entry for entry in found if entry["evidence"] is not None and not entry["misheard"]]
    right = np.array([bool(entry["right"]) for entry in judged])
    shares = np.array([entry["share"] for entry in judged])
    x = np.array([features(Evidence(**entry["evidence"])) for entry in judged])
    heard = len({entry["number"] for entry in found if entry["kind"] == OTHER})
    last = {entry["number"]: place for place, entry in enumerate(judged) if entry["kind"] == OTHER}
    others = np.array(sorted(last.values()))
    for name, values, known in (("WEIGHTS_WITHOUT_END", x[:, :-3], WEIGHTS_WITHOUT_END), ("WEIGHTS", x, WEIGHTS)):
        held = HELD if len(known) == len(WEIGHTS) else {}
        weights = np.array(known) if constant_only else fit(values, right, held)
        weights = calibrated(weights, values[others], shares[others], heard)
        print(name, "=", tuple(round(float(w), 3) for w in weights))
    surety = 1 / (1 + np.exp(-x @ weights)) * shares
    for kind in sorted({str(entry["kind"]) for entry in found}):
        mine = np.array([entry["kind"] == kind for entry in judged])
        total = sum(entry["kind"] == kind for entry in found)
        counts = [f">{t}: right {(mine & right & (surety > t)).sum()}, wrong {(mine & ~right & (surety > t)).sum()}"
                  for t in SHOWN]
        print(f"{kind:20} {total:4} readings  " + "; ".join(counts))


def calibrated(
    weights: npt.NDArray[np.float64], x: npt.NDArray[np.float64], shares: npt.NDArray[np.float64], heard: int
) -> npt.NDArray[np.float64]:
    """The weights with the constant term at which ``OTHERS_ACCEPTED`` of the other utterances are accepted.

    How likely an order is depends on how many of the sounds here are orders, which says nothing of any home.

    Args:
        x: of the last readings of other utterances, and their ``shares``.
        heard: how many other utterances there are.
    """
    # What the constant lacks until the surety of a reading, shared with its rivals, is enough.
    lacking = np.sort(-np.log(np.maximum(shares / ACCEPT - 1.0, 1e-9)) - x @ weights)
    allowed = round(OTHERS_ACCEPTED * heard)
    return weights + np.array([(lacking[allowed - 1] + lacking[allowed]) / 2, *[0.0] * (len(weights) - 1)])


def fit(
    x: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], held: Mapping[int, float]
) -> npt.NDArray[np.float64]:
    """Logistic regression by Newton's method; the constant term is not decayed, and what is held stays."""
    y, free = right.astype(float), [column for column in range(x.shape[1]) if column not in held]
    decay = np.full(len(free), WEIGHT_DECAY * len(x) / 100)
    decay[0] = 0.0
    weights = np.array([held.get(column, 0.0) for column in range(x.shape[1])])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x[:, free].T @ (p - y) + decay * weights[free]
        hessian = (x[:, free] * (p * (1 - p))[:, None]).T @ x[:, free] + np.diag(decay + 1e-9)
        weights[free] -= np.linalg.solve(hessian, gradient)
    return weights


if __name__ == "__main__":
    main()
