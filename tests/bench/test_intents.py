"""What the intents benchmark counts, and in whose words orders are compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.bench.intent_links import Settled, links, skills_grammar
from assistant.bench.intent_score import Said, Taken, figures, plain
from assistant.bench.intents import bench, drawn, read_said
from assistant.errors import ConfigError
from assistant.home.schema import Household
from assistant.home_assistant.translate import in_home_assistants_words
from assistant.paths import shipped_dir


def test_what_is_counted() -> None:
    said = [Said("a", "On", {"area": "Hall"}), Said("b", "Off", {"area": "hall", "brightness": 50}), Said("c", "On"),
            Said("d", "oos"), Said("e", "oos"), Said("f", "oos")]
    taken = [Taken("On", {"area": "hall"}, False), Taken("Off", {"area": "attic", "brightness": 50.0}, False, True),
             Taken("Off"), Taken("On", skill="home"), Taken("On", {}, False), Taken("On", {}, False, True, "home")]
    keys = figures(said, taken, [0.001] * 6)
    value = {key: found["value"] for key, found in keys.items()}
    assert value["intent_accuracy"] == pytest.approx(2 / 3), "a refusal does not undo the guess"
    assert value["exact"] == pytest.approx(1 / 3) and value["slot_f1"] == pytest.approx(2 * 2 / (3 + 3))
    assert value["oos_recall"] == pytest.approx(1 / 3) and value["oos_acted_on"] == pytest.approx(1 / 3)
    assert value["oos_for_home"] == pytest.approx(1 / 3), "what is refused is not taken, what is asked about is"
    assert value["refused_in_scope"] == value["asked_in_scope"] == pytest.approx(1 / 3)
    assert value["p50_ms"] == pytest.approx(1.0) and keys["intent_accuracy"]["n"] == 3 and keys["oos_recall"]["n"] == 3


def test_one_thing_written_in_several_ways_is_one() -> None:
    assert plain({"area": "Living_Room", "brightness": "50.0", "domain": ["light"]}) == plain(
        {"area": "living  room", "brightness": 50, "domain": "light", "name": None})


@pytest.mark.parametrize(("text", "intent", "slots"), [
    ("turn on the lights in the kitchen", "HassTurnOn", {"area": "kitchen", "domain": "light"}),
    ("turn off the kitchen light", "HassTurnOff", {"area": "kitchen", "domain": "light"}),
    ("set the floor lamp to 40 percent", "HassLightSet", {"name": "floor lamp", "brightness": 40}),
    ("make the floor lamp red", "HassLightSet", {"name": "floor lamp", "color": "red"}),
    ("close the blinds in the bedroom", "HassTurnOff", {"area": "bedroom", "domain": "cover", "device_class": "blind"}),
    ("lock the front door", "HassTurnOn", {"name": "front door"}),
    ("turn off the fan", "HassTurnOff", {"domain": "fan"}),
    ("set the bedroom fan to 40 percent", "HassFanSetSpeed", {"area": "bedroom", "domain": "fan", "percentage": 40}),
    ("set a timer for 90 seconds", "HassStartTimer", {"minutes": 1, "seconds": 30}),
    ("what time is it", "HassGetCurrentTime", {}),
])
def test_orders_bear_home_assistants_names(text: str, intent: str, slots: dict[str, object]) -> None:
    settled = Settled(Household.load(shipped_dir() / "configs" / "home.yaml"))
    grammar = _grammar(settled)
    found = in_home_assistants_words(grammar.match(text)[0], settled.devices)
    assert (found[0], plain(found[1])) == (intent, plain(slots))


_known: list[object] = []


def _grammar(settled: Settled):  # type: ignore[no-untyped-def]
    if not _known:
        _known.append(skills_grammar(settled))
    return _known[0]


def test_the_grammar_is_measured_on_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "said.tsv").write_text(
        "text\tintent\tslots\n"
        'turn on the lights in the kitchen\tHassTurnOn\t{"area": "kitchen", "domain": "light"}\n'
        "what time is it\tHassGetCurrentTime\t\n"
        "order me a pizza\toos\t\n", "utf-8")
    bench([tmp_path / "said.tsv"], link=["grammar"], json_file=tmp_path / "out.json")
    told = json.loads((tmp_path / "out.json").read_text())
    for key in ("exact", "intent_accuracy", "slot_f1", "oos_recall"):
        assert told[key] == told[f"{key}_grammar"] == 1.0, key
    assert told["refused_in_scope"] == 0.0 and told["exact_n"] == 2 and told["oos_recall_n"] == 1
    assert 0 < told["p50_ms"] <= told["p95_ms"] and told["machine"]
    printed = capsys.readouterr().out
    assert printed.count("intent right") == printed.count("every slot right") == 1, "each figure is printed once"
    assert "intent_accuracy" not in printed


def test_a_corpus_is_learned_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    things = ("apples", "two cars", "old boats", "his house", "tea")
    taught = [{"text": f"{verb} {what} please", "intent": verb, "slots": {"what": what}}
              for verb in ("buy", "sell", "lend", "paint") for what in things]
    (tmp_path / "taught.json").write_text(json.dumps(taught))
    asked = [{"text": "please sell his boats", "intent": "sell", "slots": {"what": "his boats"}}, ["paint it", "paint"]]
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    bench([tmp_path / "asked.json"], train=[tmp_path / "taught.json"], json_file=tmp_path / "out.json")
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["intent_accuracy_trained"] == 1.0 and told["intent_accuracy_n"] == 2 and "oos_recall" not in told
    assert "loss" not in "".join(capsys.readouterr()), "passes are shown while they last"


def test_sentences_are_drawn_in_their_order_and_may_all_be_out_of_scope(tmp_path: Path) -> None:
    (tmp_path / "said.json").write_text(json.dumps([[f"sentence {n}", "a" if n % 2 else "b"] for n in range(20)]))
    said = read_said([tmp_path / "said.json"], outside=True, without={"b"})
    assert len(said) == 10 and {one.intent for one in said} == {"oos"}
    few = drawn(said, 4)
    assert len(few) == 4 and few == sorted(few, key=lambda one: int(one.text.split()[1]))
    with pytest.raises(ConfigError, match="holds no sentence"):
        read_said([tmp_path / "said.json"], without={"a", "b"})


def test_a_link_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="no link 'gramar'"):
        links(["gramar"], None, [], None, print)
