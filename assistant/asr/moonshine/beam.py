"""Beam search under a grammar, with the free greedy text as one more hypothesis of each step.

Length by length, in tokens. Hypotheses that say the same words and stand in the same place of the grammar are one;
those that are far behind what is already complete are dropped; when all of them are hopelessly behind the
free text, the sound is not for this grammar and the search for sentences ends.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import UNEXPLAINED, BeamConfig, Found, Sentence, Tokens, compared
from assistant.asr.moonshine.likely import Bar, allowed, likeliest
from assistant.asr.moonshine.opened import NOTHING_OPEN, Opened
from assistant.asr.moonshine.sound import Branch, Source
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import Floats
from assistant.errors import Abandoned
from assistant.grammar.base import TokenConstraint

Ids = npt.NDArray[np.int64]

TOKENS_PER_SECOND = 7.0
"""Fast speech has about 5; the model's authors cut at 6.5 because beyond it repeats itself."""
CLEARLY = 2.0
"""Log-probability by which one spelling of a text must lead to displace another: what a rare piece or a comma costs now
may be repaid by what follows."""
SAME = 1e-3
"""Scores that differ less come from rounding."""
SPELLINGS = 2.5
"""Log-probability by which a spelling of the prefix may be behind the best."""
OPENING = 4
"""Tokens of the first words."""
LOOP = 4
"""A free text that says its last token so often has lost itself,"""
LOOPED, LOOPS = range(3, 9), 3
"""and one that says its last few tokens so often: of those once is enough."""


@dataclass(slots=True)
class _Row:
    """A hypothesis: its last token is not looked at yet."""

    tokens: Tokens
    score: float
    state: int
    parent: Branch | None
    """Where the last token was read; None once it has been looked at and followed."""
    text: str = ""
    since: int = 0
    """Tokens of the prefix."""
    base: float = 0.0
    """Score of the prefix."""
    place: Branch | None = None
    prefix: int | None = None
    """Letters of the prefix written, None after it."""
    opened: Opened = NOTHING_OPEN
    before: _Row | None = None
    """Without the last token."""
    chance: float = 0.0
    """Log-probability of the last token."""

    @property
    def worth(self) -> float:
        """What it is worth beside others of its length."""
        return compared(self.score, 0, self.opened.tokens)

    def release(self) -> None:
        """Forget the places: each keeps the logits of all that were looked at beside it."""
        self.parent = self.place = None


_Key = tuple[int, int | None, str, bool]
"""Place in the grammar, letters of the prefix, words, and whether a mark was written last, which may be repaid by what
follows: hypotheses that have all in common are one."""
Trail = list[tuple[str, float]]
"""The text after each token of a hypothesis, and its score there."""


