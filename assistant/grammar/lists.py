"""What a list accepts and what its entries mean: values, ranges, wildcards, phrases, composites such as a duration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.grammar.base import Phrase, Range, Value, Wildcard
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
    as_said: bool = False
    """Whether the value is the words as said; what ``combine`` makes of them stands in ``Match.meant``."""


ListSpec = Sequence[Value] | Range | Wildcard | Phrase | Composite
plain_symbols = lru_cache(maxsize=16_384)(symbols_of)


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


class Conditions(NamedTuple):
    """What a value's context must hold, must not hold, and must bring."""

    requires: Filter = ()
    excludes: Filter = ()
    presence: Presence = ()

    @property
    def keys(self) -> frozenset[str]:
        """Keys of a context that matter."""
        return frozenset(key for pairs in self for key, _ in pairs)

    def admit(self, context: Mapping[str, Any]) -> bool:
        """Whether a value with this context may be said; a key it lacks is no objection, unless it must be brought."""
        if any(key in context and context_value(context, key) not in values for key, values in self.requires):
            return False
        if any(key in context and context_value(context, key) in values for key, values in self.excludes):
            return False
        return all((key in context) == there for key, there in self.presence)


class ValueTable:
    """The entries of a value list, prepared once for all nets of it: there is one for each set of conditions.

    Args:
        compile_template: builds the node of an entry that is a template.
    """

    def __init__(self, nodes: Nodes, values: Sequence[Value], compile_template: Callable[[str], Node]) -> None:
        self.plain: dict[str, list[Value]] = {}
        self.templates: list[tuple[Node, Value]] = []
        self._nodes = nodes
        self._kinds: dict[frozenset[str], list[_Kind]] = {}
        for value in values:
            if is_template(value.said):
                node = nodes.unended(compile_template(value.said))
                if node != DEAD:
                    self.templates.append((node, value))
            elif symbols := plain_symbols(value.said):
                self.plain.setdefault(symbols, []).append(value)

    def move(self, nodes: Nodes, moved: Mapping[Node, Node]) -> None:
        """Refer to the nodes of a fresh arena."""
        self._nodes = nodes
        self._kinds.clear()
        self.templates = [(moved[node], value) for node, value in self.templates]

    def entry(self, conditions: Conditions) -> Node:
        """Where the entries that conditions admit begin."""
        chosen = [kind for kind in self._kinds_by(conditions.keys) if conditions.admit(kind.context)]
        plain = self._nodes.texts((symbols for kind in chosen for symbols in kind.plain), FINAL)
        return self._nodes.unended(self._nodes.union([plain, *(node for kind in chosen for node in kind.templates)]))

    def _kinds_by(self, keys: frozenset[str]) -> list[_Kind]:
        """The entries by what their contexts say of some keys: a few kinds, however many entries."""
        if keys not in self._kinds:
            kinds: dict[str, _Kind] = {}
            for symbols, values in self.plain.items():
                for value in values:
                    _kind(kinds, value, keys).plain.append(symbols)
            for node, value in self.templates:
                _kind(kinds, value, keys).templates.append(node)
            self._kinds[keys] = list(kinds.values())
        return self._kinds[keys]

    def meanings(
        self, symbols: str, conditions: Conditions, accepts: Callable[[Node, str], bool]
    ) -> Iterator[Value]:
        """Entries that may be said so, in the list's order among plain ones, templates after."""
        yield from (value for value in self.plain.get(symbols, ()) if conditions.admit(value.context))
        for node, value in self.templates:
            if conditions.admit(value.context) and accepts(node, symbols):
                yield value


@dataclass(slots=True)
class _Kind:
    """Entries whose contexts are alike."""

    context: dict[str, Any]
    plain: list[str] = field(default_factory=list)
    templates: list[Node] = field(default_factory=list)


def _kind(kinds: dict[str, _Kind], value: Value, keys: frozenset[str]) -> _Kind:
    context = {key: value.context[key] for key in keys if key in value.context}
    name = repr(sorted(context.items())) if len(context) > 1 else repr(context)
    known = kinds.get(name)
    if known is None:
        known = kinds[name] = _Kind(context)
    return known


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
