"""Whisper and Moonshine through transformers, on tiny models with random weights: what they write is noise, but under
the grammar it must be a sentence, and its worth must be what the model says."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import LogitsProcessorList

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import BeamConfig, Found, Task, Tokens, compared
from assistant.asr.constrained.way import Way
from assistant.asr.fold import fold
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.processor import GrammarProcessor
from assistant.asr.transformers.recognizer import TransformersRecognizer
from assistant.asr.transformers.seq2seq import Seq2SeqSearcher
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import Abandoned, BackendError, ModelError
from assistant.grammar.base import Rule, TokenConstraint, Value, View
from assistant.grammar.grammar import Grammar
from tests.backends import tiny_models

MAKERS: dict[str, Callable[..., Any]] = {"whisper": tiny_models.whisper, "moonshine": tiny_models.moonshine}
EVERYTHING = BeamConfig(width=16, behind=math.inf, alternatives=math.inf, hopeless=math.inf)
"""Random weights believe in nothing: what is far behind must be kept all the same, in a beam that is wide."""
families = pytest.mark.parametrize("family", MAKERS)


@cache
def grammar() -> Grammar:
    made = Grammar()
    made.set_list("name", [Value("light", "light"), Value("kitchen light", "kitchen")])
    made.set_rules("home", [
        Rule("home", "TurnOn", ("turn on [the] {name}",)), Rule("home", "Close", ("close the blinds",)),
    ])
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Where a family's tiny model lies; made once."""
    @cache
    def made(family: str) -> Path:
        path = tmp_path_factory.mktemp(family)
        MAKERS[family](path)
        return path

    return made


def recognizer(folder: Path, **settings: Any) -> TransformersRecognizer:
    return TransformersRecognizer(TransformersConfig(str(folder), device="cpu", threads=1, **settings), grammar())


