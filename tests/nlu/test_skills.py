"""The skills' sentences are learned; what nobody foresaw is guessed, in the grammar's own meaning, or left alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.grammar.base import Match, Rule, View
from assistant.nlu.background import load_background, save_background
from assistant.nlu.base import OUT_OF_SCOPE, Example, Slot
from assistant.nlu.encoder import Encoder
from assistant.nlu.intents import Features
from assistant.nlu.knowledge import SAMPLES, load_knowledge
from assistant.nlu.learning import encode, learn
from assistant.nlu.model import ARRAYS, CARD, load_model
from assistant.nlu.rewriting import Rewriter
from assistant.nlu.samples import sample
from assistant.nlu.skills import Meant, SkillUnderstanding, meant_from, plain
from tests.nlu.home import OTHER_MATTERS, small_home, understanding


def test_samples_are_sentences_with_their_slots() -> None:
    grammar = small_home()
    found = [example for sampled in sample(grammar, per_rule=10) for example in sampled.examples]
    assert {example.intent for example in found} == {"lights.On", "lights.Off", "doors.Unlock"} and len(found) > 20
    for example in found:
        (match, *_) = grammar.match(example.text)
        assert example.intent == f"{match.skill}.{match.intent}" and example.values() == match.slots
    assert found == [example for sampled in sample(grammar, per_rule=10) for example in sampled.examples]


@pytest.mark.parametrize(("text", "intent", "area"), [
    ("could you switch the lights in the bedroom on for me", "On", "bedroom"),
    ("kitchen lights should be switched off now", "Off", "kitchen"),
    ("please would you unlock that hall door for me", "Unlock", "hall"),
])
def test_what_nobody_foresaw_gets_the_grammars_meaning(
    learned: SkillUnderstanding, text: str, intent: str, area: str
) -> None:
    assert learned.grammar.match(text) == []
    meant = learned.understand(text)
    assert meant is not None and (meant.match.intent, meant.match.slots) == (intent, {"area": area})
    assert meant.match in learned.grammar.match(meant.match.text), "a meaning that no sentence has"


def test_what_it_weighs_is_told(learned: SkillUnderstanding) -> None:
    told = learned.weigh("could you switch the lights in the bedroom on for me")
    guesses = told["guesses"]
    assert isinstance(guesses, list) and guesses[0][0] == "lights.On"
    assert [share for _, share in guesses] == sorted((share for _, share in guesses), reverse=True)
    assert float(str(told["ask"])) <= float(str(told["certainty"])) and learned.weigh("  ") == {}


@pytest.mark.parametrize("text", ["who painted the mona lisa", "send fifty euros to my landlord", "", "   "])
def test_other_matters_are_left_alone(learned: SkillUnderstanding, text: str) -> None:
    assert learned.understand(text) is None


def test_a_place_that_is_not_there_is_never_made_up_and_acted_on(learned: SkillUnderstanding) -> None:
    meant = learned.understand("turn on the lights in the conservatory")
    assert meant is None or not meant.sure


def test_a_new_skill_is_learned_and_the_old_ones_stay(encoder: Encoder) -> None:
    grammar = small_home()
    mine = understanding(encoder, grammar)
    mine.learn()
    before = mine.understand("play us some quiet music then")
    assert before is None or not before.sure
    sentences = ("[please] play [some|us some] music [please]", "put [some] music on")
    grammar.set_rules("music", [Rule("music", "Play", sentences)])
    learned = mine.learn()
    assert learned is not None and learned.measured is not None and learned.measured.accuracy > 0.9
    after = mine.understand("play us some quiet music then")
    assert after is not None and after.match.intent == "Play"
    light = mine.understand("could you switch the lights in the bedroom on for me")
    assert light is not None and light.match.intent == "On"


def test_what_was_learned_is_kept_until_the_sentences_change(encoder: Encoder, tmp_path: Path) -> None:
    first, second, third = (understanding(encoder) for _ in range(3))
    told = first.learn_or_load(tmp_path)
    assert told is not None and told.measured is not None
    again = second.learn_or_load(tmp_path)
    assert again is not None and again.measured is None, "it learned the same once more"
    text = "could you switch the lights in the bedroom on for me"
    mine, theirs = second.understand(text), first.understand(text)
    assert mine is not None and theirs is not None and (mine.match, mine.sure) == (theirs.match, theirs.sure)
    assert mine.certainty == pytest.approx(theirs.certainty, abs=0.01)
    third.grammar.set_rules("music", [Rule("music", "Play", ("play music", "put music on", "music please"))])
    fresh = third.learn_or_load(tmp_path)
    assert fresh is not None and fresh.measured is not None
    key = json.loads((tmp_path / SAMPLES).read_text())["key"]
    assert load_knowledge(tmp_path, key, encoder) is not None and load_knowledge(tmp_path, "other", encoder) is None
    (tmp_path / SAMPLES).write_text("{")
    assert load_knowledge(tmp_path, key, encoder) is None


def test_one_intent_is_nothing_to_tell_apart(encoder: Encoder) -> None:
    mine = understanding(encoder)
    mine.grammar.remove_skill("lights")
    assert mine.learn() is None and mine.understand("unlock the hall door") is None and not mine.ready


def test_a_rewritten_sentence_takes_the_words_that_were_said() -> None:
    examples = [Example("turn on hall light", "lights.On", (Slot("area", 8, 12),)),
                Example("switch kitchen lights on", "lights.On", (Slot("area", 7, 14),))]
    rewriter, text = Rewriter(examples, np.eye(2, 8, dtype=np.float32)), "bedroom lit up"
    like_second = np.eye(2, 8, dtype=np.float32)[1]
    found = rewriter.rewrite(small_home(), View(), text, "lights.On", [Slot("area", 0, 7)], like_second)
    assert found is not None and found.exact
    assert (found.match.text, found.match.slots) == ("switch bedroom lights on", {"area": "bedroom"})
    unsaid = rewriter.rewrite(small_home(), View(), "light", "lights.On", [], like_second)
    assert unsaid is not None and not unsaid.exact, "a place that nobody said counts as said"
    assert rewriter.rewrite(small_home(), View(), text, "doors.Unlock", [], like_second) is None
    assert rewriter.rewrite(small_home(), View(), "attic", "lights.On", [Slot("area", 0, 5)], like_second) is None


def test_a_slot_that_was_found_twice_is_what_the_grammar_knows_and_is_asked_about() -> None:
    example = Example("turn on hall light", "lights.On", (Slot("area", 8, 12),))
    rewriter = Rewriter([example], np.ones((1, 8), np.float32))
    text, slots = "lights in the bedroom", [Slot("area", 10, 13), Slot("area", 14, 21)]
    found = rewriter.rewrite(small_home(), View(), text, "lights.On", slots, np.ones(8, np.float32))
    assert found is not None and found.match.slots == {"area": "bedroom"} and not found.exact


def test_a_meaning_survives_the_way_between_processes() -> None:
    meant = Meant(Match("lights", "On", {"area": "hall", "level": 40}, "hall light on"), 0.93, True)
    assert meant_from(plain(meant)) == meant and meant_from(plain(None)) is None


def test_a_model_survives_its_folder_and_a_damaged_one_is_refused(encoder: Encoder, tmp_path: Path) -> None:
    taught = [Example(f"{verb} the {what} now", f"{verb}.{what}") for verb in ("start", "stop", "pause")
              for what in ("dishwasher", "washing machine") for _ in range(5)]
    taught += [Example(text, OUT_OF_SCOPE) for text in OTHER_MATTERS]
    model, measured = learn(encode(taught, encoder), encoder)
    assert measured.out_of_scope == len(OTHER_MATTERS) and measured.kept_out == 9
    model.save(tmp_path, {"seed": 0})
    again = load_model(tmp_path, encoder)
    for text in ("stop the dishwasher please", "who wrote faust"):
        mine, theirs = model.guess(text), again.guess(text)
        assert (mine.intent, mine.in_scope) == (theirs.intent, theirs.in_scope)
        assert mine.certainty == pytest.approx(theirs.certainty, abs=0.01)
    assert again.guess("stop the dishwasher please").intent == "stop.dishwasher"
    assert json.loads((tmp_path / CARD).read_text())["seed"] == 0
    with (tmp_path / ARRAYS).open("ab") as file:
        file.write(b"!")
    with pytest.raises(ModelError, match="not the file that the card describes"):
        load_model(tmp_path, encoder)
    (tmp_path / CARD).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path, encoder)


def test_the_packages_background_is_whole_and_survives_being_written(encoder: Encoder, tmp_path: Path) -> None:
    packed = load_background()
    assert len(packed) > 1000 and np.isfinite(packed.states).all()
    lengths = np.linalg.norm(packed.states.reshape(len(packed), 4, -1), axis=2)
    assert lengths == pytest.approx(np.ones_like(lengths), abs=0.02)
    few = encode([Example(text, OUT_OF_SCOPE) for text in OTHER_MATTERS], encoder).features
    save_background(tmp_path / "few.npz", few)
    again = load_background(tmp_path / "few.npz")
    assert isinstance(again, Features) and again.states == pytest.approx(few.states, abs=0.01)
    likeness = (again.spelled.astype(float) * few.spelled.astype(float)).sum(axis=1)
    assert likeness.min() > 0.99
    (tmp_path / "few.npz").write_bytes(b"no")
    with pytest.raises(ModelError):
        load_background(tmp_path / "few.npz")
