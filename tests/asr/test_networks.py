"""Our decoder against the packaged one: the same weights, the same words, whatever is read beside them."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnxruntime
import pytest

from assistant.asr.moonshine import model as module
from assistant.asr.moonshine.files import DECODER, ENCODER, model_files
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.networks import HEADS, LAYERS, WIDTH
from assistant.asr.moonshine.tree import ROOT, Tree
from assistant.asr.moonshine.vocabulary import BOS
from assistant.audio.frames import Floats
from assistant.testing.conformance.asr import ORDER, spoken

ALMOST, ROUGHLY = 0.35, 1.5
"""Largest difference of a log-probability, of tokens that could follow and of all: numbers are rounded to 256 steps,
whose size depends on what is read beside and, as the voice's sound does in its last bits, on the processor."""
POSSIBLE = -8.0
"""Log-probability of tokens that could follow: of the others together the beam keeps none."""


@cache
def model() -> MoonshineModel:
    return MoonshineModel()


@cache
def sound() -> Floats:
    return np.asarray(spoken(ORDER) / 32768, np.float32)


@cache
def written() -> list[int]:
    """The tokens of what is said, one by one."""
    tree, tokens = Tree(model(), model().encode(sound())), [BOS]
    while len(tokens) < 12:
        tokens.append(int(tree.read([len(tree) - 1], tokens[-1:])[0].logits.argmax()))
    return tokens


def surprise(logits: Floats) -> Floats:
    return np.asarray(logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max())


def packaged() -> Floats:
    """Logits of the packaged networks for the tokens of what is said."""
    files = model_files()
    encoder, decoder = (onnxruntime.InferenceSession(str(files[name])) for name in (ENCODER, DECODER))
    mask = np.ones((1, len(sound())), np.int64)
    hidden = encoder.run(None, {"input_values": sound()[None], "attention_mask": mask})[0]
    none = np.zeros((1, HEADS, 0, WIDTH), np.float32)
    past = {f"past_key_values.{n}.{side}.{kind}": none
            for n in range(LAYERS) for side in ("decoder", "encoder") for kind in ("key", "value")}
    feed = {"input_ids": np.array([written()], np.int64), "encoder_hidden_states": hidden,
            "encoder_attention_mask": mask, "use_cache_branch": np.array([False]), **past}
    logits: Floats = decoder.run(["logits"], feed)[0][0]
    return logits


def test_it_says_what_the_packaged_one_says() -> None:
    tree = Tree(model(), model().encode(sound()))
    places = tree.read(range(ROOT, len(written()) - 1), written())
    for place, logits in zip(places, packaged(), strict=True):
        ours, theirs = surprise(place.logits), surprise(logits)
        apart = np.abs(ours - theirs)
        assert apart[theirs > POSSIBLE].max() < ALMOST and apart.max() < ROUGHLY
        assert place.logits.argmax() == logits.argmax()


def test_what_is_read_beside_a_token_is_nothing_to_it() -> None:
    alone = Tree(model(), model().encode(sound()))
    beside = Tree(model(), model().encode(sound()))
    for tree in (alone, beside):
        tree.read([ROOT], [BOS])
    other = beside.read([0] * 5, range(500, 505))
    beside.read([place.number for place in other], range(700, 705))
    parent = 0
    for token, after in zip(written()[1:], written()[2:], strict=False):
        place = beside.read([parent, 3], [token, 900])[0]
        expected = alone.read([len(alone) - 1], [token])[0]
        assert place.logits.argmax() == expected.logits.argmax() == after
        assert abs(place.log_probability(after) - expected.log_probability(after)) < ALMOST
        parent = place.number


def test_weights_that_suit_the_processor_say_the_same_as_those_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = model()
    monkeypatch.setattr(module, "multiplies_signed", lambda: False)
    unsigned, signed = (
        Tree(made, made.encode(sound())).read(range(ROOT, len(written()) - 1), written())[-1].logits
        for made in (MoonshineModel(), as_it_is)
    )
    assert np.array_equal(signed, unsigned)


def test_more_tokens_than_there_was_room_for() -> None:
    tree = Tree(model(), model().encode(sound()))
    tree.read([ROOT], [BOS])
    tree.read([0] * 100, range(100, 200))
    last = tree.read([0], [written()[1]])[0]
    assert last.number == 101 and last.logits.argmax() == written()[2]
