"""From an intent with words for its slots to a sentence: what is said is what a speaker could say, and nothing else."""

from __future__ import annotations

import pytest

from assistant.grammar.base import Rule, Value, View
from assistant.grammar.phrasing import Phrasing, Ref, shortest
from assistant.nlu.samples import sample
from tests.llm.floor import small_grammar


def test_each_choice_of_slots_is_said_in_the_first_way() -> None:
    forms = Phrasing(small_grammar()).forms("lamps")["TurnOn"]
    assert [(form.filled({}), dict(form.rule.slots)) for form in forms] == [
        ("turn on {name}", {}), ("turn on the lights in {area}", {}), ("turn it on", {"it": True}),
    ]
    assert forms[0].refs == (Ref("name", "name"),) and forms[2].slots == {"it"}


@pytest.mark.parametrize(("skill", "intent", "words", "slots"), [
    ("lamps", "TurnOn", {"name": "reading light"}, {"name": "lamp_2"}),
    ("lamps", "TurnOn", {"area": "bed room"}, {"area": "bedroom"}),
    ("lamps", "TurnOn", {"it": "true"}, {"it": True}),
    ("lamps", "Dim", {"name": "floor lamp", "level": "40"}, {"name": "lamp_1", "level": 40}),
    ("timers", "Set", {"duration": "five minutes"}, {"duration": 300}),
    ("lamps", "TurnOn", {"name": "front door"}, None),
    ("lamps", "TurnOn", {}, None),
    ("lamps", "TurnOn", {"it": "false"}, None),
    ("lamps", "TurnOn", {"name": "floor lamp", "area": "den"}, None),
    ("lamps", "Dim", {"name": "floor lamp", "level": "140"}, None),
    ("lamps", "Dim", {"name": "floor lamp and unlock the front door", "level": "40"}, None),
    ("lamps", "Again", {"name": "floor lamp"}, None),
    ("nobody", "TurnOn", {}, None),
])
def test_a_meaning_is_the_grammars_own(
    skill: str, intent: str, words: dict[str, str], slots: dict[str, object] | None
) -> None:
    match = Phrasing(small_grammar()).match(skill, intent, words, View(area="den"))
    assert (match.slots if match else None) == slots
    assert match is None or (match.skill, match.intent) == (skill, intent)


def test_what_the_grammar_samples_can_be_phrased_again() -> None:
    grammar = small_grammar()
    phrasing = Phrasing(grammar)
    for sampled in sample(grammar, View(("order",)), per_rule=20):
        for example in sampled.examples:
            skill, intent = example.intent.split(".")
            words = {**example.values(), **{slot: str(value).lower() for slot, value in sampled.rule.slots.items()}}
            (meant, *_) = grammar.match(example.text)
            again = phrasing.match(skill, intent, words, View())
            assert again is not None and again.slots == meant.slots, example


def test_a_skill_is_read_again_when_it_was_edited_and_not_when_a_device_is_new() -> None:
    grammar = small_grammar()
    phrasing = Phrasing(grammar)
    before = phrasing.forms("lamps")
    grammar.set_list("name", [Value("new lamp", "lamp_9", {"domain": "light"})])
    assert phrasing.forms("lamps") is before
    assert phrasing.match("lamps", "TurnOn", {"name": "new lamp"}, View()) is not None
    grammar.set_rules("lamps", [Rule("lamps", "TurnOn", ("light [up] [the] {name}",))])
    assert [form.filled({}) for form in phrasing.forms("lamps")["TurnOn"]] == ["light {name}"]
    grammar.remove_skill("lamps")
    assert phrasing.forms("lamps") == {} and "lamps" not in phrasing.skills


def test_expansion_rules_permutations_and_circles() -> None:
    grammar = small_grammar()
    grammar.set_rules("x", [Rule("x", "A", ("<polite> (play;{name}) [loudly|<polite>]",))], {"polite": "[could you]"})
    (form,) = Phrasing(grammar).forms("x")["A"]
    assert form.filled({"name": "floor lamp"}) == "play floor lamp"
    assert shortest("(bed room|bedroom) [ceiling] lamp") == "bed room lamp"
