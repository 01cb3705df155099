"""What a list accepts and what its entries mean: values, ranges, wildcards, and composites such as a duration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.grammar.base import Range, Value, Wildcard
from assistant.grammar.nodes import ANY, DEAD, FINAL, Node, Nodes
from assistant.grammar.symbols import GAP, symbols_of
from assistant.grammar.templates import is_template

Filter = tuple[tuple[str, tuple[Any, ...]], ...]
"""Context keys and the values allowed for each (or forbidden)."""
Presence = tuple[tuple[str, bool], ...]
"""Context keys and whether the list's value must bring them."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A list whose entries are sentences with slots of their own, folded into one value."""

    sentences: tuple[str, ...]
    combine: Callable[[Mapping[str, Any]], Any]
    lists: Mapping[str, ListSpec]
    """Lists that only these sentences see."""


ListSpec = Sequence[Value] | Range | Wildcard | Composite
plain_symbols = lru_cache(maxsize=65_536)(symbols_of)


def unpacked(wanted: Any) -> tuple[Any, ...] | None:
    """The values that a context condition names; None if any value will do (hassil: ``{slot: true}``)."""
    if isinstance(wanted, Mapping):
        wanted = wanted.get("value")
    if wanted is None:
        return None
    if isinstance(wanted, str) or not isinstance(wanted, Sequence | set | frozenset):
        return (wanted,)
    return tuple(sorted(wanted, key=repr))


def filter_of(conditions: Mapping[str, Any]) -> Filter:
    pairs = ((key, unpacked(wanted)) for key, wanted in sorted(conditions.items()))
    return tuple((key, values) for key, values in pairs if values is not None)


def context_value(context: Mapping[str, Any], key: str) -> Any:
    held = context[key]
    return held.get("value") if isinstance(held, Mapping) else held


def admits(context: Mapping[str, Any], requires: Filter, excludes: Filter, presence: Presence) -> bool:
    """Whether a value with this context may be said where these conditions hold; a key it lacks is no objection."""
    if any(key in context and context_value(context, key) not in values for key, values in requires):
        return False
    if any(key in context and context_value(context, key) in values for key, values in excludes):
        return False
    return all((key in context) == there for key, there in presence)


class ValueNet:
    """The entries of a value list that pass a filter.

    Args:
        compile_template: builds the node of an entry that is a template.
    """

    def __init__(self, nodes: Nodes, values: Sequence[Value], compile_template: Callable[[str], Node]) -> None:
        self._plain: dict[str, list[Value]] = {}
        self._templates: list[tuple[Node, Value]] = []
        for value in values:
            self._add(nodes, value, compile_template)
        plain = nodes.texts(self._plain, FINAL) if self._plain else DEAD
        self.entry = nodes.unended(nodes.union([plain] + [node for node, _ in self._templates]))

    def _add(self, nodes: Nodes, value: Value, compile_template: Callable[[str], Node]) -> None:
        if not is_template(value.said):
            if symbols := plain_symbols(value.said):
                self._plain.setdefault(symbols, []).append(value)
            return
        node = nodes.unended(compile_template(value.said))
        if node != DEAD:
            self._templates.append((node, value))

    @property
    def has_templates(self) -> bool:
        return bool(self._templates)

    def meanings(self, symbols: str, accepts: Callable[[Node, str], bool]) -> Iterator[Value]:
        """Entries that may be said so, in the list's order among plain ones, templates after."""
        yield from self._plain.get(symbols, ())
        for node, value in self._templates:
            if accepts(node, symbols):
                yield value


def wildcard_net(nodes: Nodes, wildcard: Wildcard) -> Node:
    """One to so many words of any symbols; may end within a word, where only what the template goes on with is read."""
    gap = DEAD
    for _ in range(wildcard.words):
        word = _loop_node(nodes, gap)
        gap = nodes.node(False, {ANY: word}, ())
    return gap


def _loop_node(nodes: Nodes, gap: Node) -> Node:
    """A word's inside: further symbols stay there, a gap leads to the next word."""
    after = {GAP: gap} if gap != DEAD else {}
    itself = len(nodes)
    return nodes.node(True, {ANY: itself, **after}, ())
