"""Decoding and understanding never disagree."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from assistant.grammar.base import Rule, State, TokenConstraint, Value, View, Vocabulary, Wildcard
from assistant.grammar.grammar import Grammar
from assistant.grammar.symbols import symbols_of

KITCHEN = View(area="kitchen")


def pieces(constraint: TokenConstraint, vocabulary: Vocabulary, state: State) -> dict[str, State]:
    ids, states = constraint.allowed(state)
    assert ids.dtype == states.dtype == "int64" and len(ids) == len(states)
    return {vocabulary.pieces[token]: int(after) for token, after in zip(ids, states, strict=True)}


def babble(constraint: TokenConstraint, vocabulary: Vocabulary, rng: random.Random) -> tuple[str, State] | None:
    """Tokens drawn at random until a whole sentence; None where the walk grew too long."""
    text, state = "", constraint.start
    for _ in range(120):
        if text and constraint.is_final(state) and rng.random() < 0.5:
            return text, state
        ids, states = constraint.allowed(state)
        if not len(ids):
            assert constraint.is_final(state), f"'{text}' is a dead end"
            return text, state
        choice = rng.randrange(len(ids))
        text, state = text + vocabulary.pieces[ids[choice]], int(states[choice])
    return None


def spell(constraint: TokenConstraint, vocabulary: Vocabulary, text: str) -> State | None:
    """The state after a text, written with the longest pieces that fit."""
    state, rest = constraint.start, text
    while rest:
        fitting = {p: s for p, s in pieces(constraint, vocabulary, state).items() if rest.startswith(p)}
        if not fitting:
            return None
        longest = max(fitting, key=len)
        state, rest = fitting[longest], rest[len(longest) :]
    return state


@pytest.mark.parametrize("kind", ["moonshine", "letters"])
def test_what_the_constraint_accepts_has_a_meaning(home: Grammar, kind: str, request: pytest.FixtureRequest) -> None:
    vocabulary: Vocabulary = request.getfixturevalue(kind)
    constraint, rng, whole = home.constraint(vocabulary, KITCHEN), random.Random(5), 0
    for _ in range(400):
        found = babble(constraint, vocabulary, rng)
        if found is not None:
            text, state = found
            whole += 1
            assert home.match(text, KITCHEN), text
            after = constraint.advance(constraint.start, text)
            assert after is not None and constraint.is_final(after)
            assert constraint.can_go_on(after) == constraint.can_go_on(state)
    assert whole > 200


@pytest.mark.parametrize("kind", ["moonshine", "letters"])
@pytest.mark.parametrize("said", ["", "set a timer for 5 minutes called aunt", "set kitchen to 19,", "turn on the f"])
def test_a_token_alone_leads_where_the_mask_says(
    home: Grammar, kind: str, said: str, request: pytest.FixtureRequest
) -> None:
    vocabulary: Vocabulary = request.getfixturevalue(kind)
    constraint, rng = home.constraint(vocabulary, KITCHEN), random.Random(6)
    state = constraint.advance(constraint.start, said)
    for _ in range(12):
        assert state is not None
        ids, states = constraint.allowed(state)
        mask = dict(zip(ids.tolist(), states.tolist(), strict=True))
        tokens = range(len(vocabulary.pieces))
        assert {token: after for token in tokens if (after := constraint.after(state, token)) is not None} == mask
        assert set(mask) <= set(constraint.possible(state, np.array(tokens)).tolist())
        state = rng.choice(list(mask.values())) if mask else constraint.start


def test_open_is_where_nearly_all_pieces_may_follow(home: Grammar, moonshine: Vocabulary) -> None:
    constraint = home.constraint(moonshine, KITCHEN)
    states, rng, seen = [constraint.start], random.Random(9), set[bool]()
    for text in (*home.sentences(KITCHEN, 40, seed=3), *["set a timer for 5 minutes called a b c d"] * 8):
        words = text.split()
        state = constraint.advance(constraint.start, " ".join(words[: rng.randint(1, len(words))]))
        states += [state] if state is not None else []
    for state in states:
        ids, after = constraint.allowed(state)
        for one in (state, *(int(after[rng.randrange(len(ids))]) for _ in range(8 if len(ids) else 0))):
            assert constraint.is_open(one) == (len(constraint.allowed(one)[0]) > 10_000)
            seen.add(constraint.is_open(one))
    assert seen == {True, False}


def test_lists_name_words_where_a_slot_takes_any(moonshine: Vocabulary) -> None:
    grammar = Grammar()
    grammar.set_list("name", [Value("bedside lamp", "lamp"), Value("tv", "tv")])
    grammar.set_list("thing", Wildcard(4))
    grammar.set_rules("s", [
        Rule("s", "Off", ("turn off the {name}",)), Rule("s", "Cancel", ("(cancel|turn off) the {thing} alarm",)),
    ])
    constraint = grammar.constraint(moonshine, View())
    ids = {piece: token for token, piece in enumerate(moonshine.pieces)}

    def named(said: str, *words: str) -> list[bool]:
        state = constraint.advance(constraint.start, said)
        assert state is not None and constraint.is_open(state)
        return [constraint.is_named(state, ids[word]) for word in words]

    assert named("turn off the", " bed", " red", " alarm") == [True, False, False]
    assert named("turn off the bed", "side", "st") == [True, False]
    assert named("turn off the zebra", " bed", " alarm", ".") == [False, True, True]
    assert named("cancel the", " bed") == [False]


def test_what_has_a_meaning_the_constraint_accepts(home: Grammar, moonshine: Vocabulary, letters: Vocabulary) -> None:
    rng = random.Random(8)
    for text in home.sentences(KITCHEN, 80, seed=2):
        assert home.match(text, KITCHEN), text
        written = " " + decorate(text, rng)
        for vocabulary in (moonshine, letters):
            constraint = home.constraint(vocabulary, KITCHEN)
            state = spell(constraint, vocabulary, written)
            assert state is not None and constraint.is_final(state), written


def decorate(text: str, rng: random.Random) -> str:
    """Capitals, marks after words, and hyphens, as a recogniser might write them."""
    words = text.split(" ")
    marked = [w + rng.choice(["", "", ",", "!"]) if w[-1].isalpha() else w for w in words]
    changes: list[Callable[[str], str]] = [str.capitalize, str.lower]
    return " ".join(rng.choice(changes)(w) for w in marked) + rng.choice(["", ".", "?"])


def test_large_grammar_decodes_what_it_matches(large: Grammar, moonshine: Vocabulary) -> None:
    constraint = large.constraint(moonshine, KITCHEN)
    for text in large.sentences(KITCHEN, 20, seed=4):
        assert large.match(text, KITCHEN), text
        state = spell(constraint, moonshine, " " + text.capitalize() + ".")
        assert state is not None and constraint.is_final(state), text


def test_tokens_of_a_number(home: Grammar, moonshine: Vocabulary) -> None:
    constraint = home.constraint(moonshine, KITCHEN)
    to = constraint.advance(constraint.start, "Set the kitchen to")
    assert to is not None
    after = pieces(constraint, moonshine, to)
    assert {" ", " twenty", " minus", " -"} <= set(after) and " the" not in after
    gap = pieces(constraint, moonshine, after[" "])
    assert {"1", "2", "9"} <= set(gap) and " " not in gap and " twenty" not in gap
    nineteen = constraint.advance(to, " 19")
    assert nineteen is not None
    assert {",", ".", "°", " degrees", " point"} <= set(pieces(constraint, moonshine, nineteen))
    comma = pieces(constraint, moonshine, pieces(constraint, moonshine, nineteen)[","])
    assert {"5", " "} <= set(comma) and "." not in comma


def test_apostrophes_and_word_ends_matter() -> None:
    grammar = Grammar()
    grammar.set_rules("t", [Rule("t", "T", ("what's up", "lights off"))])
    assert grammar.contains("What\u2019s up?") and not grammar.contains("whats up")
    assert grammar.contains("lights-off") and not grammar.contains("light soff")


def test_states_are_equal_where_the_words_are(home: Grammar, moonshine: Vocabulary) -> None:
    constraint = home.constraint(moonshine, KITCHEN)
    states = {constraint.advance(constraint.start, text) for text in ("turn on", " Turn on,", "TURN  ON", "turn-on")}
    assert len(states) == 1 and None not in states
    assert constraint.advance(constraint.start, "turn of") is None


def test_completeness(home: Grammar, moonshine: Vocabulary) -> None:
    constraint = home.constraint(moonshine, KITCHEN)
    expected = {
        "": (False, True),
        "turn": (False, True),
        "turn on the fan": (True, True),
        "turn on the fan in the bedroom": (True, False),
        "turn on the fan in": (False, True),
        "turn on the lights.": (True, False),
        "set a timer for 5": (False, True),
        "set kitchen to 19": (True, True),
    }
    for text, (final, more) in expected.items():
        state = constraint.advance(constraint.start, text)
        assert state is not None
        assert (constraint.is_final(state), constraint.can_go_on(state)) == (final, more), text


def test_masks_are_remembered_and_survive_edits(home: Grammar, moonshine: Vocabulary) -> None:
    before = home.constraint(moonshine, KITCHEN)
    assert home.constraint(moonshine, View(area="kitchen")) is before
    assert before.allowed(before.start)[0] is before.allowed(before.start)[0]
    home.set_list("name", [Value("dishwasher", "dishwasher")])
    after = home.constraint(moonshine, KITCHEN)
    assert after.version == before.version + 1
    assert after.advance(after.start, "turn on the dishwasher") is not None
    assert before.advance(before.start, "turn on the dishwasher") is None
    assert before.advance(before.start, "turn on the fan") is not None
    assert after.advance(after.start, "turn on the fan") is None


def test_a_wildcard_lets_every_word_through_and_comes_back(home: Grammar, moonshine: Vocabulary) -> None:
    constraint = home.constraint(moonshine)
    state = constraint.advance(constraint.start, "set a timer for 5 minutes called")
    assert state is not None
    after = pieces(constraint, moonshine, state)
    assert len(after) > 15_000 and not any("\n" in piece or '"' in piece for piece in after)
    word = constraint.advance(state, " Aunt Emma's")
    assert word is not None and constraint.is_final(word) and constraint.can_go_on(word)
    twelfth = constraint.advance(state, " a b c d e f g h i j k l")
    assert twelfth is not None and not constraint.can_go_on(twelfth)
    assert not any(piece.startswith(" ") for piece in pieces(constraint, moonshine, twelfth) if piece.strip())


def test_an_empty_view_allows_nothing(home: Grammar, moonshine: Vocabulary) -> None:
    constraint = home.constraint(moonshine, View(scopes=("nothing",)))
    assert not len(constraint.allowed(constraint.start)[0])
    assert not constraint.is_final(constraint.start) and not constraint.can_go_on(constraint.start)


def test_a_list_without_values_is_a_dead_end_not_an_empty_text(home: Grammar, moonshine: Vocabulary) -> None:
    home.set_list("name", [])
    constraint = home.constraint(moonshine)
    assert constraint.advance(constraint.start, "turn on") is None
    assert constraint.advance(constraint.start, "please") is None
    assert constraint.advance(constraint.start, "set a") is not None


def test_symbols() -> None:
    for text, symbols in {
        "Turn ON, the light!": "turn on the light",
        "twenty-one": "twenty one",
        "19.5": "19.5",
        "19, 5": "19\x1d5",
        "19, five": "19 five",
        "8:30 p.m.": "8:30 pm",
        "50%": "50 %",
        "8am": "8 am",
        "to -5 or minus 5": "to -5 or minus 5",
        "-5": "-5",
        "lights - please": "lights please",
        "  what\u2019s  up ...": "what's up",
    }.items():
        assert symbols_of(text) == symbols
