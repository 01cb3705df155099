"""The search on a scripted model: what is compared, kept and dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from assistant.asr.constrained.search import BeamConfig, Found, Tokens
from assistant.asr.moonshine import likely
from assistant.asr.moonshine.beam import Search
from assistant.asr.moonshine.tree import Place
from assistant.errors import Abandoned
from assistant.grammar.base import Rule, View, Vocabulary, Wildcard
from assistant.grammar.grammar import Grammar

PIECES = ("", "", "", " hi", " turn", " on", " the", " fan", " lamp")
EOS = 2
WORDS = {piece.strip(): number for number, piece in enumerate(PIECES) if piece}
USUAL = BeamConfig()
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
        return Place(length, np.log(chances))


def search(
    script: Script, config: BeamConfig = USUAL, sentences: Sequence[str] = SENTENCES,
    given_up: Callable[[], bool] = lambda: False,
) -> Found:
    grammar = Grammar()
    grammar.set_rules("test", [Rule("test", "Say", tuple(sentences))])
    constraint = grammar.constraint(Vocabulary(PIECES, EOS), View())
    folded = [piece.lower() for piece in PIECES]
    return Search(script, constraint, folded, frozenset(), config, given_up=given_up).run()


def test_a_search_that_nobody_waits_for_ends_at_its_next_step() -> None:
    asked = 0

    def given_up() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    with pytest.raises(Abandoned):
        search(Script({"turn": 1.0}, {"on": 1.0}, {"the": 1.0}, {"fan": 1.0}), given_up=given_up)
    assert asked == 3


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


MISHEARD = Script({"hi": 0.5, "fan": 0.3, "on": 0.15, "turn": 0.01}, {"on": 0.9}, {"the": 0.9}, {"lamp": 0.9})
"""The first word of "turn on the lamp" was hard to hear; what follows was not."""
OTHERS = (*SENTENCES, "hi hi", "fan hi", "on hi")


def test_a_wide_opening_keeps_a_beginning_that_what_follows_bears_out() -> None:
    narrow, wide = BeamConfig(width=2, alternatives=30.0), BeamConfig(width=2, opening=2, alternatives=30.0)
    assert "turn on the lamp" not in [sentence.text for sentence in search(MISHEARD, narrow, OTHERS).sentences]
    assert search(MISHEARD, wide, OTHERS).sentences[0].text == "turn on the lamp"


def test_sentences_that_begin_alike_do_not_crowd_out_the_others() -> None:
    second = {"fan": 0.4, "lamp": 0.4, "the": 0.1, "on": 0.04}
    script = Script({"hi": 0.9, "turn": 0.01}, second, {"the": 0.9}, {"lamp": 0.9})
    sentences = (*SENTENCES, "hi fan hi", "hi lamp hi", "hi the hi")
    crowded, various = (BeamConfig(width=3, alike=alike, alternatives=30.0) for alike in (10, 2))
    assert "turn on the lamp" not in [sentence.text for sentence in search(script, crowded, sentences).sentences]
    assert "turn on the lamp" in [sentence.text for sentence in search(script, various, sentences).sentences]


def test_a_draft_in_an_open_slot_hides_nothing_that_is_found_without_it() -> None:
    grammar = Grammar()
    grammar.set_rules("test", [Rule("test", "Say", ("turn on the fan", "turn {anything}"))])
    grammar.set_list("anything", Wildcard(), "test")
    constraint = grammar.constraint(Vocabulary(PIECES, EOS), View())
    folded = [piece.lower() for piece in PIECES]
    script = Script({"turn": 1.0}, *[{"lamp": 0.9, "on": 0.05}] * 3)
    found = Search(script, constraint, folded, frozenset(), USUAL).run()
    script.drafts = [(WORDS["turn"], *[WORDS["lamp"]] * 3)]
    again = Search(script, constraint, folded, frozenset(), USUAL).run()
    assert again.sentences[0].text == found.sentences[0].text == "turn lamp lamp lamp"
    assert again.sentences[0].score == pytest.approx(found.sentences[0].score)


@pytest.mark.parametrize("scanned", [0, 1, 256])
def test_the_likeliest_followers_are_the_same_one_by_one_and_by_mask(
    scanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likely, "SCANNED", scanned)
    grammar = Grammar()
    grammar.set_rules("test", [Rule("test", "Say", SENTENCES)])
    constraint = grammar.constraint(Vocabulary(PIECES, EOS), View())
    scores = np.array([-1, -1, -1, -3, -2, -0.1, -0.2, -9, -9], np.float32)
    found = likely.likeliest(constraint, constraint.start, scores, -5.0, 8)
    assert [(PIECES[token], score) for token, _, score in found] == [(" turn", -2.0), (" hi", -3.0)]
    assert all(constraint.after(constraint.start, token) == state for token, state, _ in found)
    assert likely.likeliest(constraint, constraint.start, scores, -5.0, 1) == found[:1]
    assert likely.likeliest(constraint, constraint.start, scores, -2.5, 8) == found[:1]


def test_a_free_text_that_goes_round_in_circles_ends_after_the_first() -> None:
    circle = [{word: 0.9} for word in ("turn", "on", "the")]
    found = search(Script({"hi": 0.9}, *(circle * 5)))
    assert [PIECES[token].strip() for token in found.free] == ["hi", "turn", "on", "the"]
    assert len(found.free_log_probabilities) == 4
    twice = search(Script({"hi": 0.9}, *(circle * 2)))
    assert len(twice.free) == 7, "people say things twice"
