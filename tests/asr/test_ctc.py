"""Letters over frames: what a text is worth, and the search under the grammar. No network is needed."""

from __future__ import annotations

import itertools
import math
import string

import numpy as np
import pytest

from assistant.asr.constrained.ctc import beam_search, greedy, log_probability
from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.pieces import Pieces
from assistant.asr.constrained.search import BeamConfig, Tokens
from assistant.asr.constrained.way import Way
from assistant.audio.frames import Floats
from assistant.errors import Abandoned
from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar

BLANK = 0
LETTERS = Pieces(("", " ", *string.ascii_lowercase), BLANK)
EVERYTHING = BeamConfig(width=10_000, behind=math.inf)


def noise(frames: int, tokens: int, seed: int = 0, sharp: float = 2.0) -> Floats:
    """Log-probabilities that know nothing."""
    scores = np.random.default_rng(seed).normal(0, sharp, (frames, tokens))
    logs: Floats = (scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)).astype(np.float32)
    return logs


def written(text: str, doubt: float = 0.01) -> Floats:
    """Frames of a network that is nearly sure of a text: each letter twice, a blank between letters."""
    path = [token for letter in text for token in (LETTERS.pieces.index(letter),) * 2 + (BLANK,)]
    shares = np.full((len(path), len(LETTERS.pieces)), doubt / len(LETTERS.pieces))
    shares[range(len(path)), path] += 1 - doubt
    logs: Floats = np.log(shares).astype(np.float32)
    return logs


def spelled(text: str) -> Tokens:
    return tuple(LETTERS.pieces.index(letter) for letter in text)


def spells(tokens: Tokens) -> str:
    return "".join(LETTERS.pieces[token] for token in tokens)


def grammar(*sentences: str) -> Grammar:
    made = Grammar()
    made.set_rules("home", [Rule("home", "Do", sentences)])
    return made


def collapsed(path: tuple[int, ...]) -> Tokens:
    return tuple(token for token, _ in itertools.groupby(path) if token != BLANK)


@pytest.mark.parametrize("text", [(), (1,), (1, 1), (1, 2), (2, 1, 2)])
def test_a_text_is_worth_the_sum_of_its_alignments(text: Tokens) -> None:
    frames = noise(5, 3)
    paths = [path for path in itertools.product(range(3), repeat=5) if collapsed(path) == text]
    by_hand = np.logaddexp.reduce([sum(frames[t, token] for t, token in enumerate(path)) for path in paths])
    assert log_probability(frames, text, BLANK) == pytest.approx(float(by_hand), abs=1e-4)


def test_a_text_longer_than_the_sound_is_impossible() -> None:
    assert log_probability(noise(2, 3), (1, 2, 1), BLANK) == -math.inf
    assert log_probability(noise(2, 3), (1, 1), BLANK) == -math.inf


def test_a_beam_that_keeps_everything_finds_the_likeliest_text() -> None:
    frames = noise(5, 4, seed=3)
    best = beam_search(frames, BLANK, Way(None), EVERYTHING)[0]
    texts = {collapsed(path) for path in itertools.product(range(4), repeat=5)}
    assert best == max(texts, key=lambda text: log_probability(frames, text, BLANK))


def test_greedy_text_joins_what_repeats_and_leaves_out_blanks() -> None:
    assert spells(greedy(written("hello there"), BLANK)) == "hello there"


def test_whatever_is_heard_a_sentence_is_written() -> None:
    constraint = grammar("turn on the (light|fan)", "close the blinds").constraint(LETTERS.grammar, View())
    for seed in range(5):
        found = beam_search(noise(120, len(LETTERS.pieces), seed), BLANK, Way(constraint), BeamConfig(width=16))
        assert found
        for tokens in found:
            state = constraint.advance(constraint.start, spells(tokens))
            assert state is not None and (constraint.is_final(state) or constraint.can_go_on(state))


def test_a_misheard_letter_is_put_right_by_the_grammar() -> None:
    constraint = grammar("turn on the light", "turn on the fan").constraint(LETTERS.grammar, View())
    found = beam_search(written("turm on the lite"), BLANK, Way(constraint), BeamConfig(width=16))
    assert spells(found[0]) == "turn on the light"


def test_a_search_that_is_given_up_ends_at_the_next_frame() -> None:
    asked = iter((False, False, True))
    with pytest.raises(Abandoned):
        beam_search(noise(1000, 3), BLANK, Way(None), BeamConfig(), lambda: next(asked))


def test_the_prefix_is_written_first_however_it_is_spelled() -> None:
    constraint = grammar("turn on the light").constraint(LETTERS.grammar, View())
    way = Way(constraint, PhraseConstraint("hey nova", LETTERS))
    found = beam_search(written("heynova turn on the light"), BLANK, way, BeamConfig(width=16))
    own = found[0][way.prefix_length(found[0]) :]
    assert spells(found[0]).replace(" ", "") == "heynovaturnonthelight" and spells(own).strip() == "turn on the light"
    assert beam_search(written("hey nov"), BLANK, Way(None, PhraseConstraint("hey nova", LETTERS)), BeamConfig())[0]


def test_marks_within_the_prefix_do_not_pile_up() -> None:
    way = Way(None, PhraseConstraint("hey nova", LETTERS))
    assert way.walk(spelled("hey nova")) is not None and way.walk(spelled("h ey no va")) is not None
    assert way.walk(spelled("hey  nova")) is None


def test_a_way_knows_where_a_text_may_end() -> None:
    constraint = grammar("close the blinds").constraint(LETTERS.grammar, View())
    way = Way(constraint, PhraseConstraint("hey", LETTERS))
    assert way.walk(spelled("hex")) is None and way.walk(spelled("hey open")) is None
    for text, may_end, final in (("he", False, False), ("hey", False, False), ("hey close the", True, False),
                                 ("hey close the bl", False, False), ("hey close the blinds", True, True)):
        state = way.walk(spelled(text))
        assert state is not None and (way.may_end(state), way.is_final(state)) == (may_end, final), text
