"""Open dictation that knows the household's names: shallow fusion with a tree of names.

A hypothesis gains a bonus while it spells a name and loses it again where the name is not finished (Zhao et al., 2019,
"Shallow-Fusion End-to-End Contextual Biasing"). The free text was found before without it; its places in the decoder
are known, so only what leaves it costs a step.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.asr.constrained.names import Dictated, Names
from assistant.asr.constrained.search import Found, Tokens
from assistant.asr.moonshine.sound import Branch, Source
from assistant.asr.moonshine.vocabulary import EOS, MoonshineVocabulary
from assistant.errors import Abandoned

WIDTH = 4
"""Hypotheses of one length."""
BEHIND = 7.0
"""Natural-log probability, bonus included, by which a hypothesis may be behind the best of its length."""
MORE = 8
"""Tokens by which a text with names may be longer than the one without."""


@dataclass(slots=True)
class _Path:
    tokens: Tokens
    parent: Branch
    log_probabilities: tuple[float, ...] = ()
    score: float = 0.0
    """Log-probability and the bonus of finished names."""
    node: int = Names.root
    """In a name, or the root outside."""
    secured: float = 0.0
    """Bonus of the longest name that is finished within the present one."""
    pending: float = 0.0
    earned: float = 0.0
    """Bonus of finished names, part of the score."""

    @property
    def value(self) -> float:
        return self.score + max(self.secured, self.pending)


class Dictation:
    """One search; ``run`` it once.

    Args:
        found: the likeliest text without names.
        places: its places in ``sound``, before each of its tokens and after the last.
        given_up: whether nobody waits for the text any more.
    """

    def __init__(
        self, sound: Source, names: Names, vocabulary: MoonshineVocabulary, found: Found, places: Sequence[Branch],
        given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sound = sound
        self._names = names
        self._vocabulary = vocabulary
        self._free = found.free_draft
        self._since = len(found.free_draft) - len(found.free)
        self._places = places
        self._given_up = given_up
        self._limit = len(found.free) + MORE
        self._level = [_Path(self._free[: self._since], places[0])] if places else []
        self._ended: tuple[float, _Path] | None = None

    def run(self) -> Dictated | None:
        """The best text, without the prefix; None if none ends in time.

        Raises:
            Abandoned: nobody waits for it any more.
        """
        for _ in range(self._limit):
            if not self._level:
                break
            if self._given_up():
                raise Abandoned("the search was given up", where="recogniser")
            places = self._look(self._level)
            self._level = self._kept([
                child for path, place in zip(self._level, places, strict=True)
                for child in self._children(path, place)
            ])
        if self._ended is None:
            return None
        path = self._ended[1]
        return Dictated(path.tokens[self._since :], path.log_probabilities)

    def _look(self, paths: list[_Path]) -> list[Branch]:
        """The places of paths of one length; those of the free text are known."""
        at = len(paths[0].tokens) - self._since
        free = self._free[: self._since + at] if at < len(self._places) else None
        others = [path for path in paths if path.tokens != free]
        looked = iter(self._sound.look([p.parent for p in others], [p.tokens for p in others], [False] * len(others)))
        return [self._places[at] if path.tokens == free else next(looked) for path in paths]

    def _children(self, path: _Path, place: Branch) -> list[_Path]:
        likeliest = int(place.logits.argmax())
        if likeliest == EOS:
            self._end(path, place)
        child = self._leave(path, place, likeliest) if likeliest != EOS else None
        children = {likeliest: child} if child is not None else {}
        for node in {path.node, Names.root}:
            tokens, nodes = self._names.moves(node)
            if not len(tokens):
                continue
            within = place.logits[tokens] - place.logits[likeliest] > -2 * BEHIND
            for token, after in zip(tokens[within].tolist(), nodes[within].tolist(), strict=True):
                child = self._enter(path, place, token, after, node)
                if child is not None and (token not in children or child.value > children[token].value):
                    children[token] = child
        return list(children.values())

    def _enter(self, path: _Path, place: Branch, token: int, after: int, node: int) -> _Path | None:
        """Go on with a name, or (from the root) begin one."""
        child = self._with(path, place, token)
        child.node, child.pending = after, self._names.bonus[after]
        if node == Names.root:
            return self._outside(child)
        return child

    def _leave(self, path: _Path, place: Branch, token: int) -> _Path | None:
        """Write what is likeliest, in no name."""
        return self._outside(self._with(path, place, token))

    def _with(self, path: _Path, place: Branch, token: int) -> _Path:
        log_probability = place.log_probability(token)
        return _Path(
            (*path.tokens, token), place, (*path.log_probabilities, log_probability), path.score + log_probability,
            secured=self._settled(path, token), earned=path.earned,
        )

    def _outside(self, child: _Path) -> _Path | None:
        """With the bonus of the name before; None where that was not finished: then nothing speaks for leaving the free
        text, and a search without a reason only finds texts that are too short."""
        child.score += child.secured
        child.earned += child.secured
        child.secured = 0.0
        before = child.tokens[:-1]
        return child if child.earned or before == self._free[: len(before)] else None

    def _end(self, path: _Path, place: Branch) -> None:
        secured = self._names.earned[path.node] or path.secured
        value = path.score + secured + place.log_probability(EOS)
        if not path.earned + secured and path.tokens != self._free:
            return
        if self._ended is None or value > self._ended[0]:
            self._ended = value, path

    def _settled(self, path: _Path, token: int) -> float:
        """The bonus that is earned when a token follows: a name that ends within a word is none."""
        within_word = self._vocabulary.pieces[token][:1].isalnum() or self._vocabulary.pieces[token][:1] == "'"
        return path.secured if within_word else self._names.earned[path.node] or path.secured

    def _kept(self, paths: list[_Path]) -> list[_Path]:
        if not paths:
            return []
        floor = max(path.value for path in paths) - BEHIND
        if self._ended is not None:
            floor = max(floor, self._ended[0])
        return heapq.nlargest(WIDTH, [path for path in paths if path.value >= floor], key=lambda path: path.value)