@dataclass
class Search:
    """One search; ``run`` it once."""

    sound: Source
    constraint: TokenConstraint | None
    folded: Sequence[str]
    marks: frozenset[int]
    """Tokens that end in punctuation."""
    config: BeamConfig
    prefix: PhraseConstraint | None = None
    start: int | None = None
    """State to begin in; None for the constraint's own."""
    given_up: Callable[[], bool] = lambda: False
    """Whether nobody waits for the result any more."""
    _levels: dict[int, list[_Row]] = field(default_factory=dict)
    _done: dict[str, Sentence] = field(default_factory=dict)
    _last: dict[str, _Row] = field(default_factory=dict)
    """The row that each of these ends with."""
    _seen: dict[_Key, float] = field(default_factory=dict)
    _whole: dict[int, float] = field(default_factory=dict)
    """Worth of the best whole sentence of each length, whatever is missing at its end."""
    _best: float = -np.inf
    """Of them, less what is missing."""
    _trails: list[tuple[Tokens, Trail]] = field(default_factory=list)
    _free: _Row | None = None
    _free_ended: bool = False

    def run(self) -> Found:
        """Search and return what was found.

        Raises:
            Abandoned: nobody waits for it any more.
        """
        limit = round(self.sound.seconds * TOKENS_PER_SECOND) + 6
        self._begin()
        for length in range(limit + 12):
            if self.given_up():
                raise Abandoned("the search was given up", where="recogniser")
            self._best = max((compared(worth, self._missing(n)) for n, worth in self._whole.items()), default=-np.inf)
            rows = self._rows_at(length)
            free = self._free_at(length, limit)
            both = rows + free
            if not both and not any(self._levels.values()) and (self._free_ended or self._free is None):
                break
            leads = [row is rows[0] or self._may_leave_prefix(row) for row in rows] + [True] * len(free)
            places = self.sound.look([row.parent for row in both], [row.tokens for row in both], leads)
            for row, place in zip(both, places, strict=True):
                row.place = place
            for row in free:
                self._step_free(row)
            self._expand(rows)
            for row in rows:
                row.release()
        return self._found()

    def free_places(self) -> list[Branch]:
        """After the search, the places before each token of the free text and after the last."""
        free = self._free
        if free is None or free.place is None:
            return []
        return [*(row.parent for row in _chain(free) if row.parent is not None), free.place]

    def _begin(self) -> None:
        first = self.sound.first
        for draft in self.sound.drafts:
            self._expect(draft)
        if self.prefix is not None:
            self._levels[0] = [_Row((), 0.0, 0, first, prefix=self.prefix.start)]
            return
        if self.constraint is not None:
            self._levels[0] = [_Row((), 0.0, self._start_state(), first)]
        self._free = _Row((), 0.0, -1, first)

    def _expect(self, draft: Tokens) -> None:
        """A draft that still is a sentence bounds the search from the beginning: what is behind it is never run."""
        state, prefix, score, place = self._start_state(), self.prefix, 0.0, self.sound.first
        letters = prefix.start if prefix is not None else None
        text, trail, opened = "", [], NOTHING_OPEN
        for n, token in enumerate(draft):
            score += place.log_probability(token)
            if prefix is not None and letters is not None:
                after = _follow(prefix.allowed(letters), token)
                if after is not None or letters < prefix.end:
                    letters = after
                    if after is None:
                        return
                    place = self.sound.known(draft[: n + 1])
                    continue
                letters = None
            after = self.constraint.after(state, token) if self.constraint is not None else None
            if self.constraint is None or after is None:
                return
            opened = opened.after(self.constraint, state, token)
            state, place = after, self.sound.known(draft[: n + 1])
            text = _join(text, self.folded[token])
            trail.append((text, score))
            key = (state, None, text, token in self.marks)
            self._seen[key] = max(score, self._seen.get(key, -np.inf))
        self._trails.append((draft, trail))
        if self.constraint is not None and self.constraint.is_final(state):
            self._keep_whole(len(draft), compared(score + place.log_probability(EOS), 0, opened.tokens))

    def _start_state(self) -> int:
        if self.start is not None:
            return self.start
        return self.constraint.start if self.constraint is not None else -1

    def _rows_at(self, length: int) -> list[_Row]:
        """The hypotheses of one length that are worth going on with."""
        rows = self._levels.pop(length, [])
        if not rows:
            return []
        merged: dict[_Key, _Row] = {}
        for row in rows:
            key = (row.state, row.prefix, row.text, bool(row.tokens) and row.tokens[-1] in self.marks)
            if row.score > self._seen.get(key, -np.inf) - SAME:
                merged[key] = row
                self._seen[key] = row.score
        if not merged:
            return []
        best = max(row.worth for row in merged.values())
        floor = max(best - self.config.behind, self._best - self.config.alternatives, self._hopeless())
        kept = [row for row in _few_spellings(merged.values()) if row.worth >= floor]
        kept = _various(kept, self._width(length), self.config.alike)
        return [row for row in kept if not self._is_dominated(row, kept[0])]

    def _width(self, length: int) -> int:
        prefix = self._free.since if self._free is not None else length
        return self._widest if length <= prefix + OPENING else self.config.width

    @property
    def _widest(self) -> int:
        return self.config.width * self.config.opening

    def _is_dominated(self, row: _Row, leader: _Row) -> bool:
        """Whether the row spells, in other pieces, the beginning of a text that is at least as good further on."""
        if row.prefix is not None or not row.text:
            return False
        if any(draft[: len(row.tokens)] == row.tokens for draft, _ in self._trails):
            return False
        if row is not leader and leader.prefix is None and _covers(_trail(leader), row):
            return True
        return any(_covers(trail, row) for _, trail in self._trails)

    def _hopeless(self) -> float:
        return -np.inf if self._free is None else self._free.score - self.config.hopeless

    def _free_at(self, length: int, limit: int) -> list[_Row]:
        free = self._free
        if free is None or self._free_ended or len(free.tokens) != length:
            return []
        if length >= limit or (length >= LOOP and len(set(free.tokens[-LOOP:])) == 1):
            self._free_ended = True
            return []
        again = _said_again(free.tokens[free.since :])
        if again:
            self._free, self._free_ended = _chain(free)[-1 - again], True
            return []
        return [free]

    def _step_free(self, row: _Row) -> None:
        place = row.place
        assert place is not None
        token = int(place.logits.argmax())
        score = row.score + place.log_probability(token)
        if token == EOS:
            row.score = score
            self._free, self._free_ended = row, True
            return
        self._free = _Row(
            (*row.tokens, token), score, -1, place, since=row.since, base=row.base, before=row,
            chance=place.log_probability(token),
        )

    def _expand(self, rows: list[_Row]) -> None:
        for row in rows:
            if row.prefix is None:
                self._finish(row)
        # More than the width survives only by merging; twice the width leaves room for it.
        bar = Bar(2 * self._widest, self.config.behind)
        pushed: list[_Row] = []
        for row in rows:
            children = self._children_of_prefix(row, bar) if row.prefix is not None else self._children(row, bar)
            for child in children:
                bar.raise_to(child.worth)
            pushed += children
        for child in heapq.nlargest(2 * self._widest, pushed, key=lambda row: row.worth):
            self._levels.setdefault(len(child.tokens), []).append(child)

    def _finish(self, row: _Row) -> None:
        place, constraint = row.place, self.constraint
        assert place is not None and constraint is not None
        final = constraint.is_final(row.state)
        if not row.text.strip() or not (final or constraint.can_go_on(row.state)):
            return
        end = place.log_probability(EOS)
        score = row.score + end
        text = row.text.strip()
        known = self._done.get(text)
        if known is None or (final, score) > (known.final, known.score):
            self._done[text] = Sentence(
                row.tokens[row.since :], row.tokens, text, score, row.state, final, row.opened.tokens, end=end
            )
            self._last[text] = row
        if final:
            self._keep_whole(len(row.tokens), compared(score, 0, row.opened.tokens))

    def _keep_whole(self, length: int, worth: float) -> None:
        self._whole[length] = max(worth, self._whole.get(length, -np.inf))

    def _missing(self, length: int) -> int:
        """Tokens of the free text beyond so many; while it is not finished, it is taken to be as long as last time."""
        free = len(self._free.tokens) if self._free is not None else 0
        if not self._free_ended and self.sound.drafts:
            free = max(free, len(self.sound.drafts[0]))
        return free - length

    def _children(self, row: _Row, bar: Bar) -> list[_Row]:
        constraint = self.constraint
        assert constraint is not None
        floor = self._floor(bar) + UNEXPLAINED * row.opened.tokens
        found = likeliest(constraint, row.state, _scores(row), floor, self._widest)
        return [
            _child(
                row, token, score, state=state, text=_join(row.text, self.folded[token]),
                opened=row.opened.after(constraint, row.state, token),
            )
            for token, state, score in found
        ]

    def _children_of_prefix(self, row: _Row, bar: Bar) -> list[_Row]:
        assert self.prefix is not None and row.prefix is not None
        found = allowed(*self.prefix.allowed(row.prefix), _scores(row), self._floor(bar), self._widest)
        children = [_child(row, token, score, state=row.state, prefix=letters) for token, letters, score in found]
        return children + (self._leave_prefix(row, bar) if self._may_leave_prefix(row) else [])

    def _floor(self, bar: Bar) -> float:
        """What a hypothesis must be worth."""
        return max(self._best - self.config.alternatives, self._hopeless(), bar.height)

    def _may_leave_prefix(self, row: _Row) -> bool:
        return self.prefix is not None and row.prefix is not None and row.prefix >= self.prefix.end

    def _leave_prefix(self, row: _Row, bar: Bar) -> list[_Row]:
        """The whole prefix is written: the grammar and the free text go on from here."""
        place = row.place
        assert place is not None
        if self._free is None or row.score > self._free.base:
            self._free_ended = False
            self._step_free(_Row(row.tokens, row.score, -1, place, "", len(row.tokens), row.score, place))
        if self.constraint is None:
            return []
        after = _Row(row.tokens, row.score, self._start_state(), row.parent, "", len(row.tokens), row.score, place)
        return self._children(after, bar)

    def _found(self) -> Found:
        free = self._free or _Row((), 0.0, -1, self.sound.first)
        worth = {
            text: compared(s.score, self._missing(len(s.draft)), s.open_tokens) for text, s in self._done.items()
        }
        best = max((worth[text] for text, s in self._done.items() if s.final), default=-np.inf)
        hopeless = free.score - self.config.hopeless
        kept = [replace(s, log_probabilities=_log_probabilities(self._last[text])) for text, s in self._done.items()
                if worth[text] >= best - self.config.alternatives and s.score >= hopeless]
        kept.sort(key=lambda s: -worth[s.text])
        return Found(
            tuple(kept), free.tokens[free.since :], free.score, free.tokens, free.base, _log_probabilities(free)
        )