def sound(seconds: float = 4.0, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(0, 0.1, round(seconds * SAMPLE_RATE)).astype(np.float32)


def parts(folder: Path) -> tuple[Seq2SeqSearcher, TokenConstraint]:
    """The searcher of a folder's model, and the constraint of the test's grammar for it."""
    searcher: Any = recognizer(folder).searcher
    return searcher, grammar().constraint(searcher.pieces.grammar, View())


def by_hand(searcher: Seq2SeqSearcher, samples: Floats, tokens: Tokens, end: bool = True) -> float:
    """Log-probability of a text: the model is run once for each token, on all that came before it."""
    written, total = list(searcher.family.prompt), 0.0
    with torch.no_grad():
        encoded = searcher.model.get_encoder()(searcher.family.inputs(samples))
        for token in [*tokens, *[searcher.pieces.eos] * end]:
            fed = torch.tensor([written])
            logits = searcher.model(encoder_outputs=encoded, decoder_input_ids=fed, use_cache=False).logits[0, -1]
            total += float(logits.log_softmax(-1)[token])
            written.append(token)
    return total


def check_worth(searcher: Seq2SeqSearcher, samples: Floats, found: Found) -> None:
    for sentence in found.sentences[:3]:
        assert sentence.score == pytest.approx(by_hand(searcher, samples, sentence.draft), abs=1e-3)


@families
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_heard_a_sentence_is_written(
    folder: Callable[[str], Path], family: str, seed: int
) -> None:
    searcher, constraint = parts(folder(family))
    found = searcher.hear(sound(seed=seed), ()).find(Task(EVERYTHING, constraint))
    assert found.sentences
    for sentence in found.sentences:
        state = constraint.advance(constraint.start, searcher.text(sentence.tokens))
        assert state is not None and sentence.final is constraint.is_final(state)
        assert sentence.final or constraint.can_go_on(state)
        assert sentence.text == fold(searcher.text(sentence.tokens))
    worth = [compared(sentence.score, len(found.free) - len(sentence.tokens)) for sentence in found.sentences]
    assert worth == sorted(worth, reverse=True)
    assert len({sentence.text for sentence in found.sentences}) == len(found.sentences)


@families
def test_sentences_and_free_text_are_worth_what_the_model_says(folder: Callable[[str], Path], family: str) -> None:
    samples = sound(1.5)
    searcher, constraint = parts(folder(family))
    found = searcher.hear(samples, ()).find(Task(EVERYTHING, constraint))
    check_worth(searcher, samples, found)
    # Noise never ends: what was cut off at the limit has no end to be worth something.
    assert len(found.free) == round(1.5 * 7) + 6
    assert found.free_score == pytest.approx(by_hand(searcher, samples, found.free, end=False), abs=1e-3)


@families
def test_after_a_prefix_only_the_rest_is_the_sentence(folder: Callable[[str], Path], family: str) -> None:
    samples = sound(4.0)
    searcher, constraint = parts(folder(family))
    phrase = PhraseConstraint("on", searcher.pieces)
    found = searcher.hear(samples, ()).find(Task(EVERYTHING, constraint, phrase))
    check_worth(searcher, samples, found)
    assert found.sentences
    for sentence in found.sentences:
        assert constraint.advance(constraint.start, searcher.text(sentence.tokens)) is not None
        before = sentence.draft[: len(sentence.draft) - len(sentence.tokens)]
        assert fold(searcher.text(before)).replace(" ", "") == "on"
    assert fold(searcher.text(found.free_draft)).replace(" ", "").startswith("on")
    since = len(found.free_draft) - len(found.free)
    prefix = by_hand(searcher, samples, found.free_draft[:since], end=False)
    assert found.prefix_score == pytest.approx(prefix, abs=1e-3)


@families
@pytest.mark.parametrize("tokens", [0, 3, 12])
def test_a_text_that_nobody_waits_for_ends_at_the_next_token(
    folder: Callable[[str], Path], family: str, tokens: int
) -> None:
    searcher, constraint = parts(folder(family))
    asked = iter([False] * tokens + [True])
    with pytest.raises(Abandoned):
        searcher.hear(sound(1.0), ()).find(Task(EVERYTHING, constraint, given_up=lambda: next(asked)))


def test_the_processor_leaves_the_scores_of_what_may_follow(folder: Callable[[str], Path]) -> None:
    searcher, constraint = parts(folder("whisper"))
    way, prompt, eos = Way(constraint), searcher.family.prompt, searcher.pieces.eos
    on = next(token for token, piece in enumerate(searcher.pieces.pieces) if piece == " turn")
    rows = torch.tensor([[*prompt, on], [*prompt, eos], [*prompt, 3]])
    scores = torch.randn(3, len(searcher.pieces.pieces))
    cut = LogitsProcessorList([GrammarProcessor(way, len(prompt), eos)])(rows, scores)
    state = way.follow(way.start, on)
    assert state is not None
    allowed = way.allowed(state)
    assert allowed is not None and torch.equal(cut[0, allowed], scores[0, allowed])
    assert int(cut[0].isfinite().sum()) == len(allowed) + way.may_end(state)
    assert not cut[1:].isfinite().any()


def test_a_suppressed_token_is_never_written(folder: Callable[[str], Path], tmp_path: Path) -> None:
    model = tiny_models.whisper(tmp_path)
    searcher, _ = parts(tmp_path)
    free = searcher.hear(sound(), ()).find(Task(EVERYTHING)).free
    model.generation_config.suppress_tokens = sorted(set(free))
    model.generation_config.save_pretrained(tmp_path)
    searcher, _ = parts(tmp_path)
    assert not set(searcher.hear(sound(), ()).find(Task(EVERYTHING)).free) & set(free)


def test_a_whisper_of_many_languages_is_told_which(tmp_path: Path) -> None:
    tiny_models.whisper(tmp_path, languages=("en", "de"))
    searcher: Any = recognizer(tmp_path, language="de").searcher
    names = [searcher.pieces.id(name) for name in ("<|startoftranscript|>", "<|de|>", "<|transcribe|>")]
    assert list(searcher.family.prompt[:3]) == names
    with pytest.raises(BackendError, match="language 'xx'"):
        recognizer(tmp_path, language="xx")


@families
def test_special_tokens_and_bytes_are_no_part_of_a_sentence(folder: Callable[[str], Path], family: str) -> None:
    pieces = parts(folder(family))[0].pieces
    assert " turn" in pieces.pieces and "t" in pieces.pieces
    assert not any("<" in piece and ">" in piece for piece in pieces.pieces)
    assert all(piece.isascii() and piece.isprintable() for piece in pieces.pieces)


@families
@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_what_is_missing_is_named(folder: Callable[[str], Path], family: str, name: str, tmp_path: Path) -> None:
    copy(folder(family), tmp_path, leave_out=name)
    with pytest.raises(ModelError, match=f"{name} is missing"):
        recognizer(tmp_path)


@families
@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_file_is_said_to_be(folder: Callable[[str], Path], family: str, name: str, tmp_path: Path) -> None:
    copy(folder(family), tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=r"cannot be (read|loaded)"):
        recognizer(tmp_path)


@families
def test_files_of_two_models_are_told_apart(folder: Callable[[str], Path], family: str, tmp_path: Path) -> None:
    copy(folder(family), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    layers = "decoder_layers" if family == "whisper" else "decoder_num_hidden_layers"
    config[layers] = config.get(layers, 2) + 1
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="weights"):
        recognizer(tmp_path)


def test_a_tokenizer_of_another_model_is_named(folder: Callable[[str], Path], tmp_path: Path) -> None:
    copy(folder("moonshine"), tmp_path)
    tiny_models.big_tokenizer().save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ModelError, match=r"knows \d+ tokens, the model"):
        recognizer(tmp_path)


def test_pickled_weights_are_not_opened(folder: Callable[[str], Path], tmp_path: Path) -> None:
    copy(folder("whisper"), tmp_path, leave_out="model.safetensors")
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch /tmp/ran'\ntR.")
    with pytest.raises(ModelError, match="pickled"):
        recognizer(tmp_path)


def test_another_kind_of_model_is_named(folder: Callable[[str], Path], tmp_path: Path) -> None:
    copy(folder("whisper"), tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError, match="type 'bert'"):
        recognizer(tmp_path)
    with pytest.raises(ModelError, match="no such folder"):
        recognizer(tmp_path / "nowhere")


def test_a_device_that_is_not_here_is_named(folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BackendError, match="CUDA"):
        TransformersRecognizer(TransformersConfig(str(folder("whisper")), device="cuda"))


@families
def test_half_precision_writes_sentences_too(folder: Callable[[str], Path], family: str) -> None:
    searcher: Any = recognizer(folder(family), dtype="bfloat16").searcher
    assert searcher.model.dtype is torch.bfloat16
    constraint = grammar().constraint(searcher.pieces.grammar, View())
    found = searcher.hear(sound(), ()).find(Task(EVERYTHING, constraint))
    assert found.sentences and all(math.isfinite(sentence.score) for sentence in found.sentences)


def copy(there: Path, here: Path, leave_out: str = "") -> None:
    for file in there.iterdir():
        if file.name != leave_out:
            (here / file.name).write_bytes(file.read_bytes())
