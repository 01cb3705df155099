"""More outputs for an ONNX network, without the package ``onnx``.

Two protobuf messages one behind the other are one message with the repeated fields of both: a graph that holds nothing
but outputs, appended to a model, adds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable

# Field numbers of onnx.proto3.
MODEL_GRAPH, GRAPH_OUTPUT = 7, 12
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR = 1, 2, 1
FLOAT_ELEMENT = bytes([1 << 3, 1])


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The model with hidden single-precision tensors as outputs, behind those that it has."""
    kind = _field(VALUE_TYPE, _field(TYPE_TENSOR, FLOAT_ELEMENT))
    outputs = b"".join(_field(GRAPH_OUTPUT, _field(VALUE_NAME, name.encode()) + kind) for name in names)
    return model + _field(MODEL_GRAPH, outputs)


def _field(number: int, body: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
