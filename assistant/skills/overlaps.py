"""Sentences that two intents share: found by walking both networks side by side, so that none is missed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.nodes import ANY, Node
from assistant.grammar.symbols import GAP, readable
from assistant.grammar.walker import NOWHERE, Set, Walker

MOST_PAIRS = 60_000
"""Pairs of places looked at for two intents; beyond, what is left is not known."""
HEARD_SCOPES = ("order", "follow_up")
"""Sentences that may be said at the same time."""
FILLER = "x"
"""A letter that a wildcard reads."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two intents that share sentences."""

    mine: str
    """``skill.Intent``."""
    other: str
    sentence: str
    """One that both match: the shortest."""
    winner: str = ""
    """The intent that it means; empty: nothing but the order of loading decides."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Two intents whose sentences are too many to be compared to the end."""

    mine: str
    other: str


def overlaps(grammar: Grammar, skills: Sequence[str]) -> Iterator[Overlap | Unknown]:
    """What intents of some skills share with any other.

    Args:
        grammar: of all skills.
        skills: those whose intents are looked at.
    """
    walker = Walker(grammar.network)
    starts = _starts(grammar, walker)
    names = sorted(starts)
    for number, mine in enumerate(names):
        for other in names[number + 1 :]:
            if mine[0] in skills or other[0] in skills:
                found = _shared(walker, starts[mine], starts[other])
                ours, theirs = (mine, other) if mine[0] in skills else (other, mine)
                if found is None:
                    yield Unknown(".".join(ours), ".".join(theirs))
                elif found:
                    winner = _winner(grammar.match(found, View(HEARD_SCOPES)), mine, other)
                    yield Overlap(".".join(ours), ".".join(theirs), found, winner)


def _starts(grammar: Grammar, walker: Walker) -> dict[tuple[str, str], Set]:
    network = grammar.network
    entries: dict[tuple[str, str], list[Node]] = {}
    view = View(HEARD_SCOPES)
    for key, rule in network.rules(view):
        entries.setdefault((rule.skill, rule.intent), []).append(network.rule_entry(key, rule, view))
    return {name: walker.start(network.nodes.union(nodes)) for name, nodes in entries.items()}


def _shared(walker: Walker, mine: Set, other: Set) -> str | None:
    """The shortest text that both are; empty if there is none, None if it was not found out."""
    begun = (mine, other)
    came: dict[tuple[Set, Set], tuple[tuple[Set, Set], str] | None] = {begun: None}
    todo = deque([begun])
    while todo:
        pair = todo.popleft()
        for symbol in _common(walker, *pair):
            after = walker.step(pair[0], symbol), walker.step(pair[1], symbol)
            if NOWHERE in after or after in came:
                continue
            came[after] = pair, symbol
            if walker.is_final(after[0]) and walker.is_final(after[1]):
                return _text(came, after)
            if len(came) > MOST_PAIRS:
                return None
            todo.append(after)
    return ""


def _common(walker: Walker, one: Set, other: Set) -> list[str]:
    """Symbols that lead on from both, those of words before a letter of a wildcard."""
    mine, theirs = walker.symbols(one), walker.symbols(other)
    named = mine & theirs
    if ANY in mine:
        named |= theirs
    if ANY in theirs:
        named |= mine
    filler = [FILLER] if ANY in mine and ANY in theirs else []
    return [*sorted(named - {ANY}), *(letter for letter in filler if letter not in named)]


def _text(came: dict[tuple[Set, Set], tuple[tuple[Set, Set], str] | None], end: tuple[Set, Set]) -> str:
    letters: list[str] = []
    step = came[end]
    while step is not None:
        pair, symbol = step
        letters.append(symbol)
        step = came[pair]
    return " ".join(readable("".join(reversed(letters)).strip(GAP)).split())


def _winner(matches: Sequence[Match], mine: tuple[str, str], other: tuple[str, str]) -> str:
    """The intent that a shared sentence means, where its words decide."""
    ranks = [
        (match.wildcards, -match.literal, (match.skill, match.intent))
        for match in matches if (match.skill, match.intent) in (mine, other)
    ]
    if len(ranks) < 2:
        return ".".join(ranks[0][2]) if ranks else ""
    first, second = ranks[0], next((rank for rank in ranks if rank[2] != ranks[0][2]), ranks[0])
    return ".".join(first[2]) if first[:2] != second[:2] else ""
