"""The messages of an ONNX file: numbers of their fields, and the description of a tensor.

From https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.onnx.fields import BYTES, VARINT, Field, varint, write

MODEL_VERSION, MODEL_GRAPH, MODEL_OPERATORS = 1, 7, 8
OPERATORS_DOMAIN, OPERATORS_VERSION = 1, 2
GRAPH_NODE, GRAPH_NAME, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 1, 2, 5, 11, 12, 13
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 4, 5, 7
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_INTS, ATTRIBUTE_TYPE = 1, 2, 3, 8, 20
ATTRIBUTE_GRAPHS = (6, 11)
FLOAT_ATTRIBUTE, INT_ATTRIBUTE, INTS_ATTRIBUTE = 1, 2, 7
TENSOR_DIMENSION, TENSOR_TYPE, TENSOR_NAME, TENSOR_CONTENT = 1, 2, 8, 9
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT, TENSOR_SHAPE = 1, 2, 1, 1, 2
SHAPE_DIMENSION, DIMENSION_SIZE, DIMENSION_NAME = 1, 1, 2
ELEMENTS = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}


def value(name: str, element: str, shape: Sequence[int | str] | None = None) -> bytes:
    """A tensor that goes in or out.

    Args:
        element: "float32" and so on.
        shape: dimensions of any size have a name; None where nothing is known.
    """
    tensor: list[Field] = [(TENSOR_ELEMENT, VARINT, varint(ELEMENTS[element]))]
    if shape is not None:
        tensor.append((TENSOR_SHAPE, BYTES, write([(SHAPE_DIMENSION, BYTES, _dimension(size)) for size in shape])))
    kind = write([(TYPE_TENSOR, BYTES, write(tensor))])
    return write([(VALUE_NAME, BYTES, name.encode()), (VALUE_TYPE, BYTES, kind)])


def _dimension(size: int | str) -> bytes:
    if isinstance(size, int):
        return write([(DIMENSION_SIZE, VARINT, varint(size))])
    return write([(DIMENSION_NAME, BYTES, size.encode())])
