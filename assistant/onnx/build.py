"""Writes an ONNX network: its nodes, weights and ends (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.onnx.fields import BYTES, FIXED32, VARINT, Field, varint, write

IR_VERSION, OPERATORS, CONTRIBUTED = 9, 17, 1
"""Of the format, of its operators and of ONNX Runtime's own."""
MICROSOFT = "com.microsoft"

# Field numbers of onnx.proto.
MODEL_VERSION, MODEL_GRAPH, MODEL_OPERATORS = 1, 7, 8
OPERATORS_DOMAIN, OPERATORS_VERSION = 1, 2
GRAPH_NODE, GRAPH_NAME, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 2, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 4, 5, 7
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_INTS, ATTRIBUTE_TYPE = 1, 2, 3, 8, 20
FLOAT_ATTRIBUTE, INT_ATTRIBUTE, INTS_ATTRIBUTE = 1, 2, 7
TENSOR_DIMENSION, TENSOR_TYPE, TENSOR_NAME, TENSOR_CONTENT = 1, 2, 8, 9
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT, TENSOR_SHAPE = 1, 2, 1, 1, 2
SHAPE_DIMENSION, DIMENSION_SIZE, DIMENSION_NAME = 1, 1, 2
ELEMENTS = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}


class NetworkBuilder:
    """A network, put together node by node. Tensors are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[Field] = []
        self._weights: list[Field] = []
        self._ends: list[Field] = []

    def input(self, name: str, element: str, shape: Sequence[int | str]) -> str:
        """A tensor that is given; dimensions of any size have a name."""
        self._ends.append((GRAPH_INPUT, BYTES, _value(name, element, shape)))
        return name

    def output(self, name: str, element: str, shape: Sequence[int | str]) -> None:
        """A tensor that is wanted."""
        self._ends.append((GRAPH_OUTPUT, BYTES, _value(name, element, shape)))

    def weight(self, name: str, value: npt.ArrayLike) -> str:
        """A constant."""
        array: npt.NDArray[np.generic] = np.ascontiguousarray(value).reshape(np.shape(value))
        self._weights.append((GRAPH_INITIALIZER, BYTES, write([
            *((TENSOR_DIMENSION, VARINT, varint(size)) for size in array.shape),
            (TENSOR_TYPE, VARINT, varint(ELEMENTS[array.dtype.name])),
            (TENSOR_NAME, BYTES, name.encode()),
            (TENSOR_CONTENT, BYTES, array.tobytes()),
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
        self._nodes.append((GRAPH_NODE, BYTES, write([
            *((NODE_INPUT, BYTES, name.encode()) for name in inputs),
            *((NODE_OUTPUT, BYTES, name.encode()) for name in outputs),
            (NODE_OPERATOR, BYTES, operator.encode()),
            *((NODE_ATTRIBUTE, BYTES, _attribute(name, value)) for name, value in attributes.items()),
            (NODE_DOMAIN, BYTES, domain.encode()),
        ])))
        return outputs[0]

    def model(self) -> bytes:
        """The file."""
        graph = write([*self._nodes, (GRAPH_NAME, BYTES, b"network"), *self._weights, *self._ends])
        return write([
            (MODEL_VERSION, VARINT, varint(IR_VERSION)),
            (MODEL_GRAPH, BYTES, graph),
            (MODEL_OPERATORS, BYTES, _operators("", OPERATORS)),
            (MODEL_OPERATORS, BYTES, _operators(MICROSOFT, CONTRIBUTED)),
        ])


def _operators(domain: str, version: int) -> bytes:
    return write([(OPERATORS_DOMAIN, BYTES, domain.encode()), (OPERATORS_VERSION, VARINT, varint(version))])


def _attribute(name: str, value: float | Sequence[int]) -> bytes:
    content: list[Field]
    if isinstance(value, int):
        content, kind = [(ATTRIBUTE_INT, VARINT, varint(value))], INT_ATTRIBUTE
    elif isinstance(value, float):
        content, kind = [(ATTRIBUTE_FLOAT, FIXED32, struct.pack("<f", value))], FLOAT_ATTRIBUTE
    else:
        content, kind = [(ATTRIBUTE_INTS, VARINT, varint(one)) for one in value], INTS_ATTRIBUTE
    return write([(ATTRIBUTE_NAME, BYTES, name.encode()), *content, (ATTRIBUTE_TYPE, VARINT, varint(kind))])


def _value(name: str, element: str, shape: Sequence[int | str]) -> bytes:
    dimensions = [(SHAPE_DIMENSION, BYTES, _dimension(size)) for size in shape]
    tensor = write([
        (TENSOR_ELEMENT, VARINT, varint(ELEMENTS[element])), (TENSOR_SHAPE, BYTES, write(dimensions)),
    ])
    return write([(VALUE_NAME, BYTES, name.encode()), (VALUE_TYPE, BYTES, write([(TYPE_TENSOR, BYTES, tensor)]))])


def _dimension(size: int | str) -> bytes:
    if isinstance(size, int):
        return write([(DIMENSION_SIZE, VARINT, varint(size))])
    return write([(DIMENSION_NAME, BYTES, size.encode())])