def _various(rows: list[_Row], width: int, alike: int) -> list[_Row]:
    """The best, as many as the width allows, best first; of those with the same first word not too many.

    Numbers written in digits count as one word.
    """
    rows = sorted(rows, key=lambda row: -row.worth)
    if len(rows) <= width:
        return rows
    counts: Counter[str] = Counter()
    kept: list[_Row] = []
    rest: list[_Row] = []
    for row in rows:
        word = "0" if row.text[:1].isdigit() else row.text.partition(" ")[0]
        counts[word] += 1
        (kept if counts[word] <= alike else rest).append(row)
    return sorted((kept + rest)[:width], key=lambda row: -row.worth)


def _few_spellings(rows: Iterable[_Row]) -> list[_Row]:
    """Without the less likely spellings of the prefix: it was heard already, only how it is written is open."""
    rows = list(rows)
    best = max((row.score for row in rows if row.prefix is not None), default=0.0)
    return [row for row in rows if row.prefix is None or row.score >= best - SPELLINGS]


def _chain(row: _Row | None) -> list[_Row]:
    """The hypothesis after each of its tokens without the prefix."""
    chain: list[_Row] = []
    while row is not None and len(row.tokens) > row.since:
        chain.append(row)
        row = row.before
    return chain[::-1]


def _said_again(tokens: Tokens) -> int:
    """How many tokens at the end of a text only say again what stands before them; 0 where it has not lost itself."""
    for size in LOOPED:
        if len(tokens) >= LOOPS * size and tokens[-LOOPS * size :] == LOOPS * tokens[-size:]:
            return (LOOPS - 1) * size
    return 0


