"""Lets the decoder tell what it attends to: its graph computes that and keeps it to itself.

With a cache the graph gives empty constants for the outputs ``present.N.encoder.key``, which nobody reads. These are
made to stand for the weights of the attention to the sound instead, by changing six references in the file's
FlatBuffers tables (onnxruntime/core/flatbuffers/schema/ort.fbs). Nothing is computed that was not computed before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from assistant.errors import ModelError

OUTPUT = "present.{layer}.encoder.key"
WEIGHTS = "/model/decoder/layers.{layer}/encoder_attn/Softmax_output_0"
CACHED = "then_branch"
"""The half of the graph that runs with a cache."""

# Places of fields in their tables, from ort.fbs: 4 + 2 * the field's number.
SESSION_MODEL, MODEL_GRAPH = 6, 18
GRAPH_NODES, GRAPH_OUTPUTS = 8, 16
NODE_OUTPUTS, NODE_ATTRIBUTES = 22, 24
ATTRIBUTE_NAME, ATTRIBUTE_GRAPH = 4, 18


def with_attention(model: bytes, layers: int, where: str) -> bytes:
    """The decoder's file with the attention weights as outputs.

    Args:
        where: the file's name, for messages.

    Raises:
        ModelError: the graph has no such outputs or weights.
    """
    tables = _Tables(model)
    try:
        graph = _cached_graph(tables)
        outputs = {tables.text(at): at for at in tables.items(graph, GRAPH_OUTPUTS)}
        weights = {
            tables.text(at): at
            for node in tables.items(graph, GRAPH_NODES) for at in tables.items(tables.follow(node), NODE_OUTPUTS)
        }
        for layer in range(layers):
            tables.point(outputs[OUTPUT.format(layer=layer)], weights[WEIGHTS.format(layer=layer)])
    except (KeyError, StopIteration, struct.error) as error:
        raise ModelError(f"the graph has no attention to read: {error!r}", where=where) from error
    return bytes(tables.data)


def _cached_graph(tables: _Tables) -> int:
    graph = tables.child(tables.child(tables.follow(0), SESSION_MODEL), MODEL_GRAPH)
    attributes = (
        tables.follow(at)
        for node in tables.items(graph, GRAPH_NODES) for at in tables.items(tables.follow(node), NODE_ATTRIBUTES)
    )
    branch = next(a for a in attributes if tables.text(tables.field(a, ATTRIBUTE_NAME)) == CACHED)
    return tables.child(branch, ATTRIBUTE_GRAPH)


class _Tables:
    """FlatBuffers: a reference is the distance to what it refers to, which always lies behind it."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)

    def follow(self, at: int) -> int:
        return at + self._number("<I", at)

    def field(self, table: int, place: int) -> int:
        """Where a table's field lies.

        Raises:
            KeyError: the table lacks it.
        """
        index = table - self._number("<i", table)
        offset = self._number("<H", index + place) if place < self._number("<H", index) else 0
        if not offset:
            raise KeyError(place)
        return table + offset

    def child(self, table: int, place: int) -> int:
        return self.follow(self.field(table, place))

    def items(self, table: int, place: int) -> Iterator[int]:
        """Where the references of a vector lie; none where the table lacks it."""
        try:
            vector = self.child(table, place)
        except KeyError:
            return
        yield from range(vector + 4, vector + 4 + 4 * self._number("<I", vector), 4)

    def text(self, at: int) -> str:
        start = self.follow(at) + 4
        return self.data[start : start + self._number("<I", start - 4)].decode()

    def point(self, at: int, other: int) -> None:
        """Let a reference refer to what another one refers to.

        Raises:
            struct.error: that does not lie behind it.
        """
        struct.pack_into("<I", self.data, at, self.follow(other) - at)

    def _number(self, kind: str, at: int) -> int:
        return int(struct.unpack_from(kind, self.data, at)[0])
