"""Reads a network that ONNX Runtime has written in its own format (.ort).

The file is made of FlatBuffers tables (onnxruntime/core/flatbuffers/schema/ort.fbs). It can be changed in place where
the change keeps every size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# Places of fields in their tables, from ort.fbs: 4 + 2 * the field's number.
SESSION_MODEL, MODEL_GRAPH = 6, 18
GRAPH_WEIGHTS, GRAPH_VALUES, GRAPH_NODES = 4, 6, 8
NODE_OPERATOR, NODE_INPUTS, NODE_OUTPUTS, NODE_ATTRIBUTES = 14, 20, 22, 24
ATTRIBUTE_GRAPH = 18
WEIGHT_NAME, WEIGHT_SHAPE, WEIGHT_ELEMENT, WEIGHT_CONTENT = 4, 8, 10, 12
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT = 4, 8, 8, 4
FLOAT, UINT8, INT8, INT64 = 1, 2, 3, 7
ELEMENTS = {FLOAT: np.float32, UINT8: np.uint8, INT8: np.int8, INT64: np.int64}
PRODUCTS = {"MatMulIntegerToFloat": (1, 3, 5), "DynamicQuantizeMatMul": (1, 2, 3)}
"""Operators that multiply by whole numbers, and which of their inputs are those, their scale and their zero."""


@dataclass(frozen=True, slots=True)
class Product:
    """What a tensor is multiplied by: names of the matrix, of its scale and of its zero point."""

    matrix: str
    scale: str
    zero: str


class OrtFile:
    """A network's weights and products.

    Args:
        data: the file's content, a ``bytearray`` or anything else with a buffer.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        self._tables = _Tables(data)
        try:
            graph = self._tables.child(self._tables.child(self._tables.follow(0), SESSION_MODEL), MODEL_GRAPH)
            self._graph = graph
            self._weights = dict(self._named(graph, GRAPH_WEIGHTS, WEIGHT_NAME))
            self.products = dict(self._products(graph))
            """By the name of the tensor that results."""
        except (KeyError, struct.error, IndexError, UnicodeDecodeError, RuntimeError) as error:
            raise ValueError(f"not a file of ONNX Runtime: {error!r}") from error

    def weight(self, name: str) -> npt.NDArray[Any]:
        """A constant of the outermost graph; a view of the file.

        Raises:
            KeyError: there is none of that name.
        """
        tables, table = self._tables, self._weights[name]
        element = ELEMENTS[tables.number("<i", tables.field(table, WEIGHT_ELEMENT))]
        start, size = tables.vector(table, WEIGHT_CONTENT)
        shape = [tables.number("<q", at) for at in tables.places(table, WEIGHT_SHAPE, 8)]
        return np.frombuffer(self.data, np.uint8, size, start).view(element).reshape(shape)

    def sign(self) -> None:
        """Shift the matrices of all products, and their zero points, from 0..255 to -128..127: nothing else changes.

        The file must be of the writable kind.
        """
        tables, values = self._tables, dict(self._named(self._graph, GRAPH_VALUES, VALUE_NAME))
        for name in {name for product in self.products.values() for name in (product.matrix, product.zero)}:
            table = self._weights[name]
            element = tables.field(table, WEIGHT_ELEMENT)
            if tables.number("<i", element) != UINT8:
                continue
            value = tables.child(tables.child(values[name], VALUE_TYPE), TYPE_TENSOR)
            for at in (element, tables.field(value, TENSOR_ELEMENT)):
                struct.pack_into("<i", self.data, at, INT8)
            start, size = tables.vector(table, WEIGHT_CONTENT)
            content = np.frombuffer(self.data, np.uint8, size, start)
            content ^= 0x80

    def _named(self, graph: int, place: int, name: int) -> Iterator[tuple[str, int]]:
        for at in self._tables.items(graph, place):
            table = self._tables.follow(at)
            yield self._tables.text(self._tables.field(table, name)), table

    def _products(self, graph: int) -> Iterator[tuple[str, Product]]:
        tables = self._tables
        for node in map(tables.follow, tables.items(graph, GRAPH_NODES)):
            operator = tables.text(tables.field(node, NODE_OPERATOR))
            if operator in PRODUCTS:
                inputs = list(tables.items(node, NODE_INPUTS))
                first = tables.text(next(tables.items(node, NODE_OUTPUTS)))
                yield first, Product(*(tables.text(inputs[i]) for i in PRODUCTS[operator]))
            for attribute in map(tables.follow, tables.items(node, NODE_ATTRIBUTES)):
                if tables.has(attribute, ATTRIBUTE_GRAPH):
                    yield from self._products(tables.child(attribute, ATTRIBUTE_GRAPH))


class _Tables:
    """FlatBuffers: a reference is the distance to what it refers to, which always lies behind it."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def number(self, kind: str, at: int) -> int:
        return int(struct.unpack_from(kind, self._data, at)[0])

    def follow(self, at: int) -> int:
        return at + self.number("<I", at)

    def has(self, table: int, place: int) -> bool:
        index = table - self.number("<i", table)
        return place < self.number("<H", index) and bool(self.number("<H", index + place))

    def field(self, table: int, place: int) -> int:
        """Where a table's field lies.

        Raises:
            KeyError: the table lacks it.
        """
        if not self.has(table, place):
            raise KeyError(place)
        return table + self.number("<H", table - self.number("<i", table) + place)

    def child(self, table: int, place: int) -> int:
        return self.follow(self.field(table, place))

    def vector(self, table: int, place: int) -> tuple[int, int]:
        """Where a vector's first item lies, and how many it has; none where the table lacks it."""
        if not self.has(table, place):
            return 0, 0
        start = self.child(table, place)
        return start + 4, self.number("<I", start)

    def places(self, table: int, place: int, size: int) -> range:
        """Where the items of a vector lie, each of so many bytes."""
        start, count = self.vector(table, place)
        return range(start, start + size * count, size)

    def items(self, table: int, place: int) -> Iterator[int]:
        """Where the references of a vector lie."""
        yield from self.places(table, place, 4)

    def text(self, at: int) -> str:
        start = self.follow(at) + 4
        return bytes(self._data[start : start + self.number("<I", start - 4)]).decode()
