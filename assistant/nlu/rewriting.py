"""From a guess to a sentence that the grammar knows: its meaning is then the grammar's, typed and checked as any other.

The sample sentences of the guessed intent that are most like what was said get its words for their slots. So nothing is
done that could not have been said, and a question can be asked in words that people know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
import numpy.typing as npt

from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.nlu.base import Example, Slot
from assistant.nlu.network import Floats
from assistant.nlu.samples import BETWEEN

MOST_TRIED = 24
"""Sentences that the grammar is asked about, for each reading of the slots."""
MOST_READINGS = 4
"""Choices of words where a slot was found more than once."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A meaning, and how it was come by."""

    match: Match
    exact: bool
    """Whether every slot has the words that were said, once each, and no other slot is there."""


class Rewriter:
    """Knows sample sentences of every intent.

    Args:
        examples: in scope.
        states: float32[n, 1536] of the encoder, for each.
    """

    def __init__(self, examples: Sequence[Example], states: Floats) -> None:
        self._of_intent = defaultdict[str, list[int]](list)
        self.examples = examples
        self.states: npt.NDArray[np.float16] = states.astype(np.float16)
        for at, example in enumerate(examples):
            self._of_intent[example.intent].append(at)

    def __len__(self) -> int:
        return len(self.examples)

    def rewrite(
        self, grammar: Grammar, view: View, text: str, intent: str, slots: Sequence[Slot], state: Floats
    ) -> Rewritten | None:
        """The meaning of the likest sentence with these slots; None: the grammar allows none.

        Args:
            state: float32[1536] of ``text``.
        """
        skill, _, name = intent.partition(BETWEEN)
        tried: set[str] = set()
        readings = _readings(text, slots)
        for words in readings:
            for candidate, exact in islice(self._candidates(intent, words, state), MOST_TRIED):
                if candidate in tried:
                    continue
                tried.add(candidate)
                for match in grammar.match(candidate, view):
                    if (match.skill, match.intent) == (skill, name):
                        return Rewritten(match, exact and len(readings) == 1)
        return None

    def _candidates(self, intent: str, words: dict[str, str], state: Floats) -> Iterator[tuple[str, bool]]:
        """Sentences with these words for their slots: first those with just these slots, the likest first."""
        places = np.array(self._of_intent.get(intent, []), np.int64)
        if not len(places):
            return
        likeness = self.states[places].astype(np.float32) @ state
        ranked = [(self._fit(self.examples[at], words), -like, at) for at, like in zip(places, likeness, strict=True)]
        for unfit, _, at in sorted(ranked):
            yield _filled(self.examples[at], words), not unfit

    @staticmethod
    def _fit(example: Example, words: dict[str, str]) -> int:
        """Slots that only one of both has."""
        return len({slot.name for slot in example.slots} ^ words.keys())


def _readings(text: str, slots: Sequence[Slot]) -> list[dict[str, str]]:
    """The words of each slot, in each way in which a slot may have one."""
    found = defaultdict[str, list[str]](list)
    for slot in slots:
        found[slot.name].append(text[slot.start : slot.end])
    chosen = islice(product(*found.values()), MOST_READINGS)
    return [dict(zip(found, words, strict=True)) for words in chosen]


def _filled(example: Example, words: dict[str, str]) -> str:
    """The example's text with other words for its slots."""
    text = example.text
    for slot in sorted(example.slots, key=lambda slot: -slot.start):
        text = text[: slot.start] + words.get(slot.name, text[slot.start : slot.end]) + text[slot.end :]
    return text
