"""Expression trees to nodes.

A rule that requires a context key which the view does not give (``requires_context: {domain: light}``) is built in
layers: one where no slot has brought the key yet, one where some slot has; only the last layer ends. So what hassil
would refuse after matching is not in the network at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import product
from typing import Protocol

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)

from assistant.errors import GrammarError
from assistant.grammar.lists import Filter, Presence
from assistant.grammar.nodes import DEAD, FINAL, Node, Nodes
from assistant.grammar.symbols import GAP, MARKS, WORD_SYMBOLS, Mode, feed, fold
from assistant.grammar.templates import parse_template

MOST_PERMUTED = 8
"""Parts of one permutation: the nodes double with each."""
Ends = tuple[Node, ...]
"""One node per layer."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a template is compiled under."""

    skill: str
    where: str = ""
    requires: Filter = ()
    excludes: Filter = ()
    layers: tuple[str, ...] = ()
    """Context keys that slots must bring."""
    rules: tuple[str, ...] = ()
    """Expansion rules being compiled, outermost first."""


class Nets(Protocol):
    """What the builder asks of the network."""

    nodes: Nodes

    def expansions(self, skill: str) -> Mapping[str, str]: ...

    def list_net(self, frame: Frame, name: str, presence: Presence) -> int | None:
        """The net of a list under a frame's filters; None if its values can never bring the keys."""
        ...

    def rule_net(self, frame: Frame, name: str, presence: Presence) -> int | None:
        """The net of an expansion rule under a frame's filters; None if its lists can never bring the keys."""
        ...

    def entry(self, net: int) -> Node: ...


@lru_cache(maxsize=4096)
def chunk_symbols(text: str) -> str:
    """The symbols of literal text inside a template: gaps at its ends count."""
    body = fold(text)
    mode, out = Mode.START, []
    for character in body:
        symbols, mode = feed(mode, character)
        out.append(symbols)
    inner = "".join(out)
    first = body.lstrip()[:1]
    before = GAP if body[:1].isspace() or body[:1] == "-" or (first and first in WORD_SYMBOLS) else ""
    after = GAP if mode in (Mode.GAP, Mode.DASH, Mode.SYMBOL, Mode.MARK_GAP, Mode.START_GAP) else ""
    return before + inner + after


