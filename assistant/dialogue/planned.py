"""Orders for later in one sentence: "turn off the light in ten minutes" is an order, and when it is to be carried out.

When is what the rules of scope ``planned`` say; the rest is an order, or several, of any skill. A question is not for
later: whoever asks is told now, or that it cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.dialogue.plainly import asks, unasked
from assistant.grammar.base import Match, View

PLANNED = "planned"
"""Scope of the sentences that say when."""
BEGINNINGS = frozenset((
    "after", "at", "daily", "each", "every", "in", "next", "on", "this", "today", "tomorrow", "tonight",
))
"""First words of a time: where none of them is, nothing is looked for."""
_WORD = re.compile(r"\S+")

Orders = Callable[[str, View], Sequence[Match]]
Meaning = Callable[[str, View], Match | None]


def planned(words: str, view: View, orders: Orders, meaning: Meaning) -> Match | None:
    """An order for later: the match of its time, with the slot ``order``; None if it is none.

    Args:
        orders: the orders in a text.
        meaning: the meaning of a text under a view.
    """
    when = replace(view, scopes=(PLANNED,))
    for order, time in _cuts(words):
        match = meaning(time, when)
        if match is None:
            continue
        plain = unasked(order)
        found = orders(plain, view)
        if not found and plain != order:
            plain, found = order, orders(order, view)
        if found and not any(_is_now(one, match) for one in found):
            return replace(match, slots={"order": plain, **match.slots}, text=words)
    return None


def _is_now(order: Match, when: Match) -> bool:
    """Whether an order cannot be for later: it is a question, or for later already."""
    return asks(order.text) or (order.skill == when.skill and "order" in order.slots)


def is_exact(order: Match) -> bool:
    """Whether the time of an order for later is one of the day, or a while: "tomorrow" may as well be a song."""
    return any({"clock", "seconds"} & set(meant) for meant in order.meant.values())


def begins(words: str) -> bool:
    """Whether a text may begin with a time, which then is that of all orders in it."""
    first = _WORD.search(words)
    return first is not None and first[0].lower() in BEGINNINGS


def _cuts(words: str) -> Iterator[tuple[str, str]]:
    """(order, time) for every place at which a time may begin or end; the longest time first."""
    plain = words.strip(" .!?")
    found = list(_WORD.finditer(plain))
    for number, word in enumerate(found[1:], 1):
        if word[0].lower().strip(",") in BEGINNINGS:
            yield plain[:found[number - 1].end()].rstrip(" ,"), plain[word.start():]
    if begins(plain):
        for word in reversed(found[2:]):
            yield plain[word.start():], plain[:word.start()].rstrip(" ,")
