"""Wav2Vec2 through transformers, on a tiny model with random weights."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import BeamConfig, Task, Tokens
from assistant.asr.fold import fold
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.recognizer import TransformersRecognizer
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import ModelError
from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from tests.backends import tiny_models

EVERYTHING = BeamConfig(width=8, behind=math.inf, alternatives=math.inf, hopeless=math.inf)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wav2vec2")
    tiny_models.wav2vec2(path)
    return path


def grammar() -> Grammar:
    made = Grammar()
    made.set_rules("home", [Rule("home", "Do", ("turn on the (light|fan)", "close the blinds"))])
    return made


def recognizer(folder: Path) -> TransformersRecognizer:
    return TransformersRecognizer(TransformersConfig(str(folder), device="cpu", threads=1), grammar())


def noise(seconds: float = 3.0) -> Pcm:
    return np.random.default_rng(1).normal(0, 3000, round(seconds * SAMPLE_RATE)).astype(np.int16)


def by_hand(folder: Path, sound: Floats, tokens: Tokens) -> float:
    """Log-probability of a text as torch's own loss has it."""
    from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

    inputs = Wav2Vec2FeatureExtractor.from_pretrained(folder)(sound, sampling_rate=SAMPLE_RATE, return_tensors="pt")
    with torch.no_grad():
        logs = Wav2Vec2ForCTC.from_pretrained(folder)(inputs.input_values).logits.log_softmax(-1).transpose(0, 1)
    lengths = torch.tensor([len(logs)]), torch.tensor([len(tokens)])
    return -float(torch.nn.functional.ctc_loss(logs, torch.tensor([tokens]), *lengths, blank=0, reduction="sum"))


def test_sentences_and_free_text_are_worth_what_the_model_says(folder: Path) -> None:
    sound = np.divide(noise(), 32768, dtype=np.float32)
    searcher: Any = recognizer(folder).searcher
    constraint = grammar().constraint(searcher.pieces.grammar, View())
    phrase = PhraseConstraint("hey nova", searcher.pieces)
    for prefix in (None, phrase):
        found = searcher.hear(sound, ()).find(Task(EVERYTHING, constraint, prefix))
        assert any(sentence.final for sentence in found.sentences)
        for sentence in found.sentences:
            assert sentence.score == pytest.approx(by_hand(folder, sound, sentence.draft), rel=1e-4)
            state = constraint.advance(constraint.start, searcher.text(sentence.tokens))
            assert state is not None and (constraint.is_final(state) or constraint.can_go_on(state))
        assert found.free_score == pytest.approx(by_hand(folder, sound, found.free_draft), rel=1e-4)
        before = searcher.text(found.free_draft[: len(found.free_draft) - len(found.free)])
        assert fold(before).replace(" ", "") == ("heynova" if prefix else "")


def test_capitals_come_out_as_small_letters(folder: Path) -> None:
    searcher: Any = recognizer(folder).searcher
    tokens = tuple(searcher.pieces.pieces.index(letter) for letter in " HEY NOVA")
    assert searcher.text(tokens) == "hey nova"


def test_a_stream_reads_what_it_was_fed(folder: Path) -> None:
    stream = recognizer(folder).stream(View())
    pcm = noise()
    stream.feed(pcm, 48_000)
    hypothesis = stream.decode()
    assert (hypothesis.start, hypothesis.end) == (48_000, 48_000 + len(pcm))
    assert hypothesis.free_text and set(hypothesis.seconds) == {"encode", "decode"}
    half = stream.decode(48_000 + len(pcm) // 2)
    assert half.end == 48_000 + len(pcm) // 2 and half.free_text != hypothesis.free_text
    assert stream.decode().free_text == hypothesis.free_text


def test_a_vocabulary_of_another_model_is_named(tmp_path: Path) -> None:
    tiny_models.wav2vec2(tmp_path)
    vocabulary = json.loads((tmp_path / "vocab.json").read_text())
    (tmp_path / "vocab.json").write_text(json.dumps({**vocabulary, "\u00e4": 99}))
    with pytest.raises(ModelError, match="33 letters are not those of a network with 32 outputs"):
        recognizer(tmp_path)
    (tmp_path / "vocab.json").unlink()
    with pytest.raises(ModelError, match=r"vocab\.json is missing"):
        recognizer(tmp_path)


def test_a_network_without_letters_is_named(tmp_path: Path) -> None:
    """One that was trained on sound alone has no layer for letters: transformers would make one up."""
    model = tiny_models.wav2vec2(tmp_path)
    model.wav2vec2.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"lacks .* lm_head"):
        recognizer(tmp_path)
