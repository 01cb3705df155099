"""The network's nodes: built from the end of a sentence to its beginning, equal ones stand once.

A node says whether its net may end here, which symbols lead on and which other nets may be called, with the node to
come back to. It is kept as the recipe it was built from, a text, the texts of a list, a choice of other nodes, and its
arcs are worked out when somebody first walks there: of a large home's names and numbers few are ever walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
Arcs = dict[str, Node]


class Text(NamedTuple):
    """Symbols, one after another."""

    symbols: str
    target: Node


class Texts(NamedTuple):
    """Those of many texts, in order, that share their first ``depth`` symbols: what follows them."""

    texts: tuple[str, ...]
    low: int
    high: int
    depth: int
    target: Node


class Choice(NamedTuple):
    """What any of several nodes allows; none of them is a choice itself."""

    parts: tuple[Node, ...]


class Plain(NamedTuple):
    """Arcs as they are."""

    final: bool
    arcs: tuple[tuple[str, Node], ...]
    calls: tuple[Call, ...]


Recipe = Text | Texts | Choice | Plain


def _moved(recipe: Recipe, moved: Mapping[Node, Node], calls: tuple[Call, ...]) -> Recipe:
    """A recipe with its nodes' new numbers."""
    if isinstance(recipe, Choice):
        return Choice(tuple(moved[part] for part in recipe.parts))
    if isinstance(recipe, Plain):
        return Plain(recipe.final, tuple((symbol, moved[target]) for symbol, target in recipe.arcs), calls)
    return recipe._replace(target=moved[recipe.target])


