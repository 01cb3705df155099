"""The network follows hassil: the same sentences, the same meanings."""

from __future__ import annotations

import random
import re
from typing import Any

from hassil.intents import Intents, TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.recognize import recognize_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.grammar.base import Rule, Value, View
from assistant.grammar.grammar import Grammar
from tests.grammar.conftest import AREAS, devices, household

KITCHEN = View(area="kitchen")
Meanings = set[tuple[str, tuple[tuple[str, str], ...]]]
SPELT_OUR_WAY = re.compile(
    r" / |\d[,. ]\d|\ba (hundred|thousand)|hundred (?!and|%|percent|$)|ty hundred|een hundred|point|half"
)
"""Numbers that recognisers write and hassil does not read."""


def ours(grammar: Grammar, text: str) -> Meanings:
    return {(m.intent, slots_of(m.slots.items())) for m in grammar.match(text, KITCHEN)}


def slots_of(items: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((n, str(float(v)) if isinstance(v, int | float) else str(v).strip()) for n, v in items))


def theirs(intents: Intents, lists: dict[str, Any], text: str) -> Meanings:
    found = recognize_all(text, intents, slot_lists=lists, intent_context={"area": "kitchen"})
    return {(r.intent.name, slots_of((e.name, e.value) for e in r.entities.values())) for r in found}


def text_list(values: list[Value]) -> TextSlotList:
    return TextSlotList.from_tuples([(v.said, v.value, dict(v.context)) for v in values])


def test_home_assistants_sentences_mean_what_hassil_says(intents: dict[str, Any]) -> None:
    # hassil remembers number words by range and forgets the multiplier: what is said first holds for all lists.
    lists_read = {name: body for name, body in intents["lists"].items() if name != "volume_step_down"}
    intents = {**intents, "lists": {**lists_read, "volume_step_down": intents["lists"]["volume_step_up"]}}
    grammar, rng = household(intents, 40), random.Random(5)
    reference = Intents.from_dict({**intents, "skip_words": []})
    floors = [Value(floor, floor) for floor in ("ground floor", "first floor", "basement")]
    areas = [Value(area, area) for area in AREAS]
    lists = {"name": text_list(devices(40)), "area": text_list(areas), "floor": text_list(floors)}
    compared = 0
    for text in grammar.sentences(KITCHEN, 150, seed=3):
        assert grammar.match(text, KITCHEN), text
        words = text.split()
        words.pop(rng.randrange(len(words)))
        for candidate in (text, " ".join(words)):
            if candidate and not SPELT_OUR_WAY.search(candidate):
                compared += 1
                assert ours(grammar, candidate) == theirs(reference, lists, candidate), candidate
    assert compared > 200


WORDS = ("ab", "b", "c a", "{x}", "<r>", "a")
WORD = st.sampled_from(WORDS)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        some.map(" ".join),
        some.map(lambda parts: f"({'|'.join(parts)})"),
        some.map(lambda parts: f"({';'.join(parts)})"),
        inner.map(lambda part: f"[{part}]"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]}[ {pair[1]}]"),
    )


TEMPLATES = st.recursive(WORD, _groups, max_leaves=6)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    TEMPLATES, st.lists(st.lists(st.sampled_from(("ab", "b", "c", "a", "x", "y")), max_size=4), min_size=3, max_size=3)
)
def test_any_template_accepts_what_hassil_accepts(template: str, random_words: list[list[str]]) -> None:
    grammar = Grammar()
    grammar.set_list("x", [Value("x[ y]", 1), Value("y", 2)])
    grammar.set_rules("s", [Rule("s", "I", (template,))], {"r": "[b ](a|c)"})
    data = {"language": "en", "intents": {"I": {"data": [{"sentences": [template]}]}}}
    reference = Intents.from_dict(data)
    lists: dict[str, Any] = {"x": text_list([Value("x[ y]", 1), Value("y", 2)])}
    rules = {"r": parse_sentence("[b ](a|c)")}
    sampled = list(grammar.sentences(View(), 12, seed=1))
    for text in sampled:
        assert grammar.match(text), text
    for text in [*sampled, *(" ".join(words) for words in random_words if words)]:
        known = any(True for _ in recognize_all(text, reference, slot_lists=lists, expansion_rules=rules))
        assert bool(grammar.match(text)) == grammar.contains(text) == known, text


def test_enumeration_is_complete() -> None:
    grammar = Grammar()
    grammar.set_list("x", [Value("x", 1), Value("y [z]", 2)])
    grammar.set_rules("s", [Rule("s", "I", ("a [b] ({x}|c)", "(d;e)"))])
    expected = {f"a{b} {x}" for b in ("", " b") for x in ("x", "y", "y z", "c")} | {"d e", "e d"}
    assert set(grammar.sentences(View(), 100)) == set(grammar.sentences(View(), 100, seed=1)) == expected
