"""The benchmark of the grammar: its skills are real, its figures come from what it walked."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from assistant.bench.crowd import OTHERS, LargeHome, other_skills, shipped_skills
from assistant.bench.grammar import cases, figures
from assistant.bench.grammar_case import VIEW, Case, Measured, compiled, longest, walk
from assistant.bench.newcomers import newcomer, through_worker
from assistant.bench.report import flat
from assistant.grammar.base import Vocabulary, Wildcard
from assistant.grammar.sentences import parse_sentences_yaml
from tests.grammar.conftest import moonshine

__all__ = ["moonshine"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_skill_that_people_add_has_intents_and_lists_as_in_life(name: str) -> None:
    found = parse_sentences_yaml(other_skills()[name], name, name)
    intents: dict[str, int] = {}
    for rule in found.rules:
        intents[rule.intent] = intents.get(rule.intent, 0) + len(rule.sentences)
    assert 4 <= len(intents) <= 8 and all(2 <= count <= 6 for count in intents.values()), intents
    assert found.lists


def test_there_are_twenty_with_long_lists_and_open_slots() -> None:
    found = [parse_sentences_yaml(text, name, name) for name, text in other_skills(20).items()]
    assert len(found) == 20 == len(set(OTHERS))
    lists = [spec for one in found for spec in one.lists.values()]
    assert sum(isinstance(spec, tuple) and len(spec) >= 80 for spec in lists) >= 8
    assert sum(isinstance(spec, Wildcard) for spec in lists) >= 6


def test_orders_are_walked_and_new_devices_heard(moonshine: Vocabulary) -> None:
    case = Case(10, 5, False)
    grammar = compiled(case, {**shipped_skills(), **other_skills(case.skills)}, moonshine)
    constraint = grammar.constraint(moonshine, VIEW)
    tokens = {piece: token for token, piece in enumerate(moonshine.pieces) if piece}
    found = Measured()
    for order in filter(str.isascii, grammar.sentences(VIEW, 10, seed=4)):
        walk(found, constraint, tokens, order)
    assert len(found.first_mask_ms) == len(found.steady_mask_ms) > 2 * len(found.order_ms_shared) > 0
    assert sum(found.order_ms_warm) < sum(found.order_ms_shared)
    home = LargeHome(case.devices)
    assert newcomer(grammar, home, moonshine, VIEW, 0) > 0
    assert asyncio.run(through_worker(grammar, home, VIEW, 1))[0] > 0


def test_the_longest_piece_that_is_allowed_is_taken() -> None:
    tokens = {" tu": 1, " turn": 2, " turn on": 3}
    assert longest(" turn on it", np.array([2, 1]), tokens) == (" turn", 0)
    with pytest.raises(AssertionError, match="cannot be written"):
        longest(" turn", np.array([3]), tokens)


def test_figures_are_named_after_their_case() -> None:
    assert [case.name for case in cases([10, 200], [5])] == ["10d_5s", "10d_5s_ha", "200d_5s", "200d_5s_ha"]
    one, two = (Measured(compile_seconds=s, mb=50, first_mask_ms=[1.0, s], new_device_ms=[s]) for s in (0.2, 0.4))
    plain = flat(figures(Case(10, 5, True), [one, two, two]))
    assert plain["10d_5s_ha_compile_seconds"] == 0.4 and plain["10d_5s_ha_compile_seconds_n"] == 3
    assert plain["10d_5s_ha_first_mask_ms_p95"] == 1.0 and plain["10d_5s_ha_first_mask_ms_p95_n"] == 6
    assert plain["10d_5s_ha_new_device_ms_p50"] == 0.4
