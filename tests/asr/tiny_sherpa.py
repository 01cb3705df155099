"""Tiny models in the formats of sherpa-onnx's families. A low tone is the word "yes", a high one "please"."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, helper, numpy_helper, save

from assistant.audio.frames import SAMPLE_RATE, Pcm

MELS, LOW, HIGH = 80, 15, 60
"""Mel bands, and the bands of the tones."""
LOW_HZ, HIGH_HZ = 500, 4_000
STEEP = 3.0
"""Logits for each unit of the difference between the bands."""
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
Array = npt.NDArray[Any]


def tones() -> Pcm:
    """The two words, with silence around them and between."""
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    low, high = (np.sin(2 * np.pi * hertz * time) * 8_000 for hertz in (LOW_HZ, HIGH_HZ))
    pause = np.zeros(SAMPLE_RATE // 2)
    return np.concatenate([pause, low, pause, high, pause]).astype(np.int16)


def graph(
    path: Path, nodes: list[Any], inputs: dict[str, tuple[int, list[Any]]], outputs: dict[str, tuple[int, list[Any]]],
    constants: dict[str, Array], metadata: dict[str, object],
) -> None:
    """Write a graph."""
    def values(of: dict[str, tuple[int, list[Any]]]) -> list[Any]:
        return [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in of.items()]

    held = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    made = helper.make_graph(nodes, "tiny", values(inputs), values(outputs), held)
    model: ModelProto = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {name: str(value) for name, value in metadata.items()})
    save(model, str(path))


def spotting(blank: int, least: float) -> tuple[Array, Array]:
    """Weights [mels, tokens] and bias of logits that tell the tones from each other and from silence.

    Args:
        least: difference between the bands from which a tone is heard.
    """
    weights = np.zeros((MELS, 3), np.float32)
    low, high = [token for token in range(3) if token != blank]
    for token, plus, minus in ((low, LOW, HIGH), (high, HIGH, LOW)):
        weights[plus - 3 : plus + 4, token] += STEEP / 7
        weights[minus - 3 : minus + 4, token] -= STEEP / 7
    bias = np.zeros(3, np.float32)
    bias[blank] = STEEP * least
    return weights, bias


def tokens(folder: Path, blank: int) -> None:
    """The table of tokens."""
    words = ["\u2581yes", "\u2581please"]
    words.insert(blank, "<blk>")
    lines = "".join(f"{word} {number}\n" for number, word in enumerate(words))
    (folder / "tokens.txt").write_text(lines, encoding="utf-8")


def nemo_ctc(folder: Path) -> None:
    """As NeMo's CTC models are: features [batch, mels, frames], normalised; the blank last."""
    weights, bias = spotting(blank=2, least=1.0)
    nodes = [
        helper.make_node("Transpose", ["audio_signal"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["frames", "weights"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["logprobs"], axis=-1),
        helper.make_node("Identity", ["length"], ["lengths"]),
    ]
    graph(
        folder / "model.onnx", nodes, {"audio_signal": (FLOAT, ["b", MELS, "t"]), "length": (INT64, ["b"])},
        {"logprobs": (FLOAT, ["b", "t", 3]), "lengths": (INT64, ["b"])}, {"weights": weights, "bias": bias},
        {"vocab_size": 2, "subsampling_factor": 1, "normalize_type": "per_feature", "is_giga_am": 0,
         "model_type": "EncDecCTCModelBPE"},
    )
    tokens(folder, blank=2)


def zipformer_ctc(folder: Path) -> None:
    """As icefall's CTC models are: features [batch, frames, mels]; the blank first."""
    weights, bias = spotting(blank=0, least=5.0)
    nodes = [
        helper.make_node("MatMul", ["x", "weights"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["log_probs"], axis=-1),
        helper.make_node("Identity", ["x_lens"], ["log_probs_len"]),
    ]
    graph(
        folder / "model.int8.onnx", nodes, {"x": (FLOAT, ["b", "t", MELS]), "x_lens": (INT64, ["b"])},
        {"log_probs": (FLOAT, ["b", "t", 3]), "log_probs_len": (INT64, ["b"])}, {"weights": weights, "bias": bias},
        {"model_type": "zipformer2_ctc", "vocab_size": 3, "version": 1},
    )
    tokens(folder, blank=0)


def transducer(folder: Path) -> None:
    """As icefall's transducers are: an encoder, a decoder of the last tokens, and a joiner that adds them.

    The decoder forbids the token that was written last, so a tone becomes one word.
    """
    weights, bias = spotting(blank=0, least=5.0)
    graph(
        folder / "encoder-epoch-1-avg-1.onnx",
        [helper.make_node("MatMul", ["x", "weights"], ["product"]),
         helper.make_node("Add", ["product", "bias"], ["encoder_out"]),
         helper.make_node("Identity", ["x_lens"], ["encoder_out_lens"])],
        {"x": (FLOAT, ["b", "t", MELS]), "x_lens": (INT64, ["b"])},
        {"encoder_out": (FLOAT, ["b", "t", 3]), "encoder_out_lens": (INT64, ["b"])},
        {"weights": weights, "bias": bias}, {"model_type": "zipformer2", "version": 1},
    )
    graph(
        folder / "decoder-epoch-1-avg-1.onnx",
        [helper.make_node("Slice", ["y", "from", "to", "axis"], ["last"]),
         helper.make_node("Gather", ["forbidden", "last"], ["rows"], axis=0),
         helper.make_node("Squeeze", ["rows", "axis"], ["decoder_out"])],
        {"y": (INT64, ["b", 2])}, {"decoder_out": (FLOAT, ["b", 3])},
        {"forbidden": np.diag([0.0, -1e3, -1e3]).astype(np.float32), "from": np.array([1]), "to": np.array([2]),
         "axis": np.array([1])},
        {"vocab_size": 3, "context_size": 2},
    )
    graph(
        folder / "joiner-epoch-1-avg-1.onnx", [helper.make_node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        {"encoder_out": (FLOAT, ["b", 3]), "decoder_out": (FLOAT, ["b", 3])}, {"logit": (FLOAT, ["b", 3])},
        {}, {"joiner_dim": 3},
    )
    tokens(folder, blank=0)


def whisper(folder: Path) -> None:
    """As Whisper's English models are; its decoder knows one sentence, which follows from the tokens before."""
    start, nothing, no_times, no_speech, end = range(5, 10)
    words = (" yes", " please", "!", " ", "?")
    width, layers, context = 4, 1, 448
    state = [layers, 1, "n", width]
    cache = (FLOAT, [layers, 1, context, width])
    graph(
        folder / "tiny.en-encoder.onnx",
        [helper.make_node("ReduceMean", ["mel"], ["mean"], axes=[1, 2], keepdims=0),
         helper.make_node("Reshape", ["mean", "one"], ["single"]),
         helper.make_node("Expand", ["single", "shape"], ["n_layer_cross_k"]),
         helper.make_node("Identity", ["n_layer_cross_k"], ["n_layer_cross_v"])],
        {"mel": (FLOAT, [1, MELS, "t"])}, {"n_layer_cross_k": (FLOAT, state), "n_layer_cross_v": (FLOAT, state)},
        {"one": np.array([1, 1, 1, 1]), "shape": np.array([layers, 1, 1500, width])},
        {"model_type": "whisper-tiny.en", "n_mels": MELS, "n_text_layer": layers, "n_text_ctx": context,
         "n_text_state": width, "n_vocab": 10, "sot": start, "eot": end, "blank_id": 3, "translate": nothing,
         "transcribe": nothing, "is_multilingual": 0, "no_timestamps": no_times, "no_speech": no_speech,
         "sot_sequence": f"{start}", "version": 1, "maintainer": "tests"},
    )
    follows = np.full((10, 10), -20.0, np.float32)
    for before, after in ((start, 0), (no_times, 0), (0, 1), (1, end)):
        follows[before, after] = 5.0
    graph(
        folder / "tiny.en-decoder.onnx",
        [helper.make_node("Gather", ["follows", "tokens"], ["free"], axis=0),
         helper.make_node("ReduceMean", ["n_layer_cross_k"], ["heard"], keepdims=0),
         helper.make_node("ReduceMean", ["n_layer_cross_v"], ["heard_v"], keepdims=0),
         helper.make_node("Cast", ["offset"], ["at"], to=FLOAT),
         helper.make_node("Sum", ["heard", "heard_v", "at"], ["rest"]),
         helper.make_node("Mul", ["rest", "zero"], ["none"]),
         helper.make_node("Add", ["free", "none"], ["logits"]),
         helper.make_node("Identity", ["in_n_layer_self_k_cache"], ["out_n_layer_self_k_cache"]),
         helper.make_node("Identity", ["in_n_layer_self_v_cache"], ["out_n_layer_self_v_cache"])],
        {"tokens": (INT64, [1, "n"]), "in_n_layer_self_k_cache": cache, "in_n_layer_self_v_cache": cache,
         "n_layer_cross_k": (FLOAT, state), "n_layer_cross_v": (FLOAT, state), "offset": (INT64, [1])},
        {"logits": (FLOAT, [1, "n", 10]), "out_n_layer_self_k_cache": cache, "out_n_layer_self_v_cache": cache},
        {"follows": follows, "zero": np.zeros(1, np.float32)}, {},
    )
    lines = (f"{base64.b64encode(word.encode()).decode()} {number}\n" for number, word in enumerate(words))
    (folder / "tiny.en-tokens.txt").write_text("".join(lines), encoding="utf-8")