class Nodes:
    """An arena of interned nodes; it only grows, so a node's number stays valid."""

    def __init__(self) -> None:
        self.final: list[bool] = []
        self.calls: list[tuple[Call, ...]] = []
        self._recipes: list[Recipe] = []
        self._arcs: list[Arcs | None] = []
        self._known: dict[Recipe, Node] = {}
        self._skipped: dict[Node, Node] = {}
        self.node(False, {}, ())
        self.node(True, {}, ())

    def __len__(self) -> int:
        return len(self.final)

    # Building.

    def node(self, final: bool, arcs: Mapping[str, Node], calls: Iterable[Call]) -> Node:
        """The node with exactly these properties."""
        plain = Plain(final, tuple(sorted(arcs.items())), tuple(sorted(set(calls))))
        return self._interned(plain, final, plain.calls)

    def arc(self, symbol: str, target: Node) -> Node:
        return self.text(symbol, target)

    def text(self, symbols: str, target: Node) -> Node:
        """A chain of symbols before ``target``."""
        if not symbols or target == DEAD:
            return target
        return self._interned(Text(symbols, target), False, ())

    def texts(self, texts: Iterable[str], target: Node) -> Node:
        """Any of many symbol strings before ``target``."""
        ordered = tuple(sorted(set(texts)))
        return self._texts(Texts(ordered, 0, len(ordered), 0, target))

    def _texts(self, some: Texts) -> Node:
        texts, low, high, depth, target = some
        if low == high or target == DEAD:
            return DEAD
        if low + 1 == high:
            return self.text(texts[low][depth:], target)
        if len(texts[low]) == depth:
            return self.union((target, self._texts(Texts(texts, low + 1, high, depth, target))))
        return self._interned(some, False, ())

    def call(self, net: int, target: Node, slot: str = "") -> Node:
        return DEAD if target == DEAD else self.node(False, {}, ((net, target, slot),))

    def union(self, nodes: Iterable[Node]) -> Node:
        """The node that allows what any of them allows."""
        parts: set[Node] = set()
        for node in nodes:
            recipe = self._recipes[node]
            parts.update(recipe.parts) if isinstance(recipe, Choice) else parts.add(node)
        parts.discard(DEAD)
        if len(parts) < 2:
            return parts.pop() if parts else DEAD
        choice = Choice(tuple(sorted(parts)))
        known = self._known.get(choice)
        if known is not None:
            return known
        calls = {call for part in parts for call in self.calls[part]}
        return self._interned(choice, any(self.final[part] for part in parts), tuple(sorted(calls)))

    def unended(self, node: Node) -> Node:
        """The same node, but its net may not end there."""
        if not self.final[node]:
            return node
        recipe = self._recipes[node]
        if isinstance(recipe, Choice):
            return self.union(self.unended(part) for part in recipe.parts)
        return self.node(False, self.arcs(node), self.calls[node])

    def _interned(self, recipe: Recipe, final: bool, calls: tuple[Call, ...]) -> Node:
        known = self._known.get(recipe)
        if known is None:
            known = self._known[recipe] = len(self.final)
            self.final.append(final)
            self.calls.append(calls)
            self._recipes.append(recipe)
            self._arcs.append(None)
        return known

    def copied(self, roots: Iterable[Node]) -> tuple[Nodes, dict[Node, Node]]:
        """An arena that holds only what these nodes are built from, and their numbers there.

        Numbers keep their order, so choices and calls stay sorted; a node that leads to itself is the only one that
        refers to a number not smaller than its own.
        """
        needed = {DEAD, FINAL, *roots}
        todo = list(needed)
        while todo:
            at = todo.pop()
            near = {*self.beyond(at), *(back for _, back, _ in self.calls[at])} - needed
            needed |= near
            todo.extend(near)
        fresh, moved = Nodes(), dict[Node, Node]()
        for node in sorted(needed):
            moved[node] = len(moved)
            calls = tuple((net, moved[back], slot) for net, back, slot in self.calls[node])
            fresh._interned(_moved(self._recipes[node], moved, calls), self.final[node], calls)
        return fresh, moved

    # Walking.

    def arcs(self, node: Node) -> Arcs:
        """The node after each symbol that is named here, DEAD excluded."""
        known = self._arcs[node]
        if known is None:
            known = self._arcs[node] = self._open(self._recipes[node])
        return known

    def step(self, node: Node, symbol: str) -> Node:
        """The node after a symbol within this net, DEAD if there is none."""
        arcs = self._arcs[node]
        if arcs is None:
            arcs = self.arcs(node)
        target = arcs.get(symbol)
        if target is None:
            return DEAD if symbol in NOT_ANY else arcs.get(ANY, DEAD)
        return self.skip(target) if symbol == GAP else target

    def skip(self, node: Node) -> Node:
        """The node after a gap was read: further gaps of the template are already behind it."""
        known = self._skipped.get(node)
        if known is None:
            todo = list(self.parts(node))
            reached = set(todo)
            while todo:
                fresh = set(self.parts(self._after(todo.pop(), GAP))) - reached
                reached |= fresh
                todo.extend(fresh)
            known = self._skipped[node] = self.union(reached)
        return known

    def parts(self, node: Node) -> tuple[Node, ...]:
        """The nodes that a choice is between; else the node itself."""
        recipe = self._recipes[node]
        return recipe.parts if isinstance(recipe, Choice) else (node,)

    def beyond(self, node: Node) -> Iterable[Node]:
        """Nodes by which all that can follow is reached, calls aside; nothing is worked out for it."""
        recipe = self._recipes[node]
        if isinstance(recipe, Choice):
            return recipe.parts
        return [target for _, target in recipe.arcs] if isinstance(recipe, Plain) else (recipe.target,)

    def begins(self, node: Node) -> frozenset[str]:
        """Symbols that lead on, calls aside; nothing is worked out for it."""
        recipe = self._recipes[node]
        if isinstance(recipe, Text):
            return frozenset(recipe.symbols[0])
        if isinstance(recipe, Choice):
            return frozenset().union(*map(self.begins, recipe.parts))
        if isinstance(recipe, Texts):
            return frozenset(text[recipe.depth] for text in recipe.texts[recipe.low : recipe.high])
        return frozenset(symbol for symbol, _ in recipe.arcs)

    def _after(self, node: Node, symbol: str) -> Node:
        """The node after a symbol that is named; a text is not opened for it."""
        recipe = self._recipes[node]
        if isinstance(recipe, Text):
            return self.text(recipe.symbols[1:], recipe.target) if recipe.symbols[0] == symbol else DEAD
        return self.arcs(node).get(symbol, DEAD)

    def _open(self, recipe: Recipe) -> Arcs:
        if isinstance(recipe, Text):
            return {recipe.symbols[0]: self.text(recipe.symbols[1:], recipe.target)}
        if isinstance(recipe, Choice):
            return self._merged(recipe.parts)
        return self._branches(recipe) if isinstance(recipe, Texts) else dict(recipe.arcs)

    def _branches(self, some: Texts) -> Arcs:
        texts, low, high, depth, target = some
        arcs = {}
        while low < high:
            symbol, end = texts[low][depth], low + 1
            while end < high and texts[end][depth] == symbol:
                end += 1
            arcs[symbol] = self._texts(Texts(texts, low, end, depth + 1, target))
            low = end
        return arcs

    def _merged(self, parts: tuple[Node, ...]) -> Arcs:
        targets: dict[str, list[Node]] = {}
        recipes = self._recipes
        for part in parts:
            recipe = recipes[part]
            if isinstance(recipe, Text):
                after = self.text(recipe.symbols[1:], recipe.target)
                targets.setdefault(recipe.symbols[0], []).append(after)
            else:
                for symbol, target in self.arcs(part).items():
                    targets.setdefault(symbol, []).append(target)
        if anything := targets.get(ANY):
            for symbol in targets.keys() - NOT_ANY - {ANY}:
                targets[symbol] += anything
        return {symbol: self.union(found) for symbol, found in targets.items()}


class Liveness:
    """Which nodes can end, while some nets are empty.

    Attributes:
        empty: nets in which no way ends; a net must stand here before nodes that call it are asked about.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self.empty: set[int] = set()
        self._known: list[bool | None] = []

    def dead(self, node: Node) -> bool:
        """Whether no way from a node ends. What is asked about is worked out, no more."""
        if node >= len(self._known):
            self._known += [None] * (len(self._nodes) - len(self._known))
        known = self._known
        todo = [node]
        while todo:
            at = todo[-1]
            if known[at] is None:
                unknown = self._judge(at)
                if unknown is not None:
                    todo.append(unknown)
                    continue
            todo.pop()
        return bool(known[node])

    def _judge(self, node: Node) -> Node | None:
        """Settle a node, or name one that must be settled first. Only what may end leads back to itself."""
        known = self._known
        if self._nodes.final[node]:
            known[node] = False
            return None
        unknown = None
        for after in self._after(node):
            if known[after] is None:
                unknown = after
            elif not known[after]:
                known[node] = False
                return None
        if unknown is None:
            known[node] = True
        return unknown

    def _after(self, node: Node) -> Iterable[Node]:
        nodes = self._nodes
        yield from nodes.beyond(node)
        if len(nodes.parts(node)) == 1:
            yield from (back for net, back, _ in nodes.calls[node] if net not in self.empty)
