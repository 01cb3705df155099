"""The understanding recipe, end to end on a small corpus: it learns, goes on where it was, says what it is worth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.bench.intent_score import Said
from assistant.errors import ModelError
from assistant.nlu.corpora import read_examples
from assistant.nlu.model import CARD, load_model
from training.nlu.background import HOME_TOPICS, main, medoids, others
from training.nlu.lesson import FILE
from training.nlu.steps import CALIBRATION, CLASSIFIER
from training.nlu.train import Settings, judged, split, train

ORDERS = {"brew": "make me a cup of {}", "buy": "put {} on the list", "price": "how much does {} cost"}
THINGS = ("coffee", "green tea", "cocoa", "hot milk", "mint tea", "espresso", "lemonade", "soup", "cider", "broth")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    said = [{"text": sentence.format(thing), "intent": intent, "slots": {"thing": thing}}
            for intent, sentence in ORDERS.items() for thing in THINGS]
    said += [{"text": f"who was the {n}th king of france", "intent": "oos"} for n in range(4, 16)]
    (tmp_path / "corpus.json").write_text(json.dumps(said))
    return tmp_path / "corpus.json"


def test_it_learns_goes_on_and_is_judged(corpus: Path, tmp_path: Path) -> None:
    taught, kept = split(read_examples(corpus), 0.2, 0)
    assert len(kept) == 8 and not set(kept) & set(taught)
    out, told = tmp_path / "out", list[str]()
    settings = Settings(("corpus",), "", (), 0.2, 0)
    model = train(settings, taught, out, told.append)
    card = json.loads((out / CARD).read_text())
    assert card["seed"] == 0 and card["measured"]["examples"] == len(taught) and card["versions"]["numpy"]
    guess = model.guess("make me a cup of ginger tea")
    assert guess.intent == "brew" and [slot.name for slot in guess.slots] == ["thing"]
    keys = judged(model, [Said(one.text, one.intent, one.values()) for one in kept])
    assert keys["intent_accuracy"]["value"] == 1.0 and keys["slot_f1"]["value"] > 0.8

    (out / CARD).unlink()  # broken off before the model was written
    for name in (FILE, CALIBRATION, CLASSIFIER):
        assert (out / name).exists(), name
    told.clear()
    again = train(settings, taught, out, told.append)
    assert not any("intents: pass" in line or "kept out" in line for line in told), "it did whole steps again"
    for name, array in again.classifier.arrays().items():
        assert np.array_equal(array, load_model(out).classifier.arrays()[name])
    second = again.guess("make me a cup of ginger tea")
    assert (second.intent, second.slots) == (guess.intent, guess.slots)
    assert second.certainty == pytest.approx(guess.certainty, abs=1e-3)
    with pytest.raises(ModelError, match="other settings"):
        train(Settings(("corpus",), "", (), 0.2, 1), taught, out, told.append)
    (out / CARD).unlink()
    (out / CLASSIFIER).write_bytes(b"no")
    with pytest.raises(ModelError, match="is damaged"):
        train(settings, taught, out, told.append)


def test_the_background_is_made_without_the_homes_topics(corpus: Path, tmp_path: Path) -> None:
    clinc, snips = tmp_path / "clinc", tmp_path / "snips"
    clinc.mkdir()
    snips.mkdir()
    pairs = [[f"tell me fact {n} about {thing}", "facts"] for n in range(4) for thing in THINGS]
    (clinc / "train.json").write_text(json.dumps([*pairs, ["turn on the lights", "smart_home"]]))
    (clinc / "oos_train.json").write_text(json.dumps([["how is the moon lit", "oos"]]))
    data = [{"text": "rate "}, {"text": "this", "entity": "book"}, {"text": " five"}]
    (snips / "RateBook.json").write_text(json.dumps({"RateBook": [{"data": data}] * 3}))
    main(clinc, snips, tmp_path / "background.npz", count=12, most=100, seed=0)
    card = json.loads((tmp_path / "background.json").read_text())
    assert card["sentences"] == {"clinc150": 9, "snips": 3} and "smart_home" in card["without"]
    with np.load(tmp_path / "background.npz") as file:
        assert 8 <= len(file["states"]) <= 12 and file["states"].dtype == np.int8
    drawn = others(read_examples(clinc / "train.json"), 100, 0)
    assert len(drawn) == len(pairs) and not {one.intent for one in drawn} & set(HOME_TOPICS)


def test_medoids_stand_for_clusters() -> None:
    dice = np.random.default_rng(0)
    centres = np.eye(4, 16, dtype=np.float32) * 5
    points = np.concatenate([centre + dice.normal(0, 0.1, (30, 16)) for centre in centres]).astype(np.float32)
    chosen = medoids(points, 8, 0)
    assert {int(at) // 30 for at in chosen} == {0, 1, 2, 3}, "a cluster is left out"
