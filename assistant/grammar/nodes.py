"""The network's nodes: built from the end of a sentence to its beginning, equal ones stand once.

A node says whether its net may end here, which symbols lead on (several targets where alternatives share a beginning)
and which other nets may be called, with the node to come back to. Unions are made only when somebody walks there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.grammar.symbols import GAP

Node = int
Call = tuple[int, Node, str]
"""A net, the node to return to, and the slot that its text fills (empty for an expansion rule)."""
ANY = "\x00"
"""Arc label: any symbol of a word (wildcards)."""
NOT_ANY = frozenset((GAP, "-", "\x1d"))
"""Symbols that a wildcard's words do not hold."""
DEAD: Node = 0
"""The node from which nothing ends."""
FINAL: Node = 1
"""The node that only ends."""


class Nodes:
    """An arena of interned nodes; it only grows, so a node's number stays valid."""

    def __init__(self) -> None:
        self.final: list[bool] = []
        self.symbols: list[dict[str, tuple[Node, ...]]] = []
        self.calls: list[tuple[Call, ...]] = []
        self._interned: dict[object, Node] = {}
        self._unions: dict[tuple[Node, ...], Node] = {}
        self._skipped: dict[Node, Node] = {}
        self._steps: dict[tuple[Node, str], Node] = {}
        self.node(False, {}, ())
        self.node(True, {}, ())

    def __len__(self) -> int:
        return len(self.final)

    def node(self, final: bool, symbols: Mapping[str, tuple[Node, ...]], calls: Iterable[Call]) -> Node:
        """The node with exactly these properties."""
        calls = tuple(sorted(set(calls)))
        key = (final, tuple(sorted(symbols.items())), calls)
        known = self._interned.get(key)
        if known is None:
            known = self._interned[key] = len(self.final)
            self.final.append(final)
            self.symbols.append(dict(symbols))
            self.calls.append(calls)
        return known

    def arc(self, symbol: str, target: Node) -> Node:
        return DEAD if target == DEAD else self.node(False, {symbol: (target,)}, ())

    def text(self, symbols: str, target: Node) -> Node:
        """A chain of symbols before ``target``."""
        for symbol in reversed(symbols):
            target = self.arc(symbol, target)
        return target

    def texts(self, texts: Iterable[str], target: Node) -> Node:
        """Any of many symbol strings before ``target``, sharing beginnings and ends."""
        return self._trie(sorted(set(texts)), 0, target)

    def _trie(self, texts: list[str], depth: int, target: Node) -> Node:
        if len(texts) == 1:
            return self.text(texts[0][depth:], target)
        branches: dict[str, list[str]] = {}
        ends = False
        for text in texts:
            if len(text) == depth:
                ends = True
            else:
                branches.setdefault(text[depth], []).append(text)
        symbols = {s: (self._trie(group, depth + 1, target),) for s, group in branches.items()}
        node = self.node(False, symbols, ()) if symbols else DEAD
        return self.union((node, target)) if ends else node

    def call(self, net: int, target: Node, slot: str = "") -> Node:
        return DEAD if target == DEAD else self.node(False, {}, ((net, target, slot),))

    def unended(self, node: Node) -> Node:
        """The same node, but its net may not end there."""
        return self.node(False, self.symbols[node], self.calls[node]) if self.final[node] else node

    def union(self, nodes: Iterable[Node]) -> Node:
        """The node that allows what any of them allows."""
        chosen = tuple(sorted({n for n in nodes if n != DEAD}))
        if len(chosen) < 2:
            return chosen[0] if chosen else DEAD
        known = self._unions.get(chosen)
        if known is None:
            known = self._unions[chosen] = self._merge(chosen)
        return known

    def _merge(self, chosen: tuple[Node, ...]) -> Node:
        targets: dict[str, set[Node]] = {}
        calls: set[Call] = set()
        for n in chosen:
            calls.update(self.calls[n])
            for symbol, reached in self.symbols[n].items():
                targets.setdefault(symbol, set()).update(reached)
        symbols = {s: tuple(sorted(t)) for s, t in targets.items()}
        return self.node(any(self.final[n] for n in chosen), symbols, calls)

    def skip(self, node: Node) -> Node:
        """The node after a gap was read: further gaps of the template are already behind it."""
        known = self._skipped.get(node)
        if known is None:
            reached, todo = {node}, [node]
            while todo:
                fresh = set(self.symbols[todo.pop()].get(GAP, ())) - reached
                reached |= fresh
                todo.extend(fresh)
            known = self._skipped[node] = self.union(reached)
        return known

    def step(self, node: Node, symbol: str) -> Node:
        """The node after a symbol within this net, DEAD if there is none."""
        key = (node, symbol)
        known = self._steps.get(key)
        if known is None:
            arcs = self.symbols[node]
            reached = arcs.get(symbol, ())
            if ANY in arcs and symbol not in NOT_ANY:
                reached = reached + arcs[ANY]
            known = self.union(reached)
            if symbol == GAP:
                known = self.skip(known)
            self._steps[key] = known
        return known


class Liveness:
    """Which nodes can end, while some nets are empty; an arena's targets are older than what leads to them."""

    def __init__(self, nodes: Nodes, empty: frozenset[int]) -> None:
        self._nodes = nodes
        self.empty = empty
        self._dead: list[bool] = []

    def dead(self, node: Node) -> bool:
        table = self._dead
        for fresh in range(len(table), node + 1):
            table.append(self._is_dead(fresh))
        return table[node]

    def _is_dead(self, node: Node) -> bool:
        nodes, table = self._nodes, self._dead
        if nodes.final[node]:
            return False
        for targets in nodes.symbols[node].values():
            if any(target >= len(table) or not table[target] for target in targets):
                return False
        return all(net in self.empty or table[back] for net, back, _ in nodes.calls[node])
