"""The encoder gives what it says, for one sentence as for many, and refuses a file that is not its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.nlu import encoder as module
from assistant.nlu.encoder import MOST_PIECES, SENTENCE_LAYERS, WIDTH, Encoder


def test_layers_and_pieces(encoder: Encoder) -> None:
    found = encoder.encode("Dim the lavalamps")
    assert found.sentence.shape == (len(SENTENCE_LAYERS) * WIDTH,)
    assert np.linalg.norm(found.sentence.reshape(-1, WIDTH), axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert len(found.pieces) == len(found.offsets) > 3, "the long word is no pieces"
    assert found.offsets[0] == (0, 3) and found.offsets[-1][1] == 17


def test_a_batch_is_its_sentences(encoder: Encoder) -> None:
    texts = ["stop", "turn on the light in the hall", "what is the weather like in paris tomorrow"]
    for text, found in zip(texts, encoder.encode_all(texts), strict=True):
        assert found.sentence == pytest.approx(encoder.encode(text).sentence, abs=1e-3)


def test_meanings_lie_near_each_other(encoder: Encoder) -> None:
    one, same, other = encoder.encode_all(["turn the lamp on", "switch on the light", "who won the cup in 1966"])
    assert one.sentence @ same.sentence > one.sentence @ other.sentence + 0.5


def test_a_long_sentence_is_cut_and_none_is_no_crash(encoder: Encoder) -> None:
    assert len(encoder.encode("light " * 500).pieces) == MOST_PIECES - 2
    assert len(encoder.encode("").pieces) == 0


def test_another_tokenizer_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    monkeypatch.setattr(module, "TOKENIZER", tmp_path / "tokenizer.json")
    with pytest.raises(ModelError, match="damaged"):
        Encoder()
