"""The search on a scripted model: what is compared, what is dropped, and that two views are heard as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.asr.constrained.search import BeamConfig, Found, Tokens
from assistant.asr.moonshine.beam import Search
from assistant.asr.moonshine.ensemble import Together
from assistant.asr.moonshine.model import Place
from assistant.grammar.base import Rule, View, Vocabulary
from assistant.grammar.grammar import Grammar

PIECES = ("", "", "", " hi", " turn", " on", " the", " fan", " lamp")
EOS = 2
WORDS = {piece.strip(): number for number, piece in enumerate(PIECES) if piece}
SENTENCES = ("hi", "turn on the fan", "turn on the lamp")


class Script:
    """A model whose next token depends on how many were written: probabilities by word, the rest is rare."""

    drafts: Sequence[Tokens] = ()
    seconds = 3.0

    def __init__(self, *steps: dict[str, float]) -> None:
        self._steps = steps

    @property
    def first(self) -> Place:
        return self._place(0)

    def known(self, tokens: Tokens) -> Place:
        return self._place(len(tokens))

    def look(self, parents: Sequence[Place], tokens: Sequence[Tokens], leads: Sequence[bool]) -> list[Place]:
        return [self._place(len(sequence)) for sequence in tokens]

    def _place(self, length: int) -> Place:
        chances = np.full(len(PIECES), 1e-6, np.float32)
        for word, chance in (self._steps[length] if length < len(self._steps) else {"": 1.0}).items():
            chances[WORDS.get(word, EOS)] = chance
        return Place(np.log(chances), [], 0, length)


def search(script: Script, width: int = 8) -> Found:
    grammar = Grammar()
    grammar.set_rules("test", [Rule("test", "Say", SENTENCES)])
    constraint = grammar.constraint(Vocabulary(PIECES, EOS), View())
    return Search(script, constraint, [piece.lower() for piece in PIECES], frozenset(), BeamConfig(width=width)).run()


def test_a_short_sentence_does_not_stand_for_a_long_one() -> None:
    """Neither is like what was heard; "hi" costs two unlikely tokens, the order three, but it explains all of it."""
    found = search(Script(
        {"lamp": 0.8, "turn": 0.02, "hi": 0.02}, {"fan": 0.7, "on": 0.02, "": 0.02}, {"hi": 0.8, "the": 0.02},
        {"lamp": 0.9}, {"": 1.0},
    ))
    whole = [sentence for sentence in found.sentences if sentence.final]
    assert [sentence.text for sentence in whole] == ["turn on the lamp", "hi"]
    assert whole[0].score < whole[1].score


def test_a_short_sentence_stands_where_nothing_else_was_said() -> None:
    found = search(Script({"hi": 0.6, "turn": 0.3}, {"": 0.9, "on": 0.1}))
    assert found.sentences[0].text == "hi"
    assert found.sentences[0].score == pytest.approx(np.log(0.6 / 0.9000045) + np.log(0.9 / 1.000006), abs=0.01)


def test_views_are_heard_as_their_mean() -> None:
    one, other = Script({"hi": 0.8, "turn": 0.2}).first, Script({"hi": 0.2, "turn": 0.8}).first
    both = Together([one, other])
    assert both.log_probability(WORDS["hi"]) == pytest.approx(both.log_probability(WORDS["turn"]), abs=1e-3)
    assert both.log_probability(WORDS["hi"]) == pytest.approx((np.log(0.8) + np.log(0.2)) / 2, abs=0.01)
