"""Walking the network: which positions a text can stand at, made only where somebody walks.

A position is a node and a frame: the call it is in, that is a net and *all* the places it would return to. Callers of
one net at one moment share its frame, so a list that a hundred templates could read now is walked once; frames are
interned by content, sets of positions too, and every transition is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.grammar.network import Network
from assistant.grammar.nodes import ANY, DEAD, NOT_ANY, Node
from assistant.grammar.symbols import GAP, MARK_GAP

FrameId = int
Position = tuple[Node, FrameId]
Set = int
"""An interned set of positions."""
NOWHERE: Set = 0
TOP: FrameId = 0
"""The frame of the sentence itself."""


class Walker:
    """Memoised sets of positions over one state of a network; sets stay valid as long as the walker lives."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._nodes = network.nodes
        self._entries: list[Node] = []
        self._refresh()
        self._frames: list[tuple[tuple[Node, FrameId], ...]] = [()]
        self._frame_ids: dict[tuple[int, tuple[tuple[Node, FrameId], ...]], FrameId] = {}
        self._sets: list[tuple[Position, ...]] = [()]
        self._set_ids: dict[tuple[Position, ...], Set] = {(): NOWHERE}
        self._steps: list[dict[str, Set]] = [{}]
        self._symbols: list[frozenset[str] | None] = [frozenset()]
        self._final: list[bool | None] = [False]
        self._starts: dict[Node, Set] = {}
        self._alphabets: dict[frozenset[str], frozenset[str]] = {}
        """Sets of symbols, each kept once: many places are left by the same."""

    def __len__(self) -> int:
        return len(self._sets)

    def start(self, root: Node) -> Set:
        """The set before the first word of the sentences that begin at a node."""
        if len(self._entries) < len(self._network.nets):
            self._refresh()
        known = self._starts.get(root)
        if known is None:
            known = self._starts[root] = self._close([(root, TOP)], skip=True)
        return known

    def _refresh(self) -> None:
        """Learn of nets that a new view's rules brought; what was walked does not call them."""
        network = self._network
        self._entries += [net.entry for net in network.nets[len(self._entries) :]]
        self._ranks = network.ranks()
        self._dead = network.dead_nodes()

    def step(self, places: Set, symbol: str) -> Set:
        """The set after one more symbol."""
        known = self._steps[places].get(symbol)
        if known is None:
            known = self._steps[places][symbol] = self._step(places, symbol)
        return known

    def symbols(self, places: Set) -> frozenset[str]:
        """Symbols that lead on; ANY stands for those of a wildcard."""
        known = self._symbols[places]
        if known is None:
            arcs = self._nodes.arcs
            named = frozenset(s for node, _ in self._sets[places] for s in arcs(node))
            known = self._symbols[places] = self._alphabets.setdefault(named, named)
        return known

    def default(self, places: Set) -> Set:
        """The set after a symbol that no position names."""
        return self.step(places, ANY)

    def is_final(self, places: Set) -> bool:
        known = self._final[places]
        if known is None:
            known = self._final[places] = any(self._ends(node, frame) for node, frame in self._sets[places])
        return known

    def _ends(self, node: Node, frame: FrameId) -> bool:
        if not self._nodes.final[self._nodes.skip(node)]:
            return False
        return frame == TOP or any(self._ends(back, above) for back, above in self._frames[frame])

    def accepts(self, places: Set, symbols: str) -> bool:
        """Whether a text is a whole sentence from some places on."""
        for symbol in symbols:
            if (places := self.step(places, symbol)) == NOWHERE:
                return False
        return bool(symbols) and self.is_final(places)

    def can_go_on(self, places: Set) -> bool:
        """Whether another word may follow."""
        after = self.step(places, GAP)
        return bool(self.symbols(after) - {GAP})

    def _step(self, places: Set, symbol: str) -> Set:
        if symbol == MARK_GAP:
            return self._merged(self._plain_step(places, symbol), self.step(places, GAP))
        named = self.symbols(places)
        if symbol in named:
            return self._plain_step(places, symbol)
        return self.step(places, ANY) if ANY in named and symbol not in NOT_ANY else NOWHERE

    def follow(self, places: Set, symbols: str) -> Set:
        """The set after several symbols; most lead nowhere, which costs nothing and is remembered nowhere."""
        for symbol in symbols:
            after = self._steps[places].get(symbol)
            if after is None:
                named = self.symbols(places)
                if symbol not in named and symbol != MARK_GAP:
                    if ANY not in named or symbol in NOT_ANY:
                        return NOWHERE
                    symbol = ANY
                after = self.step(places, symbol)
            if after == NOWHERE:
                return NOWHERE
            places = after
        return places

    def _plain_step(self, places: Set, symbol: str) -> Set:
        step = self._nodes.step
        reached = [(target, frame) for node, frame in self._sets[places] if (target := step(node, symbol)) != DEAD]
        if not reached:
            return NOWHERE
        if symbol != GAP and self._is_closed(reached):
            return self._intern(place for place in reached if not self._dead(place[0]))
        return self._close(reached, skip=symbol == GAP)

    def _is_closed(self, reached: list[Position]) -> bool:
        """Whether nothing can be returned from or entered: within words it is so."""
        final, calls = self._nodes.final, self._nodes.calls
        if any(final[node] or calls[node] for node, _ in reached):
            return False
        return len(reached) == 1 or len({frame for _, frame in reached}) == len(reached)

    def _merged(self, one: Set, other: Set) -> Set:
        if NOWHERE in (one, other):
            return one or other
        return self._intern({*self._sets[one], *self._sets[other]})

    def _close(self, reached: list[Position], skip: bool) -> Set:
        """Return from nets that may end here, then enter all that may be called, callers before callees."""
        nodes = self._nodes
        inside: dict[FrameId, set[Node]] = {}
        todo = reached
        while todo:
            node, frame = todo.pop()
            if skip:
                node = nodes.skip(node)
            held = inside.setdefault(frame, set())
            if node in held:
                continue
            held.add(node)
            if nodes.final[node]:
                todo.extend(self._frames[frame])
        self._enter(inside, skip)
        dead = self._dead
        places = ((nodes.union(held), frame) for frame, held in inside.items())
        return self._intern(place for place in places if not dead(place[0]))

    def _enter(self, inside: dict[FrameId, set[Node]], skip: bool) -> None:
        nodes, ranks = self._nodes, self._ranks
        calls: dict[int, set[tuple[Node, FrameId]]] = {}
        for frame, held in inside.items():
            for node in held:
                for net, back, _ in nodes.calls[node]:
                    calls.setdefault(net, set()).add((back, frame))
        while calls:
            net = max(calls, key=ranks.__getitem__)
            returns = calls.pop(net)
            entry = self._entries[net]
            if entry == DEAD:
                continue
            frame = self._frame(net, tuple(sorted(place for place in returns if not self._dead(place[0]))))
            node = nodes.skip(entry) if skip else entry
            inside.setdefault(frame, set()).add(node)
            for inner, back, _ in nodes.calls[node]:
                calls.setdefault(inner, set()).add((back, frame))

    def _frame(self, net: int, returns: tuple[tuple[Node, FrameId], ...]) -> FrameId:
        known = self._frame_ids.get((net, returns))
        if known is None:
            known = self._frame_ids[net, returns] = len(self._frames)
            self._frames.append(returns)
        return known

    def _intern(self, places: Iterable[Position]) -> Set:
        key = tuple(sorted(places))
        known = self._set_ids.get(key)
        if known is None:
            known = self._set_ids[key] = len(self._sets)
            self._sets.append(key)
            self._steps.append({})
            self._symbols.append(None)
            self._final.append(None)
        return known
