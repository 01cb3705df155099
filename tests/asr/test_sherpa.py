"""sherpa-onnx: Moonshine as packaged, and tiny models of the other families in their real formats."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import onnx
import pytest

from assistant.asr.base import Recognizer
from assistant.asr.sherpa.families import model_in
from assistant.asr.sherpa.recognizer import SherpaOnnx, SherpaOnnxConfig
from assistant.errors import ModelError
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import AsrConformance, grammar, words
from tests.asr.tiny_sherpa import nemo_ctc, tones, transducer, whisper, zipformer_ctc

FAMILIES = {
    "from_nemo_ctc": nemo_ctc, "from_zipformer_ctc": zipformer_ctc, "from_transducer": transducer,
    "from_whisper": whisper,
}


@cache
def recognizer(grammar: Grammar | None) -> SherpaOnnx:
    return SherpaOnnx(SherpaOnnxConfig(threads=1), grammar=grammar)


class TestSherpaOnnx(AsrConformance):
    order = "switch off the kitchen light"

    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return recognizer(grammar)


@pytest.mark.parametrize("factory", FAMILIES)
def test_a_folder_says_its_family_and_its_model_is_heard(tmp_path: Path, factory: str) -> None:
    FAMILIES[factory](tmp_path)
    assert model_in(tmp_path).family.factory == factory
    made = SherpaOnnx(SherpaOnnxConfig(str(tmp_path), threads=1, surety=0.7), grammar=grammar())
    stream = made.stream(View(scopes=("yes_no",)))
    stream.feed(tones(), 0)
    hypothesis = stream.decode()
    assert words(hypothesis) == "yes please" and hypothesis.best is not None and hypothesis.best.complete
    if factory == "from_transducer":
        assert 0.7 < hypothesis.best.confidence < 1.0, "from the tokens' own probabilities"
    else:
        assert hypothesis.best.confidence == 0.7
    half = stream.decode(len(tones()) // 2).free_text
    if factory == "from_whisper":
        assert half == "yes please", "this one writes its sentence whatever it hears"
    elif factory != "from_nemo_ctc":  # whose features are normalised: half of a sound is another one
        assert half == "yes"
    assert 0 < made.capabilities.model_mb < 1


def test_of_two_files_of_a_part_the_settings_take_one(tmp_path: Path) -> None:
    nemo_ctc(tmp_path)
    (tmp_path / "model.int8.onnx").write_bytes((tmp_path / "model.onnx").read_bytes())
    assert model_in(tmp_path).files["model"].name == "model.int8.onnx"
    assert model_in(tmp_path, quantized=False).files["model"].name == "model.onnx"


def write(name: str, value: str = "") -> Callable[[Path], None]:
    """Write another property into the model, or none."""
    def spoil(folder: Path) -> None:
        graph = onnx.load(folder / "model.onnx")
        kept = {one.key: one.value for one in graph.metadata_props if one.key != name}
        del graph.metadata_props[:]
        onnx.helper.set_model_props(graph, {**kept, **({name: value} if value else {})})
        onnx.save(graph, folder / "model.onnx")
    return spoil


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "model.onnx").unlink(), r"no model of a family that is known \(unpack a model of"),
        (lambda folder: (folder / "tokens.txt").unlink(), r"no tokens\.txt beside the model"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"x" * 1000), r"model\.onnx: cannot be loaded"),
        (lambda folder: (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:500]), "cannot be"),
        (write("model_type", "paraformer"), "is of type 'paraformer', which is not known"),
        (write("model_type"), "does not say its type"),
        (write("vocab_size"), "vocab_size is not written into the model"),
        (lambda folder: (folder / "tokens.txt").write_text("yes 0\nplease\n"), r"tokens\.txt:2: is no token"),
        (lambda folder: (folder / "tokens.txt").write_text(""), r"tokens\.txt:1: is no token"),
        (lambda folder: (folder / "tokens.txt").write_text("yes 0\nplease 1\n"), "holds none of <blk>"),
        (lambda folder: (folder / "tokens.txt").write_bytes(b"\xff 0\n"), r"tokens\.txt: cannot be read"),
    ],
)
def test_what_is_wrong_with_a_model_is_said_and_the_process_goes_on(
    tmp_path: Path, spoil: Callable[[Path], object], message: str
) -> None:
    nemo_ctc(tmp_path)
    spoil(tmp_path)
    with pytest.raises(ModelError, match=message) as caught:
        SherpaOnnx(SherpaOnnxConfig(str(tmp_path), threads=1))
    assert str(tmp_path) in caught.value.where and caught.value.mend


def test_a_damaged_part_is_said_to_be(tmp_path: Path) -> None:
    transducer(tmp_path)
    (tmp_path / "joiner-epoch-1-avg-1.onnx").write_bytes(b"x" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        SherpaOnnx(SherpaOnnxConfig(str(tmp_path), threads=1))
    with pytest.raises(ModelError, match="no model of a family"):
        SherpaOnnx(SherpaOnnxConfig(str(tmp_path / "gone")))
    (tmp_path / "decoder-epoch-1-avg-1.onnx").write_bytes((tmp_path / "encoder-epoch-1-avg-1.onnx").read_bytes())
    with pytest.raises(ModelError, match=r"decoder-epoch-1-avg-1\.onnx: vocab_size, context_size are not written"):
        SherpaOnnx(SherpaOnnxConfig(str(tmp_path), threads=1))
