"""From examples to a trained model: encode, keep some out, fit, calibrate on those, fit once more on all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError
from assistant.nlu.base import OUT_OF_SCOPE, Example
from assistant.nlu.calibration import Calibration, calibrate
from assistant.nlu.encoder import Encoder
from assistant.nlu.intents import Classifier, Features, fit_classifier, spelled
from assistant.nlu.model import TrainedModel
from assistant.nlu.tagger import Read, Tagger, fit_tagger, read

KEPT_OUT = 0.1
"""Share of each intent's examples that calibrates."""
Say = Callable[[str], None]


@dataclass(slots=True)
class Lesson:
    """Examples in numbers."""

    examples: list[Example]
    features: Features
    sentences: list[Read] = field(default_factory=list)
    """For the tagger: of the first examples; the others have no slots."""

    def __add__(self, other: Lesson) -> Lesson:
        tagged = self.sentences + other.sentences if len(self.sentences) == len(self.examples) else self.sentences
        return Lesson(self.examples + other.examples, self.features + other.features, tagged)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the kept-out examples said."""

    examples: int
    out_of_scope: int
    kept_out: int
    accuracy: float
    """Of the kept-out ones in scope, with a model that has not seen them."""


def _silent(text: str) -> None:
    """For callers who do not want to be told."""


def encode(
    examples: Sequence[Example], encoder: Encoder, say: Say = _silent, tagged: bool | None = None
) -> Lesson:
    """Put examples into numbers, the like long together.

    Args:
        tagged: whether for the tagger as well; None: if any example has slots.
    """
    if tagged is None:
        tagged = any(example.slots for example in examples)
    by_length = sorted(range(len(examples)), key=lambda at: len(examples[at].text))
    order, states, sentences = np.argsort(by_length), [], []
    for count, (at, encoded) in enumerate(zip(by_length, encoder.encode_all([examples[at].text for at in by_length]),
                                              strict=True)):
        states.append(encoded.sentence)
        if tagged:
            sentences.append(read(examples[at].text, encoded))
        if count % 1000 == 999:
            say(f"{count + 1} of {len(examples)} sentences encoded")
    letters = np.stack([spelled(example.text) for example in examples])
    features = Features(np.stack(states)[order], letters)
    return Lesson(list(examples), features, [sentences[at] for at in order] if tagged else [])


def learn(
    lesson: Lesson, encoder: Encoder, seed: int = 0, say: Say = _silent, few_asked: float | None = None,
    hurried: bool = False,
) -> tuple[TrainedModel, Measured]:
    """Train a model; for ``few_asked`` see ``calibrate``.

    Args:
        hurried: be done in half the time: the intents are not learned again from those kept out as well.

    Raises:
        ModelError: there is nothing to tell apart.
    """
    if len({example.intent for example in lesson.examples}) < 2:
        raise ModelError("there are examples of fewer than two intents", mend="give it more to tell apart")
    calibration, measured, classifier = learn_calibration(lesson, seed, say, few_asked)
    if not hurried:
        classifier = learn_intents(lesson, seed, say)
    return TrainedModel(encoder, classifier, calibration, learn_slots(lesson, say)), measured


def learn_calibration(
    lesson: Lesson, seed: int = 0, say: Say = _silent, few_asked: float | None = None
) -> tuple[Calibration, Measured, Classifier]:
    """Train without some of the examples and see what the classifier makes of those."""
    intents = [example.intent for example in lesson.examples]
    out = kept_out(intents, seed)
    kept = [intent for intent, left in zip(intents, out, strict=True) if not left]
    classifier = fit_classifier(lesson.features[~out], kept, seed, _epochs("intents, some kept out", say))
    found, probability = classifier.best(lesson.features[out])
    meant = np.array([intent for intent, left in zip(intents, out, strict=True) if left])
    outside = meant == OUT_OF_SCOPE
    right = np.array([classifier.intents[at] for at in found]) == meant
    inside = int((~outside).sum())
    accuracy = float(right[~outside].mean()) if inside else float("nan")
    say(f"{accuracy:.1%} of {inside} sentences kept out are right")
    measured = Measured(len(intents), sum(intent == OUT_OF_SCOPE for intent in intents), len(meant), accuracy)
    return calibrate(probability, right, outside, few_asked), measured, classifier


def learn_intents(lesson: Lesson, seed: int = 0, say: Say = _silent) -> Classifier:
    """Train on all examples."""
    intents = [example.intent for example in lesson.examples]
    return fit_classifier(lesson.features, intents, seed, _epochs("intents", say))


def learn_slots(lesson: Lesson, say: Say = _silent) -> Tagger | None:
    """Train the tagger on all examples in scope; None where none has slots."""
    pairs = [(example, sentence) for example, sentence in zip(lesson.examples, lesson.sentences, strict=False)
             if example.intent != OUT_OF_SCOPE and sentence.words]
    if not any(example.slots for example, _ in pairs):
        return None
    examples, sentences = zip(*pairs, strict=True)
    return fit_tagger(examples, sentences, say=_epochs("slots", say))


def kept_out(intents: Sequence[str], seed: int) -> npt.NDArray[np.bool_]:
    """Which examples calibrate: of each intent the same share, at least one where there are five."""
    of_intent = defaultdict[str, list[int]](list)
    for at, intent in enumerate(intents):
        of_intent[intent].append(at)
    dice, out = np.random.default_rng(seed), np.zeros(len(intents), bool)
    for places in of_intent.values():
        count = max(round(KEPT_OUT * len(places)), int(len(places) >= 5))
        out[dice.permutation(places)[:count]] = True
    return out


def _epochs(what: str, say: Say) -> Callable[[int, float], None]:
    return lambda epoch, loss: say(f"{what}: pass {epoch + 1} over the examples, loss {loss:.3f} (0: all learned)")
