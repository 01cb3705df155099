"""Writes an ONNX network: its nodes, weights and ends."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.onnx import schema
from assistant.onnx.fields import BYTES, FIXED32, VARINT, Field, varint, write

IR_VERSION, OPERATORS, CONTRIBUTED = 9, 17, 1
"""Of the format, of its operators and of ONNX Runtime's own."""
MICROSOFT = "com.microsoft"

class NetworkBuilder:
    """A network, put together node by node. Tensors are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[Field] = []
        self._weights: list[Field] = []
        self._ends: list[Field] = []

    def input(self, name: str, element: str, shape: Sequence[int | str]) -> str:
        """A tensor that is given; dimensions of any size have a name."""
        self._ends.append((schema.GRAPH_INPUT, BYTES, schema.value(name, element, shape)))
        return name

    def output(self, name: str, element: str, shape: Sequence[int | str]) -> None:
        """A tensor that is wanted."""
        self._ends.append((schema.GRAPH_OUTPUT, BYTES, schema.value(name, element, shape)))

    def weight(self, name: str, value: npt.ArrayLike) -> str:
        """A constant."""
        array: npt.NDArray[np.generic] = np.ascontiguousarray(value).reshape(np.shape(value))
        self._weights.append((schema.GRAPH_INITIALIZER, BYTES, write([
            *((schema.TENSOR_DIMENSION, VARINT, varint(size)) for size in array.shape),
            (schema.TENSOR_TYPE, VARINT, varint(schema.ELEMENTS[array.dtype.name])),
            (schema.TENSOR_NAME, BYTES, name.encode()),
            (schema.TENSOR_CONTENT, BYTES, array.tobytes()),
        ])))
        return name

    def node(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "",
        **attributes: float | Sequence[int],
    ) -> str:
        """An operation; returns the name of its first output.

        Args:
            inputs: names of tensors; "" for one that is left out.
            domain: "" for ONNX's own operators, ``MICROSOFT`` for ONNX Runtime's.
        """
        self._nodes.append((schema.GRAPH_NODE, BYTES, write([
            *((schema.NODE_INPUT, BYTES, name.encode()) for name in inputs),
            *((schema.NODE_OUTPUT, BYTES, name.encode()) for name in outputs),
            (schema.NODE_OPERATOR, BYTES, operator.encode()),
            *((schema.NODE_ATTRIBUTE, BYTES, _attribute(name, value)) for name, value in attributes.items()),
            (schema.NODE_DOMAIN, BYTES, domain.encode()),
        ])))
        return outputs[0]

    def model(self) -> bytes:
        """The file."""
        graph = write([*self._nodes, (schema.GRAPH_NAME, BYTES, b"network"), *self._weights, *self._ends])
        return write([
            (schema.MODEL_VERSION, VARINT, varint(IR_VERSION)),
            (schema.MODEL_GRAPH, BYTES, graph),
            (schema.MODEL_OPERATORS, BYTES, _operators("", OPERATORS)),
            (schema.MODEL_OPERATORS, BYTES, _operators(MICROSOFT, CONTRIBUTED)),
        ])


def _operators(domain: str, version: int) -> bytes:
    return write([
        (schema.OPERATORS_DOMAIN, BYTES, domain.encode()), (schema.OPERATORS_VERSION, VARINT, varint(version)),
    ])


def _attribute(name: str, value: float | Sequence[int]) -> bytes:
    content: list[Field]
    if isinstance(value, int):
        content, kind = [(schema.ATTRIBUTE_INT, VARINT, varint(value))], schema.INT_ATTRIBUTE
    elif isinstance(value, float):
        content, kind = [(schema.ATTRIBUTE_FLOAT, FIXED32, struct.pack("<f", value))], schema.FLOAT_ATTRIBUTE
    else:
        content, kind = [(schema.ATTRIBUTE_INTS, VARINT, varint(one)) for one in value], schema.INTS_ATTRIBUTE
    return write([
        (schema.ATTRIBUTE_NAME, BYTES, name.encode()), *content, (schema.ATTRIBUTE_TYPE, VARINT, varint(kind)),
    ])
