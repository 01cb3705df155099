"""Orders with an aside: "switch off the lamp, I'm going to sleep", "nobody's in the kitchen so turn the light off".

The order is all that counts, and what the aside names where the order says "it": "the hall light is on, turn it off".
Where the rest says no, or under which condition, nothing is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.dialogue.plainly import unasked
from assistant.grammar.base import Match, View
from assistant.skills import builtin

FEWEST = 3
"""Words of an order beside which an aside may stand."""
SHORTEST = 2
"""Words of one that says "it" of what the aside names."""
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
ARTICLES = frozenset(("the", "my", "our", "all", "both"))
"""Words with which the name of a thing begins, if it is not the first of the aside."""
_PRONOUN = re.compile(r"\b(?:it|them|that|those|this|these)\b", re.IGNORECASE)
_WORD = re.compile(r"\S+")

Meaning = Callable[[str, View], Match | None]


def beside_an_aside(words: str, view: View, meaning: Meaning) -> Match | None:
    """The order in a text that is an order and an aside; None if it is not."""
    for order, aside in _cuts(words):
        if CONDITIONS.isdisjoint(aside.lower().replace(",", " ").replace(".", " ").split()):
            match = _of_what_is_named(order, aside, view, meaning) or _order(order, view, meaning)
            if match is not None:
                return match
    return None


def _order(words: str, view: View, meaning: Meaning) -> Match | None:
    if len(words.split()) < FEWEST:
        return None
    plain = unasked(words)
    match = meaning(words, view) or (meaning(plain, view) if len(plain.split()) > 1 else None)
    return match if match is not None and not match.wildcards and match.skill != builtin.SKILL else None


def _of_what_is_named(order: str, aside: str, view: View, meaning: Meaning) -> Match | None:
    """The order with the longest name of the aside in place of its "it"; None where that has no meaning."""
    pronoun = _PRONOUN.search(order)
    if pronoun is None:
        return None
    for name in _names(aside):
        match = _order(f"{order[: pronoun.start()]}{name}{order[pronoun.end() :]}", view, meaning)
        if match is not None:
            return match
    return None


def _names(aside: str) -> Iterator[str]:
    """What may be the name of a thing, the longest first."""
    said = [_bare(word) for word in aside.split()]
    begins = [at for at, word in enumerate(said) if at == 0 or word in ARTICLES]
    for length in range(len(said), 0, -1):
        for begin in begins:
            if begin + length <= len(said):
                yield " ".join(said[begin : begin + length]).removesuffix("'s")


def _cuts(words: str) -> Iterator[tuple[str, str]]:
    """(order, aside) for every place at which one may end and the other begin, the longest orders first."""
    found = list(_WORD.finditer(words))
    for number in range(len(found) - 1, SHORTEST - 1, -1):
        if _bare(found[number][0]) in BEGIN:
            yield words[: found[number].start()].rstrip(" ,.;"), words[found[number].start() :]
    if found and (_bare(found[0][0]) in BEGIN or _bare(found[0][0]).endswith("'s")):
        for number in range(1, len(found) - SHORTEST + 1):
            last, first = found[number - 1][0], _bare(found[number][0])
            if _bare(last) in JOIN or last[-1] in ",.;" or first in ("can", "could", "would", "please"):
                yield words[found[number].start() :], words[: found[number].start()]


def _bare(word: str) -> str:
    return word.lower().strip(",.;!?").replace("\u2019", "'")
