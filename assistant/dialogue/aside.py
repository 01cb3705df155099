"""Orders with an aside: "switch off the lamp, I'm going to sleep", "nobody's in the kitchen so turn the light off".

The order is all that counts. Where the rest says no, or under which condition, nothing is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.dialogue.plainly import unasked
from assistant.grammar.base import Match, View
from assistant.skills import builtin

FEWEST = 3
"""Words of an order beside which an aside may stand."""
BEGIN = frozenset((
    "because", "cause", "since", "so", "as", "i", "i'm", "i've", "i'd", "i'll", "we", "we're", "we've", "it", "it's",
    "he's", "she's", "they're", "there's", "somebody", "someone", "somebody's", "someone's", "nobody", "nobody's",
    "everybody", "everyone", "that's", "the", "my", "our", "grandma", "grandma's", "grandpa", "grandpa's",
))
"""First words of an aside."""
JOIN = frozenset(("so", "and", "please", "hey"))
"""Words between an aside and the order after it."""
CONDITIONS = frozenset((
    "no", "not", "never", "don't", "doesn't", "didn't", "won't", "can't", "couldn't", "shouldn't", "wouldn't", "isn't",
    "without", "if", "unless", "until", "till", "when", "while", "before", "after", "instead", "except", "stop",
    "forget", "wonder", "wondering", "think", "thinking", "said", "told", "asked", "heard",
))
"""Words that may turn an order into none, or into another one."""
_WORD = re.compile(r"\S+")


def beside_an_aside(words: str, view: View, meaning: Callable[[str, View], Match | None]) -> Match | None:
    """The order in a text that is an order and an aside; None if it is not."""
    for order, aside in _cuts(words):
        if CONDITIONS.isdisjoint(aside.lower().replace(",", " ").replace(".", " ").split()):
            plain = unasked(order)
            match = meaning(order, view) or (meaning(plain, view) if len(plain.split()) > 1 else None)
            if match is not None and not match.wildcards and match.skill != builtin.SKILL:
                return match
    return None


def _cuts(words: str) -> Iterator[tuple[str, str]]:
    """(order, aside) for every place at which one may end and the other begin, the longest orders first."""
    found = list(_WORD.finditer(words))
    for number in range(len(found) - 1, FEWEST - 1, -1):
        if _bare(found[number][0]) in BEGIN:
            yield words[: found[number].start()].rstrip(" ,.;"), words[found[number].start() :]
    if found and (_bare(found[0][0]) in BEGIN or _bare(found[0][0]).endswith("'s")):
        for number in range(1, len(found) - FEWEST + 1):
            last, first = found[number - 1][0], _bare(found[number][0])
            if _bare(last) in JOIN or last[-1] in ",.;" or first in ("can", "could", "would", "please"):
                yield words[found[number].start() :], words[: found[number].start()]


def _bare(word: str) -> str:
    return word.lower().strip(",.;!?").replace("\u2019", "'")
