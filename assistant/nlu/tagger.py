"""Which words fill which slot: every word gets a tag (begins a slot, goes on with it, none), the best row wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.nlu.base import Example, Slot
from assistant.nlu.encoder import Encoded
from assistant.nlu.network import Floats, Labels, Network, Settings, fit
from assistant.nlu.words import Word, spelling, words_of

NONE = "O"
BEGINS, INSIDE = "B-", "I-"
SETTINGS = Settings(hidden=320, epochs=8, rate=3e-3, batch=512, dropout=0.3)
IMPOSSIBLE = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence as the tagger reads it."""

    words: tuple[Word, ...]
    states: npt.NDArray[np.float16]
    """float16[words, 768]: the mean state of each word's pieces."""
    spelled: npt.NDArray[np.float16]
    """float16[words, 512]."""


def read(text: str, encoded: Encoded) -> Read:
    """Put the pieces of an encoded sentence together to words."""
    words = words_of(text)
    states = np.zeros((len(words), encoded.pieces.shape[1]), np.float16)
    for at, word in enumerate(words):
        inside = [i for i, (start, end) in enumerate(encoded.offsets) if start < word.end and end > word.start]
        if inside:
            states[at] = encoded.pieces[inside].mean(axis=0)
    spelled = spelling(words) if words else np.zeros((0, 0), np.float32)
    return Read(tuple(words), states, spelled.astype(np.float16))


def tags_of(example: Example, words: Sequence[Word]) -> list[str]:
    """The tag of each word of an example."""
    tags = [NONE] * len(words)
    for slot in example.slots:
        inside = [at for at, word in enumerate(words) if word.start < slot.end and word.end > slot.start]
        for at in inside:
            tags[at] = (BEGINS if at == inside[0] else INSIDE) + slot.name
    return tags


class Tagger:
    """Finds slots.

    Args:
        network: from a word and its neighbours to the logits of its tags.
        tags: what the classes are.
        of_intent: names of the slots that sentences of an intent may have.
    """

    def __init__(self, network: Network, tags: Sequence[str], of_intent: Mapping[str, Sequence[str]]) -> None:
        self.network = network
        self.tags = tuple(tags)
        self.of_intent = {intent: tuple(names) for intent, names in of_intent.items()}
        self._allowed = _transitions(self.tags)

    def slots(self, sentence: Read, intent: str) -> tuple[Slot, ...]:
        """The slots of a sentence that means an intent."""
        names = self.of_intent.get(intent, ())
        if not names or not sentence.words:
            return ()
        logits = self.network.logits(_windows(sentence.states, sentence.spelled))
        allowed = np.array([tag == NONE or tag[2:] in names for tag in self.tags])
        scores = np.where(allowed, _log_softmax(logits), IMPOSSIBLE)
        return _slots(sentence.words, [self.tags[tag] for tag in self._best(scores)])

    def _best(self, scores: Floats) -> list[int]:
        """Viterbi (1967): the likeliest row of tags in which nothing goes on that has not begun."""
        starts = np.array([tag.startswith(INSIDE) for tag in self.tags])
        best = np.where(starts, IMPOSSIBLE, scores[0])
        back = []
        for row in scores[1:]:
            reached = best[:, None] + self._allowed
            back.append(reached.argmax(axis=0))
            best = reached.max(axis=0) + row
        path = [int(best.argmax())]
        for before in reversed(back):
            path.append(int(before[path[-1]]))
        return path[::-1]


def fit_tagger(
    examples: Sequence[Example], sentences: Sequence[Read], settings: Settings = SETTINGS,
    say: Callable[[int, float], None] = lambda epoch, loss: None,
) -> Tagger:
    """Teach a tagger the slots of examples; ``sentences`` are the same ones, read."""
    rows = [tags_of(example, sentence.words) for example, sentence in zip(examples, sentences, strict=True)]
    tags = sorted({tag for row in rows for tag in row} | {NONE})
    number = {tag: at for at, tag in enumerate(tags)}
    of_intent: dict[str, set[str]] = {}
    for example in examples:
        of_intent.setdefault(example.intent, set()).update(slot.name for slot in example.slots)
    states, spelled, places = _joined(sentences)
    labels: Labels = np.array([number[tag] for row in rows for tag in row], np.int64)
    network = fit(lambda chosen: _windows(states, spelled, places[chosen]), labels, len(tags), settings, say)
    return Tagger(network, tags, {intent: sorted(names) for intent, names in of_intent.items()})


def _joined(sentences: Sequence[Read]) -> tuple[Any, Any, Labels]:
    """All words in one row with a gap between sentences, and the places of the words."""
    width = next(one.states.shape[1] for one in sentences)
    gap = np.zeros((1, width), np.float16)
    states = np.concatenate([gap] + [part for one in sentences for part in (one.states, gap)])
    spelled = np.concatenate([one.spelled for one in sentences if len(one.words)])
    places, at, filled = list[int](), 1, np.zeros((len(states), spelled.shape[1]), np.float16)
    for one in sentences:
        places.extend(range(at, at + len(one.words)))
        at += len(one.words) + 1
    filled[places] = spelled
    return states, filled, np.array(places, np.int64)


def _windows(states: Any, spelled: Any, places: Labels | None = None) -> Floats:
    """float32[n, inputs]: states of the word before, the word, the word after; the word's spelling.

    Args:
        places: of the words in ``states``, which then begins and ends with a gap; None: all, without gaps.
    """
    if places is None:
        states, spelled = np.pad(states, ((1, 1), (0, 0))), np.pad(spelled, ((1, 1), (0, 0)))
        places = np.arange(1, len(states) - 1)
    window = [states[places - 1], states[places], states[places + 1], 8 * spelled[places]]
    return np.concatenate(window, axis=1).astype(np.float32)


def _transitions(tags: Sequence[str]) -> Floats:
    """0 where a tag may follow another, else impossible: [before, after]."""
    allowed = [[not after.startswith(INSIDE) or before[2:] == after[2:] for after in tags] for before in tags]
    return np.where(np.array(allowed), np.float32(0), IMPOSSIBLE)


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), np.float32)


def _slots(words: Sequence[Word], tags: Sequence[str]) -> tuple[Slot, ...]:
    found: list[Slot] = []
    for word, tag in zip(words, tags, strict=True):
        if tag.startswith(INSIDE) and found:
            found[-1] = Slot(found[-1].name, found[-1].start, word.end)
        elif tag != NONE:
            found.append(Slot(tag[2:], word.start, word.end))
    return tuple(found)
