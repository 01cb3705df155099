"""Cuts an ONNX network in two at one tensor, so that the second part can be run piece by piece.

Works on the file's protobuf fields (onnx.proto3).
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import ModelError
from assistant.onnx import schema
from assistant.onnx.fields import BYTES, Field, read, write


@dataclass(frozen=True, slots=True)
class _Node:
    raw: memoryview
    inputs: frozenset[str]
    outputs: frozenset[str]


def split(model: bytes, weight: str) -> tuple[bytes, bytes, str]:
    """Cut a model before the node that uses a weight.

    Args:
        model: content of the file; single precision.
        weight: name of an initializer that the first node of the second part reads.

    Returns:
        The first part, the second part, and the name of the tensor between: output of one, input of the other.

    Raises:
        ModelError: it cannot be cut there: no such node, nested graphs, or the second part needs more than that tensor.
    """
    try:
        fields = list(read(memoryview(model)))
        graph = list(read(next(memoryview(body) for number, _, body in fields if number == schema.MODEL_GRAPH)))
        nodes = [_node(memoryview(body)) for number, _, body in graph if number == schema.GRAPH_NODE]
    except (StopIteration, IndexError, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"not an ONNX network: {error}") from error
    weights = {_name(body, schema.TENSOR_NAME) for number, _, body in graph if number == schema.GRAPH_INITIALIZER}
    inputs = {_name(body, schema.VALUE_NAME) for number, _, body in graph if number == schema.GRAPH_INPUT}
    outputs = {_name(body, schema.VALUE_NAME) for number, _, body in graph if number == schema.GRAPH_OUTPUT}
    readers = [node for node in nodes if weight in node.inputs]
    between = [name for node in readers for name in node.inputs if name and name not in weights]
    if len(between) != 1:
        raise ModelError(f"the network has no single tensor before {weight!r}")
    cut = between[0]
    second = _needed(nodes, outputs, cut)
    first = _needed(nodes, {cut}, "")
    if inputs & set().union(*(node.inputs for node in second)):
        raise ModelError(f"what follows {weight!r} needs more than one tensor")
    value = schema.value(cut, "float32")
    return (
        _write(fields, graph, first, [(schema.GRAPH_OUTPUT, value)], schema.GRAPH_INPUT),
        _write(fields, graph, second, [(schema.GRAPH_INPUT, value)], schema.GRAPH_OUTPUT),
        cut,
    )


def _needed(nodes: list[_Node], wanted: set[str], given: str) -> list[_Node]:
    """The nodes that compute ``wanted``, in order, where ``given`` is known."""
    need, found = set(wanted), []
    for node in reversed(nodes):
        if node.outputs & need:
            found.append(node)
            need |= node.inputs - {given}
    return found[::-1]


def _write(
    model: list[Field], graph: list[Field], nodes: list[_Node], ends: list[tuple[int, bytes]], keep: int
) -> bytes:
    """A model with some of the nodes, the weights they use, the ``keep`` ends of the old graph and new ``ends``."""
    used = set().union(*(node.inputs for node in nodes))
    kept: list[Field] = [(schema.GRAPH_NODE, BYTES, node.raw) for node in nodes]
    for number, kind, body in graph:
        weight = number == schema.GRAPH_INITIALIZER and _name(body, schema.TENSOR_NAME) in used
        if weight or number == keep or number not in (
            schema.GRAPH_NODE, schema.GRAPH_INITIALIZER, schema.GRAPH_INPUT, schema.GRAPH_OUTPUT,
            schema.GRAPH_VALUE_INFO,
        ):
            kept.append((number, kind, body))
    kept.extend((number, BYTES, value) for number, value in ends)
    cut = write(kept)
    return write([(number, kind, cut if number == schema.MODEL_GRAPH else body) for number, kind, body in model])


def _node(raw: memoryview) -> _Node:
    names: dict[int, set[str]] = {schema.NODE_INPUT: set(), schema.NODE_OUTPUT: set()}
    for number, _, body in read(raw):
        if number in names:
            names[number].add(bytes(body).decode())
        parts = read(memoryview(body)) if number == schema.NODE_ATTRIBUTE else ()
        if any(part in schema.ATTRIBUTE_GRAPHS for part, _, _ in parts):
            raise ModelError("a network with nested graphs cannot be cut")
    return _Node(raw, frozenset(names[schema.NODE_INPUT]), frozenset(names[schema.NODE_OUTPUT]))


def _name(message: bytes | memoryview, field: int) -> str:
    return next((bytes(body).decode() for number, _, body in read(memoryview(message)) if number == field), "")
