"""The grammar as a decoder sees it: which tokens may follow, for one vocabulary and one view."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import numpy.typing as npt

from assistant.grammar.base import State, TokenConstraint
from assistant.grammar.nodes import ANY, NOT_ANY
from assistant.grammar.symbols import DASH, MARK_GAP, Mode, feed, feed_strict, fold
from assistant.grammar.vocabulary import Branch, PieceTree
from assistant.grammar.walker import NOWHERE, Set, Walker

Ids = npt.NDArray[np.int64]
Allowed = tuple[Ids, Ids]
MASK_BYTES = 24 * 2**20
"""Memory for remembered masks; the longest unused go first and are made again when needed."""
_UNFINISHED = frozenset((Mode.DASH,))
_PENDING = frozenset((Mode.START, Mode.START_GAP, Mode.DASH))
_SPECIAL = frozenset((MARK_GAP, DASH))


class Masks:
    """States and masks of one vocabulary over one walker; shared by all views."""

    def __init__(self, walker: Walker, tree: PieceTree) -> None:
        self.walker = walker
        self._tree = tree
        self._states: list[tuple[Set, Mode]] = []
        self._ids: dict[tuple[Set, Mode], State] = {}
        self._masks: OrderedDict[State, Allowed] = OrderedDict()
        self._bytes = 0

    def state(self, places: Set, mode: Mode) -> State:
        key = (places, mode)
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = len(self._states)
            self._states.append(key)
        return known

    def place(self, state: State) -> tuple[Set, Mode]:
        return self._states[state]

    def allowed(self, state: State) -> Allowed:
        known = self._masks.get(state)
        if known is not None:
            self._masks.move_to_end(state)
            return known
        mask = self._masks[state] = self._mask(state)
        self._bytes += mask[0].nbytes + mask[1].nbytes
        while self._bytes > MASK_BYTES and len(self._masks) > 1:
            _, dropped = self._masks.popitem(last=False)
            self._bytes -= dropped[0].nbytes + dropped[1].nbytes
        return mask

    def _mask(self, state: State) -> Allowed:
        places, mode = self._states[state]
        ids: list[int] = []
        states: list[int] = []
        blocks: list[tuple[Ids, int]] = []
        todo: list[tuple[Branch, Set, Mode]] = [(self._tree.root, places, mode)]
        while todo:
            branch, places, mode = todo.pop()
            if branch.ids:
                after = self.state(places, mode)
                ids += branch.ids
                states += [after] * len(branch.ids)
            if branch.plain and self._stays(places, mode):
                blocks.append((branch.below, self.state(places, mode)))
                continue
            for character, child in branch.children.items():
                step = feed_strict(mode, character)
                if step is None:
                    continue
                reached = self._emit(places, step[0])
                if reached != NOWHERE:
                    todo.append((child, reached, step[1]))
        tokens = [np.array(ids, np.int64)] + [block for block, _ in blocks]
        reached_states = [np.array(states, np.int64)] + [np.full(len(block), after) for block, after in blocks]
        return np.concatenate(tokens), np.concatenate(reached_states).astype(np.int64)

    def _stays(self, places: Set, mode: Mode) -> bool:
        """Whether letters cannot lead anywhere else: inside a word of a wildcard and nothing else."""
        if mode is not Mode.WORD:
            return False
        symbols = self.walker.symbols(places)
        return ANY in symbols and not any(s.isalpha() or s == "'" for s in symbols) and (
            self.walker.default(places) == places
        )

    def _emit(self, places: Set, symbols: str) -> Set:
        """The set after symbols; most characters lead nowhere, which must cost nothing and be remembered nowhere."""
        walker = self.walker
        for symbol in symbols:
            named = walker.symbols(places)
            if symbol not in named and symbol not in _SPECIAL:
                if ANY not in named or symbol in NOT_ANY:
                    return NOWHERE
                symbol = ANY
            places = walker.step(places, symbol)
            if places == NOWHERE:
                return NOWHERE
        return places

    def advance(self, state: State, text: str) -> State | None:
        places, mode = self._states[state]
        for character in fold(text):
            symbols, mode = feed(mode, character)
            for symbol in symbols:
                places = self.walker.step(places, symbol)
            if places == NOWHERE:
                return None
        return self.state(places, mode)


class ViewConstraint(TokenConstraint):
    """The constraint of one view.

    Args:
        masks: states and masks, shared with other views of the same vocabulary.
        start: the set before the first word.
        version: of the grammar.
    """

    def __init__(self, masks: Masks, start: Set, version: int) -> None:
        self._masks = masks
        self._start = masks.state(start, Mode.START)
        self.version = version

    @property
    def start(self) -> State:
        return self._start

    def allowed(self, state: State) -> Allowed:
        return self._masks.allowed(state)

    def is_final(self, state: State) -> bool:
        places, mode = self._masks.place(state)
        return mode not in _UNFINISHED and self._masks.walker.is_final(places)

    def can_go_on(self, state: State) -> bool:
        places, mode = self._masks.place(state)
        if mode in _PENDING:
            return bool(self.allowed(state)[0].size)
        return self._masks.walker.can_go_on(places)

    def advance(self, state: State, text: str) -> State | None:
        return self._masks.advance(state, text)