class Builder:
    """Compiles templates of one network."""

    def __init__(self, nets: Nets) -> None:
        self._nets = nets
        self._nodes = nets.nodes

    def template(self, text: str, frame: Frame, target: Node = FINAL) -> Node:
        """The node at which a template begins, all of whose keys must be brought."""
        return self.bringing(text, frame, [True] * len(frame.layers), target)

    def bringing(self, text: str, frame: Frame, brought: Sequence[bool], target: Node = FINAL) -> Node:
        """The node at which a text begins, of which only those ways end that bring just these of the frame's keys."""
        layers = 2 ** len(frame.layers)
        ends = tuple(target if layer == _layer(brought) else DEAD for layer in range(layers))
        return self._build(parse_template(text, frame.where), ends, frame)[0]

    def before(self, rule: str, inner: Node, frame: Frame) -> Node:
        """The node at which the words of an expansion rule may begin, or what follows them."""
        (words,) = self._rule(rule, (self._nodes.arc(GAP, inner),), _plain(frame))
        return self._nodes.union((inner, words))

    def after(self, rule: str, frame: Frame) -> Node:
        """The node at which a sentence is whole, or goes on with the words of an expansion rule."""
        (words,) = self._rule(rule, (FINAL,), _plain(frame))
        return self._nodes.union((FINAL, self._nodes.arc(GAP, words)))

    def _build(self, expression: Expression, ends: Ends, frame: Frame) -> Ends:
        if isinstance(expression, TextChunk):
            symbols = chunk_symbols(expression.original_text)
            return tuple(self._nodes.text(symbols, end) for end in ends)
        if isinstance(expression, Permutation):
            return self._permutation(expression, ends, frame)
        if isinstance(expression, Alternative):
            built = [self._build(item, ends, frame) for item in expression.items]
            return tuple(self._nodes.union(branch) for branch in zip(*built, strict=True))
        if isinstance(expression, Group):
            return self._sequence(expression, ends, frame)
        if isinstance(expression, ListReference):
            return self._list(expression, ends, frame)
        if isinstance(expression, RuleReference):
            return self._rule(expression.rule_name, ends, frame)
        raise GrammarError(f"unknown expression {type(expression).__name__}", where=frame.where)

    def _sequence(self, group: Group, ends: Ends, frame: Frame) -> Ends:
        """Items from the last to the first. A lone mark between items counts ("{hours}:{minutes}")."""
        for index in range(len(group.items) - 1, -1, -1):
            item = group.items[index]
            before = group.items[index - 1] if index else None
            if before and index < len(group.items) - 1 and isinstance(item, TextChunk) and item.text in MARKS:
                ends = tuple(self._nodes.text(item.text, end) for end in ends)
                continue
            built = self._build(item, ends, frame)
            if self._touches(before, item):
                built = tuple(self._nodes.union((end, self._nodes.arc(GAP, end))) for end in built)
            ends = built
        return ends

    @staticmethod
    def _touches(before: Expression | None, item: Expression) -> bool:
        """Whether text and list stand together without a space ("{minutes}min"): "5min" is read as "5 min"."""
        if isinstance(before, ListReference):
            return not isinstance(item, TextChunk) or item.original_text[:1].isalnum()
        return isinstance(before, TextChunk) and isinstance(item, ListReference) and before.original_text[-1:].isalnum()

    def _permutation(self, group: Permutation, ends: Ends, frame: Frame) -> Ends:
        if len(group.items) > MOST_PERMUTED:
            raise GrammarError(f"a permutation of {len(group.items)} parts", where=frame.where, mend="split it")
        known: dict[frozenset[int], Ends] = {frozenset(): ends}

        def remaining(parts: frozenset[int]) -> Ends:
            if parts not in known:
                built = [self._build(group.items[i], remaining(parts - {i}), frame) for i in sorted(parts)]
                known[parts] = tuple(self._nodes.union(branch) for branch in zip(*built, strict=True))
            return known[parts]

        return remaining(frozenset(range(len(group.items))))

    def _list(self, reference: ListReference, ends: Ends, frame: Frame) -> Ends:
        slot = "" if reference.is_capture else reference.slot_name
        branches: list[list[Node]] = [[] for _ in ends]
        for bits in product((False, True), repeat=len(frame.layers)):
            net = self._nets.list_net(frame, reference.list_name, tuple(zip(frame.layers, bits, strict=True)))
            if net is not None:
                for layer, branch in enumerate(branches):
                    branch.append(self._nodes.call(net, ends[layer | _layer(bits)], slot))
        return tuple(self._nodes.union(branch) for branch in branches)

    def _rule(self, name: str, ends: Ends, frame: Frame) -> Ends:
        self._check_rule(name, frame)
        branches: list[list[Node]] = [[] for _ in ends]
        for bits in product((False, True), repeat=len(frame.layers)):
            net = self._nets.rule_net(frame, name, tuple(zip(frame.layers, bits, strict=True)))
            if net is not None:
                entry = self._nets.entry(net)
                for layer, branch in enumerate(branches):
                    branch.append(self._called(net, entry, ends[layer | _layer(bits)]))
        return tuple(self._nodes.union(branch) for branch in branches)

    def _check_rule(self, name: str, frame: Frame) -> None:
        expansions = self._nets.expansions(frame.skill)
        if name not in expansions:
            near = get_close_matches(name, expansions, 1)
            mend = f"did you mean <{near[0]}>?" if near else "add it to expansion_rules"
            raise GrammarError(f"there is no expansion rule <{name}>", where=frame.where, mend=mend)
        if name in frame.rules:
            chain = " -> ".join(f"<{rule}>" for rule in (*frame.rules, name))
            raise GrammarError(f"expansion rules call each other in a circle: {chain}", where=frame.where)

    def _called(self, net: int, entry: Node, end: Node) -> Node:
        """A call, and the ways past it where the rule may be empty or only a gap."""
        nodes = self._nodes
        ways = [nodes.call(net, end)]
        if nodes.final[entry]:
            ways.append(end)
        if nodes.final[nodes.skip(entry)]:
            ways.append(nodes.arc(GAP, end))
        return nodes.union(ways)


def _plain(frame: Frame) -> Frame:
    """The same without what slots must bring."""
    return Frame(frame.skill, frame.where, rules=frame.rules)


def _layer(brought: Iterable[bool]) -> int:
    """The place among the ends of what is reached when these of a frame's keys were brought."""
    return sum(1 << place for place, there in enumerate(brought) if there)
