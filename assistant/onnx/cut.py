"""Cuts an ONNX network in two at one tensor, so that the second part can be run piece by piece.

Works on the file's protobuf fields (onnx.proto3).
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import ModelError
from assistant.onnx.fields import BYTES, VARINT, Field, read, write

# Field numbers of onnx.proto3.
MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 1, 5, 11, 12, 13
NODE_INPUT, NODE_OUTPUT, NODE_ATTRIBUTE = 1, 2, 5
ATTRIBUTE_GRAPHS = (6, 11)
INITIALIZER_NAME = 8
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT, ELEMENT_FLOAT = 1, 2, 1, 1, 1


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
        graph = list(read(next(memoryview(body) for number, _, body in fields if number == MODEL_GRAPH)))
        nodes = [_node(memoryview(body)) for number, _, body in graph if number == GRAPH_NODE]
    except (StopIteration, IndexError, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"not an ONNX network: {error}") from error
    weights = {_name(body, INITIALIZER_NAME) for number, _, body in graph if number == GRAPH_INITIALIZER}
    inputs = {_name(body, VALUE_NAME) for number, _, body in graph if number == GRAPH_INPUT}
    outputs = {_name(body, VALUE_NAME) for number, _, body in graph if number == GRAPH_OUTPUT}
    readers = [node for node in nodes if weight in node.inputs]
    between = [name for node in readers for name in node.inputs if name and name not in weights]
    if len(between) != 1:
        raise ModelError(f"the network has no single tensor before {weight!r}")
    cut = between[0]
    second = _needed(nodes, outputs, cut)
    first = _needed(nodes, {cut}, "")
    if inputs & set().union(*(node.inputs for node in second)):
        raise ModelError(f"what follows {weight!r} needs more than one tensor")
    value = _value(cut)
    return (
        _write(fields, graph, first, [(GRAPH_OUTPUT, value)], GRAPH_INPUT),
        _write(fields, graph, second, [(GRAPH_INPUT, value)], GRAPH_OUTPUT),
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
    kept: list[Field] = [(GRAPH_NODE, BYTES, node.raw) for node in nodes]
    for number, kind, body in graph:
        weight = number == GRAPH_INITIALIZER and _name(body, INITIALIZER_NAME) in used
        if weight or number == keep or number not in (
            GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO
        ):
            kept.append((number, kind, body))
    kept.extend((number, BYTES, value) for number, value in ends)
    cut = write(kept)
    return write([(number, kind, cut if number == MODEL_GRAPH else body) for number, kind, body in model])


def _node(raw: memoryview) -> _Node:
    names: dict[int, set[str]] = {NODE_INPUT: set(), NODE_OUTPUT: set()}
    for number, _, body in read(raw):
        if number in names:
            names[number].add(bytes(body).decode())
        if number == NODE_ATTRIBUTE and any(inner in ATTRIBUTE_GRAPHS for inner, _, _ in read(memoryview(body))):
            raise ModelError("a network with nested graphs cannot be cut")
    return _Node(raw, frozenset(names[NODE_INPUT]), frozenset(names[NODE_OUTPUT]))


def _name(message: bytes | memoryview, field: int) -> str:
    return next((bytes(body).decode() for number, _, body in read(memoryview(message)) if number == field), "")


def _value(name: str) -> bytes:
    """A ValueInfoProto: float of unknown shape."""
    tensor = write([(TENSOR_ELEMENT, VARINT, bytes([ELEMENT_FLOAT]))])
    return write([(VALUE_NAME, BYTES, name.encode()), (VALUE_TYPE, BYTES, write([(TYPE_TENSOR, BYTES, tensor)]))])
