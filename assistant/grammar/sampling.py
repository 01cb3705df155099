"""Sentences of the network, for tests and benchmarks: all in order, or drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from assistant.grammar.base import Wildcard
from assistant.grammar.network import Network
from assistant.grammar.nodes import ANY, Node
from assistant.grammar.symbols import GAP, readable, symbols_of

FILLERS = ("banana", "the red one", "milk and eggs", "something nice", "uncle bob")
"""What wildcards say, as far as they hold so many words."""
_MOST_STEPS = 2000


class Sampler:
    """Draws sentences of the network as it is now; it may be large, so nothing is expanded."""

    def __init__(self, network: Network) -> None:
        self._nodes = network.nodes
        self._nets = [(net.entry, net.spec) for net in network.nets]
        self._dead = network.dead_nodes()

    def draw(self, entries: Sequence[Node], limit: int, seed: int) -> Iterator[str]:
        """Up to ``limit`` different sentences: a rule evenly, then a way through it evenly at each fork."""
        rng, seen = random.Random(seed), set()
        alive = [entry for entry in entries if not self._dead(entry)]
        for _ in range(limit * 3 if alive else 0):
            text = self._tidy(self._walk(rng.choice(alive), rng))
            if text and text not in seen:
                seen.add(text)
                yield text
                if len(seen) == limit:
                    return

    def _walk(self, node: Node, rng: random.Random) -> str:
        out: list[str] = []
        for _ in range(_MOST_STEPS):
            ways = self._ways(node)
            if self._nodes.final[node] and (not ways or rng.random() < 0.5):
                break
            symbol, net, target = rng.choice(ways)
            out.append(symbol if net < 0 else self._said(net, rng))
            node = target
        return "".join(out)

    def _ways(self, node: Node) -> list[tuple[str, int, Node]]:
        nodes, nets, dead = self._nodes, self._nets, self._dead
        arcs = {arc for part in nodes.parts(node) for arc in nodes.arcs(part).items()}
        ways = [(symbol, -1, target) for symbol, target in arcs if not dead(target)]
        calls = {(net, back) for net, back, _ in nodes.calls[node]}
        ways += [("", net, back) for net, back in calls if not dead(nets[net][0]) and not dead(back)]
        return sorted(ways)

    def _said(self, net: int, rng: random.Random) -> str:
        entry, spec = self._nets[net]
        return rng.choice(_fillers(spec)) if isinstance(spec, Wildcard) else self._walk(entry, rng)

    @staticmethod
    def _tidy(symbols: str) -> str:
        """One gap between words, none at the ends; through the lexer once more: what match() will read."""
        text = readable(GAP.join(symbols.split(GAP)))
        return " ".join(readable(symbols_of(text)).split())

    def enumerate(self, entries: Sequence[Node], limit: int) -> Iterator[str]:
        """The first ``limit`` different sentences, rule by rule; a wildcard says its first filler."""
        seen: set[str] = set()
        for entry in entries:
            if self._dead(entry):
                continue
            for symbols in self._all(entry):
                text = self._tidy(symbols)
                if text and text not in seen:
                    seen.add(text)
                    yield text
                    if len(seen) >= limit:
                        return

    def _all(self, node: Node) -> Iterator[str]:
        """Every text of a net from a node on, depth first."""
        todo: list[Iterator[tuple[str, Node]]] = [iter([("", node)])]
        while todo:
            item = next(todo[-1], None)
            if item is None:
                todo.pop()
                continue
            text, place = item
            if self._nodes.final[place]:
                yield text
            todo.append(self._onward(text, place))

    def _onward(self, text: str, place: Node) -> Iterator[tuple[str, Node]]:
        for symbol, net, target in self._ways(place):
            if net < 0:
                if symbol != ANY:
                    yield text + symbol, target
                continue
            entry, spec = self._nets[net]
            said = _fillers(spec)[:1] if isinstance(spec, Wildcard) else self._all(entry)
            yield from ((text + words, target) for words in said)


def _fillers(wildcard: Wildcard) -> list[str]:
    return [filler for filler in FILLERS if len(filler.split()) <= wildcard.words]
