"""The grammar as a decoder sees it: which tokens may follow, for one vocabulary and one view."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from assistant.grammar.base import State, TokenConstraint
from assistant.grammar.nodes import ANY
from assistant.grammar.symbols import DASH, GAP, JOINING, LETTERLESS, MARK_GAP, Mode, feed, feed_strict, fold
from assistant.grammar.vocabulary import DIRECT, LETTERS, OPENINGS, SPACED, Branch, PieceTree
from assistant.grammar.walker import NOWHERE, Set, Walker

Ids = npt.NDArray[np.int64]
Allowed = tuple[Ids, Ids]
Place = tuple[Set, Mode]
"""Where a text stands."""
MASK_BYTES = 12 * 2**20
"""Memory for remembered masks; the longest unused go first and are made again when needed."""
SHARED_LENGTH = 4096
"""Tokens of a mask that is kept in half the memory: inside an open slot 15,000 may follow."""
_NOTHING: Ids = np.empty(0, np.int64)
_AFTER_DASH = frozenset((Mode.DASH, Mode.START_DASH))
_AT_START = frozenset((Mode.START, Mode.START_GAP))
_PENDING = _AFTER_DASH | _AT_START
_WHOLE = frozenset((Mode.WORD, Mode.DIGIT, Mode.SYMBOL, Mode.POINT, Mode.COMMA, Mode.COLON))
"""Modes in which a sentence may end: after a space or a dash something must follow."""
_AWAITED = {
    Mode.DASH: (GAP + DASH,),
    Mode.START_DASH: (DASH,),
    Mode.POINT: (".", MARK_GAP),
    Mode.COMMA: (",", MARK_GAP),
    Mode.COLON: (":", MARK_GAP),
    Mode.MARK_GAP: (MARK_GAP,),
}
"""Symbols that the next character may make of what is pending."""


class Masks:
    """States and masks of one vocabulary over one walker; shared by all views."""

    def __init__(self, walker: Walker, tree: PieceTree) -> None:
        self.walker = walker
        self._tree = tree
        self._states: list[tuple[Set, Mode]] = []
        self._ids: dict[tuple[Set, Mode], State] = {}
        self._masks: OrderedDict[State, tuple[Ids, Ids | npt.NDArray[np.int32]]] = OrderedDict()
        self._pool: WeakValueDictionary[int, Ids] = WeakValueDictionary()
        self._hopes: dict[tuple[Set, Mode], bool] = {}
        self._staying: dict[Set, bool] = {}
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
            return known[0], known[1].astype(np.int64, copy=False)
        ids, states = self._mask(state)
        mask = self._masks[state] = (ids, states) if len(ids) < SHARED_LENGTH else (ids, states.astype(np.int32))
        self._bytes += _size(mask)
        while self._bytes > MASK_BYTES and len(self._masks) > 1:
            self._bytes -= _size(self._masks.popitem(last=False)[1])
        return ids, states

    def _mask(self, state: State) -> Allowed:
        spans = list[tuple[int, int, State]]()
        todo: list[tuple[Branch, Set, Mode]] = [(self._tree.root, *self._states[state])]
        while todo:
            branch, places, mode = todo.pop()
            if branch.plain and branch.high > branch.end and mode is Mode.WORD and self._stays(places):
                spans.append((branch.low, branch.high, self.state(places, mode)))
                continue
            if branch.end > branch.low:
                spans.append((branch.low, branch.end, self.state(places, mode)))
            if branch.end == branch.high:
                continue
            todo += self._letters(branch, places, mode)
            for character, child in branch.marks.items():
                if (step := self._mark(places, mode, character)) is not None:
                    todo.append((child, *step))
        if not spans:
            return _NOTHING, _NOTHING
        low, high, after = np.array(sorted(spans)).T
        sizes = high - low
        found = np.arange(sizes.sum()) + np.repeat(low - sizes.cumsum() + sizes, sizes)
        return self._shared(self._tree.tokens[found]), np.repeat(after, sizes)

    def after(self, state: State, token: int) -> State | None:
        """The state after one of the tokens of ``allowed``, None for any other token."""
        places, mode = self._states[state]
        text = self._tree.text(token)
        for character in text:
            step = self._letter if character.isalpha() else self._mark
            if (reached := step(places, mode, character)) is None:
                return None
            places, mode = reached
        return self.state(places, mode) if text else None

    def possible(self, state: State, tokens: Ids) -> Ids:
        """Some tokens without those whose first letter cannot follow."""
        places, mode = self._states[state]
        openings = np.zeros(OPENINGS, bool)
        openings[0] = True
        self._mark_letters(openings[DIRECT:SPACED], places, mode)
        if (spaced := self._mark(places, mode, GAP)) is not None:
            self._mark_letters(openings[SPACED:], *spaced)
        return tokens[openings[self._tree.openings[tokens]]]

    def _mark_letters(self, marked: npt.NDArray[np.bool_], places: Set, mode: Mode) -> None:
        """Mark the letters, of ``LETTERS``, that may follow."""
        if mode in LETTERLESS:
            return
        if mode not in JOINING:
            places = self.walker.follow(places, GAP)
        named = self.walker.symbols(places)
        if ANY in named:
            marked[:] = True
            return
        for symbol in named:
            if (at := LETTERS.find(symbol)) >= 0:
                marked[at] = True

    def is_open(self, state: State) -> bool:
        """Whether a word may follow that no position names, or any letter."""
        places, mode = self._states[state]
        walker = self.walker
        if mode is Mode.WORD and ANY in walker.symbols(places):
            return True
        return ANY in walker.symbols(walker.follow(places, GAP))

    def is_named(self, state: State, token: int) -> bool:
        """Whether positions name all letters of a token that may follow, and it holds no digit."""
        places, mode = self._states[state]
        for character in self._tree.text(token):
            if character.isalpha() and not self._names(places, mode, character):
                return False
            step = self._letter if character.isalpha() else self._mark
            reached = step(places, mode, character)
            if reached is None or character.isdigit():
                return False
            places, mode = reached
        return True

    def _names(self, places: Set, mode: Mode, letter: str) -> bool:
        if mode is not Mode.WORD and mode not in JOINING:
            places = self.walker.follow(places, GAP)
        return letter in self.walker.symbols(places)

    def _letter(self, places: Set, mode: Mode, letter: str) -> Place | None:
        """Where a letter leads; None where none may be written."""
        if mode is not Mode.WORD:
            if mode in LETTERLESS:
                return None
            if mode not in JOINING:
                places = self.walker.follow(places, GAP)
        reached = self.walker.follow(places, letter)
        return (reached, Mode.WORD) if reached != NOWHERE else None

    def _mark(self, places: Set, mode: Mode, character: str) -> Place | None:
        """Where anything but a letter leads; None where it may not be written, or nothing can come of it."""
        step = feed_strict(mode, character)
        if step is None:
            return None
        symbols, following = step
        if symbols:
            reached = self.walker.follow(places, symbols)
            return (reached, following) if reached != NOWHERE else None
        return (places, following) if self._hopeful(places, following) else None

    def _letters(self, branch: Branch, places: Set, mode: Mode) -> Iterator[tuple[Branch, Set, Mode]]:
        """The branches that go on with a letter, and where that leads."""
        step, letters = self.walker.step, branch.letters
        if mode in LETTERLESS:
            return
        if mode not in JOINING and (places := self.walker.follow(places, GAP)) == NOWHERE:
            return
        named = self.walker.symbols(places)
        for letter in letters if ANY in named else named & letters.keys():
            if (reached := step(places, letter if letter in named else ANY)) != NOWHERE:
                yield letters[letter], reached, Mode.WORD

    def _shared(self, ids: Ids) -> Ids:
        """One array for equal ids: inside wildcards nearly all tokens may follow, in thousands of states."""
        if len(ids) < SHARED_LENGTH:
            return ids
        known = self._pool.setdefault(hash(ids.tobytes()), ids)
        return known if np.array_equal(known, ids) else ids

    def _hopeful(self, places: Set, mode: Mode) -> bool:
        """Whether something can come of a pending space, dash or mark: no space in a word, no dash without a number."""
        known = self._hopes.get((places, mode))
        if known is None:
            walker = self.walker
            known = any(walker.follow(places, symbols) != NOWHERE for symbols in _AWAITED.get(mode, ()))
            known = known or (mode not in _AFTER_DASH and walker.can_go_on(places))
            known = known or (mode in _AT_START and bool(walker.symbols(places)))
            known = known or (mode in _WHOLE and walker.is_final(places))
            self._hopes[places, mode] = known
        return known

    def _stays(self, places: Set) -> bool:
        """Whether letters cannot lead anywhere else: inside a word of a wildcard and nothing else."""
        known = self._staying.get(places)
        if known is None:
            named = self.walker.symbols(places)
            letters = any(symbol.isalpha() or symbol == "'" for symbol in named)
            known = ANY in named and not letters and self.walker.step(places, ANY) == places
            self._staying[places] = known
        return known

    def advance(self, state: State, text: str) -> State | None:
        places, mode = self._states[state]
        for character in fold(text):
            symbols, mode = feed(mode, character)
            for symbol in symbols:
                places = self.walker.step(places, symbol)
            if places == NOWHERE:
                return None
        return self.state(places, mode)


def _size(mask: tuple[Ids, Ids | npt.NDArray[np.int32]]) -> int:
    """Bytes of a mask; long id arrays are shared."""
    return mask[1].nbytes * (1 if len(mask[0]) >= SHARED_LENGTH else 2)


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

    def after(self, state: State, token: int) -> State | None:
        return self._masks.after(state, token)

    def possible(self, state: State, tokens: Ids) -> Ids:
        return self._masks.possible(state, tokens)

    def is_open(self, state: State) -> bool:
        return self._masks.is_open(state)

    def is_named(self, state: State, token: int) -> bool:
        return self._masks.is_named(state, token)

    def is_final(self, state: State) -> bool:
        places, mode = self._masks.place(state)
        return mode not in _AFTER_DASH and self._masks.walker.is_final(places)

    def can_go_on(self, state: State) -> bool:
        places, mode = self._masks.place(state)
        if mode in _PENDING:
            return bool(self.allowed(state)[0].size)
        return self._masks.walker.can_go_on(places)

    def advance(self, state: State, text: str) -> State | None:
        return self._masks.advance(state, text)
