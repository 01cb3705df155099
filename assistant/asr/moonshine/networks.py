"""Moonshine's decoder as two networks of our own, around the weights of the packaged one.

The packaged decoder reads one row of tokens for each hypothesis. Ours reads tokens of any hypotheses at once: each says
what it follows by its position and by what it may look at (a *tree*), so hypotheses share what they have in common and
the sound's keys and values. The weights are the same, and so is what they are multiplied by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.onnx.build import MICROSOFT, NetworkBuilder
from assistant.onnx.ortfile import OrtFile

LAYERS, HEADS, WIDTH = 6, 8, 36
HIDDEN, INNER, WORDS = HEADS * WIDTH, 1152, 32_768
ROTATED = 32
"""Numbers of a head that tell the position."""
POSITIONS = 1024
"""Tokens of a text at most: two minutes and a half of speech, many times a window."""
UNSEEN = np.float32(-1e9)
"""Added to the attention to a token that is not on the way."""
EPSILON = 1e-5

EMBEDDING = "model.decoder.embed_tokens.weight_merged_0_"
NORM = "model.decoder.{}.weight_merged_0"
BIAS = "model.decoder.layers.{layer}.mlp.{part}.bias_merged_0"
LOGITS = "logits"
PROJECTION = "/model/decoder/layers.{layer}/{part}_proj/MatMul_output_0"
INNER_PRODUCT = "/model/decoder/layers.{layer}/mlp/{part}/Add_output_0"


def sound_network(file: OrtFile) -> bytes:
    """``hidden`` float32[1, frames, 288] to the keys and values ``sound.N.key`` float32[1, 8, frames, 36]."""
    net = _Network(file)
    hidden = net.builder.input("hidden", "float32", [1, "frames", HIDDEN])
    parts = [(layer, kind) for layer in range(LAYERS) for kind in ("key", "value")]
    sources = [PROJECTION.format(layer=layer, part=f"encoder_attn/{kind[0]}") for layer, kind in parts]
    both = net.product("all", hidden, sources)
    columns = [f"columns.{layer}.{kind}" for layer, kind in parts]
    net.builder.node("Split", [both, net.builder.weight("sizes", np.full(len(parts), HIDDEN))], columns, axis=2)
    shape = net.builder.weight("heads", np.array([0, 0, HEADS, WIDTH]))
    for (layer, kind), column in zip(parts, columns, strict=True):
        net.builder.node("Reshape", [column, shape], [f"{column}.heads"])
        name = f"sound.{layer}.{kind}"
        net.builder.node("Transpose", [f"{column}.heads"], [name], perm=[0, 2, 1, 3])
        net.builder.output(name, "float32", [1, HEADS, "frames", WIDTH])
    return net.builder.model()


def token_network(file: OrtFile) -> bytes:
    """Tokens to the logits of what follows each.

    Inputs: ``tokens`` and ``positions`` int64[1, n]; ``mask`` float32[1, 1, n, past + n], added to what each token's
    attention gives to those before it and to itself; ``past.N.key`` and ``past.N.value`` float32[1, 8, past, 36];
    ``sound.N.key`` and ``sound.N.value`` float32[1, 8, frames, 36]. Outputs: ``logits`` float32[1, n, 32768];
    ``present.N.key`` and so on, the past with the new tokens; ``question.N`` float32[1, n, 288], what each layer asks
    of the sound.
    """
    net = _Network(file)
    builder = net.builder
    tokens = builder.input("tokens", "int64", [1, "n"])
    builder.input("positions", "int64", [1, "n"])
    builder.input("mask", "float32", [1, 1, "n", "all"])
    builder.output(LOGITS, "float32", [1, "n", WORDS])
    angles = np.arange(POSITIONS)[:, None] * 10_000.0 ** (-np.arange(ROTATED // 2) / (ROTATED // 2))
    builder.weight("cosines", np.cos(angles).astype(np.float32))
    builder.weight("sines", np.sin(angles).astype(np.float32))
    builder.weight("thirds", np.full(3, HIDDEN))
    builder.weight("halves", np.full(2, INNER))
    builder.weight("nothing", np.zeros(HIDDEN, np.float32))
    stream = net.embedding(tokens)
    norm = builder.weight("norm.first", file.weight(NORM.format("layers.0.input_layernorm")))
    normed = builder.node("LayerNormalization", [stream, norm], ["normed"], axis=2, epsilon=EPSILON)
    for layer in range(LAYERS):
        after = f"layers.{layer + 1}.input_layernorm" if layer + 1 < LAYERS else "norm"
        stream, normed = _layer(net, layer, stream, normed, after)
    net.product(LOGITS, normed, [LOGITS])
    return builder.model()


def _layer(net: _Network, layer: int, stream: str, normed: str, after: str) -> tuple[str, str]:
    own = _own_attention(net, layer, normed)
    stream, normed = net.add(stream, own, f"layers.{layer}.post_attention_layernorm")
    heard = _attention_to_sound(net, layer, normed)
    stream, normed = net.add(stream, heard, f"layers.{layer}.final_layernorm")
    return net.add(stream, _inner(net, layer, normed), after)


def _own_attention(net: _Network, layer: int, normed: str) -> str:
    name, builder = f"{layer}.own.", net.builder
    sources = [PROJECTION.format(layer=layer, part=f"self_attn/{part}") for part in "qkv"]
    parts = [name + "query", name + "key", name + "value"]
    builder.node("Split", [net.product(name + "all", normed, sources), "thirds"], parts, axis=2)
    turned = [
        builder.node(
            "RotaryEmbedding", [part, "positions", "cosines", "sines"], [part + ".turned"], MICROSOFT,
            interleaved=1, num_heads=HEADS, rotary_embedding_dim=ROTATED,
        )
        for part in parts[:2]
    ]
    past, present = ([f"{time}.{layer}.{kind}" for kind in ("key", "value")] for time in ("past", "present"))
    for before, now in zip(past, present, strict=True):
        builder.input(before, "float32", [1, HEADS, "past", WIDTH])
        builder.output(now, "float32", [1, HEADS, "all", WIDTH])
    seen = builder.node(
        "MultiHeadAttention", [*turned, parts[2], "", "", "mask", *past], [name + "seen", *present], MICROSOFT,
        num_heads=HEADS,
    )
    return net.product(name + "out", seen, [PROJECTION.format(layer=layer, part="self_attn/o")])


def _attention_to_sound(net: _Network, layer: int, normed: str) -> str:
    name, builder = f"{layer}.sound.", net.builder
    question = net.product(f"question.{layer}", normed, [PROJECTION.format(layer=layer, part="encoder_attn/q")])
    builder.output(question, "float32", [1, "n", HIDDEN])
    sound = [builder.input(f"sound.{layer}.{kind}", "float32", [1, HEADS, "frames", WIDTH])
             for kind in ("key", "value")]
    heard = builder.node("MultiHeadAttention", [question, *sound], [name + "heard"], MICROSOFT, num_heads=HEADS)
    return net.product(name + "out", heard, [PROJECTION.format(layer=layer, part="encoder_attn/o")])


def _inner(net: _Network, layer: int, normed: str) -> str:
    name, builder = f"{layer}.inner.", net.builder
    wide = net.product(name + "wide", normed, [INNER_PRODUCT.format(layer=layer, part="fc1")],
                       BIAS.format(layer=layer, part="fc1"))
    content, gate = name + "content", name + "gate"
    builder.node("Split", [wide, "halves"], [content, gate], axis=2)
    opened = builder.node("QuickGelu", [gate], [name + "opened"], MICROSOFT, alpha=1.0)
    product = builder.node("Mul", [content, opened], [name + "product"])
    return net.product(name + "out", product, [INNER_PRODUCT.format(layer=layer, part="fc2")],
                       BIAS.format(layer=layer, part="fc2"))


class _Network:
    """A network under construction, with the packaged one's weights at hand."""

    def __init__(self, file: OrtFile) -> None:
        self.builder = NetworkBuilder()
        self._file = file

    def embedding(self, tokens: str) -> str:
        table, scale, zero = (
            self.builder.weight(f"embedding.{part}", self._file.weight(EMBEDDING + part))
            for part in ("quantized", "scale", "zero_point")
        )
        row = self.builder.node("Gather", [table, tokens], ["embedding.row"])
        return self.builder.node("DequantizeLinear", [row, scale, zero], ["embedded"])

    def product(self, name: str, left: str, sources: Sequence[str], bias: str = "") -> str:
        """Multiply by matrices of the packaged network, side by side; those of the tensors that ``sources`` names."""
        matrix, scale, zero = _side_by_side([self._quantized(source) for source in sources])
        inputs = [left, self.builder.weight(f"{name}.matrix", matrix), self.builder.weight(f"{name}.scale", scale),
                  self.builder.weight(f"{name}.zero", zero)]
        if bias:
            inputs.append(self.builder.weight(f"{name}.bias", self._file.weight(bias)))
        return self.builder.node("DynamicQuantizeMatMul", inputs, [name], MICROSOFT)

    def add(self, stream: str, change: str, norm: str) -> tuple[str, str]:
        """The stream with a change, and that normed."""
        weight = self.builder.weight(f"norm.{norm}", self._file.weight(NORM.format(norm)))
        changed, normed = f"{norm}.stream", f"{norm}.normed"
        self.builder.node("SkipLayerNormalization", [stream, change, weight, "nothing"], [normed, "", "", changed],
                          MICROSOFT, epsilon=EPSILON)
        return changed, normed

    def _quantized(self, source: str) -> tuple[npt.NDArray[Any], ...]:
        product = self._file.products[source]
        return tuple(map(self._file.weight, (product.matrix, product.scale, product.zero)))


def _side_by_side(parts: list[tuple[npt.NDArray[Any], ...]]) -> tuple[npt.NDArray[Any], ...]:
    if len(parts) == 1:
        return parts[0]
    widths = [matrix.shape[1] for matrix, _, _ in parts]
    matrices, scales, zeros = zip(*parts, strict=True)
    return np.concatenate(matrices, 1), np.repeat(np.array(scales), widths), np.repeat(np.array(zeros), widths)