def _log_probabilities(row: _Row) -> tuple[float, ...]:
    return tuple(one.chance for one in _chain(row))


def _scores(row: _Row) -> Floats:
    """float32[vocabulary]: scores of the hypothesis with each token after it."""
    assert row.place is not None
    return row.place.logits + np.float32(row.score - row.place.total)


def _child(
    row: _Row, token: int, score: float, *, state: int, text: str = "", prefix: int | None = None,
    opened: Opened = NOTHING_OPEN,
) -> _Row:
    """The hypothesis with one more token."""
    return _Row(
        (*row.tokens, token), score, state, row.place, text, row.since, row.base,
        prefix=prefix, opened=opened, before=row, chance=score - row.score,
    )


def _trail(row: _Row | None) -> Trail:
    trail: Trail = []
    while row is not None and row.prefix is None and row.text:
        trail.append((row.text, row.score))
        row = row.before
    return trail[::-1]


def _covers(trail: Trail, row: _Row) -> bool:
    """Whether the trail, where it first goes further than the row's text, is clearly the better way to spell it."""
    for text, score in trail:
        if len(text) > len(row.text):
            return text.startswith(row.text) and score >= row.score + CLEARLY
    return False


def _follow(allowed: tuple[Ids, Ids], token: int) -> int | None:
    ids, states = allowed
    at = np.flatnonzero(ids == token)
    return int(states[at[0]]) if len(at) else None


def _join(text: str, piece: str) -> str:
    if piece.startswith(" ") and (not text or text.endswith(" ")):
        return text + piece[1:]
    return text + piece
