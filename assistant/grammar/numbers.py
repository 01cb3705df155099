"""Numbers as people say them and recognisers write them: nets that accept them.

"21", "21.5", "21,5", "19, 5", "2,700", "twenty one", "twenty one point five", "21 and a half", "21 1/2", "a hundred and
five", "twenty seven hundred", "minus five", "-5"; where they may have decimals "3.14", "three point one four", "two and
three quarters", "a third".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from assistant.grammar.base import Range
from assistant.grammar.nodes import DEAD, FINAL, Node, Nodes
from assistant.grammar.number_values import DECIMALS, ONES, SAID_PARTS, SIGNS, TENS, THOUSANDS, WRITTEN_PARTS

ORDINALS = {
    "zero": "zeroth", "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
HALF = " 1 / 2"
"""The symbols of "1/2" after a number."""
_SCALES = {"thousand": 10**3, "million": 10**6}
_PLACES = 6
"""Most digits after a decimal point."""
_LIMIT = 999_999_999
"""Greater numbers are not read."""


@lru_cache(maxsize=4096)
def words_of(n: int) -> tuple[str, ...]:
    """Ways to say a whole number from 0 to 999."""
    if n < 20:
        return (ONES[n],)
    if n < 100:
        return (TENS[n // 10] + (f" {ONES[n % 10]}" if n % 10 else ""),)
    heads = [f"{ONES[n // 100]} hundred"] + (["a hundred"] if n < 200 else [])
    if n % 100 == 0:
        return tuple(heads)
    rests = words_of(n % 100)
    return tuple(f"{head}{link}{rest}" for head in heads for link in (" and ", " ") for rest in rests)


def ordinal_of(n: int) -> tuple[str, ...]:
    """Ways to write the ordinal of a number from 1 to 999: "21st" (as symbols: "21 st"), "twenty first"."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    said = []
    for words in words_of(n):
        head, _, last = words.rpartition(" ")
        last = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
        said.append(f"{head} {last}".strip())
    return (f"{n} {ending}", *said, *(["hundredth"] if n == 100 else []))


def number_net(nodes: Nodes, numbers: Range, target: Node = FINAL) -> Node:
    """The net of a range, before ``target``; DEAD if the range is empty."""
    steps = range(numbers.start, numbers.stop + 1, numbers.step)
    if not steps or max(abs(steps[0]), abs(steps[-1])) > _LIMIT:
        return DEAD
    build = _Whole(nodes, *_fraction_nets(nodes, numbers.fractions, target))
    positive = build.net(_at_least(steps, 0))
    negative = build.net(_at_least(range(-steps[-1], -steps[0] + 1, numbers.step), 1))
    branches = [positive]
    if negative != DEAD:
        branches += [nodes.text(sign, negative) for sign in SIGNS]
    if numbers.fractions and 0 in steps:
        branches.append(_below_one(nodes, numbers.fractions, target))
    return nodes.union(branches)


def _at_least(steps: range, least: int) -> range:
    """The part of an ascending progression that is at least ``least``."""
    skipped = max(0, -((steps.start - least) // steps.step)) if steps.start < least else 0
    return steps[skipped:]


class _Whole:
    """Nets of non-negative whole numbers before one target."""

    def __init__(self, nodes: Nodes, after_digits: Node, after_words: Node) -> None:
        self.nodes, self.after_digits, self.after_words = nodes, after_digits, after_words

    def net(self, steps: range) -> Node:
        if not steps:
            return DEAD
        hundreds = [n // 100 for n in range(1100, 10_000, 100) if n in steps and n % 1000]
        return self.nodes.union((
            self._written(steps), self._spoken(steps, self.after_words),
            self._said(hundreds, self.nodes.text(" hundred", self.after_words)),
        ))  # fmt: skip

    def _written(self, numbers: range) -> Node:
        nodes = self.nodes
        branches = [self._texts([str(n) for n in numbers[: bisect_left(numbers, 1000)]], self.after_digits)]
        for size in _SCALES.values():
            part = numbers[: bisect_left(numbers, 1000 * size)]
            for (rests, heads), mark in product(_blocks(part, size).items(), ("", *THOUSANDS)):
                marked = nodes.text(mark, self._padded(rests, size, mark))
                branches.append(nodes.texts([str(head) for head in heads], marked))
        return nodes.union(branches)

    def _padded(self, rests: Sequence[int], size: int, mark: str) -> Node:
        """Remainders of a size in groups of three digits, with a mark between them."""
        nodes, low = self.nodes, rests[: bisect_left(rests, 1000)]
        branches = [self._texts([f"{n:03d}" for n in low], self.after_digits)]
        if size > 1000:
            branches = [nodes.text("000" + mark, branches[0])]
            for inner, heads in _blocks(rests, 1000).items():
                marked = nodes.text(mark, self._padded(inner, 1000, mark))
                branches.append(nodes.texts([f"{head:03d}" for head in heads], marked))
        return nodes.union(branches)

    def _spoken(self, numbers: Sequence[int], target: Node) -> Node:
        """Numbers in words, before ``target``."""
        nodes, branches = self.nodes, [self._said(numbers[: bisect_left(numbers, 1000)], target)]
        for scale, size in _SCALES.items():
            for rests, heads in _blocks(numbers[: bisect_left(numbers, 1000 * size)], size).items():
                rest = nodes.text(f" {scale}", self._rest(rests, target))
                branches += [self._said(heads, rest), nodes.text("a", rest) if 1 in heads else DEAD]
        return nodes.union(branches)

    def _texts(self, texts: Iterable[str], target: Node) -> Node:
        return self.nodes.texts(texts, target) if texts else DEAD

    def _said(self, numbers: Sequence[int], target: Node) -> Node:
        """Numbers below 1000 in words, before ``target``."""
        branches = [self._texts([text for n in numbers if n < 100 for text in words_of(n)], target)]
        for rests, heads in _blocks(numbers, 100).items():
            said = [f"{word} hundred" for head in heads for word in (ONES[head], *(["a"] if head == 1 else []))]
            branches.append(self.nodes.texts(said, self._rest(rests, target)))
        return self.nodes.union(branches)

    def _rest(self, rests: Sequence[int], target: Node) -> Node:
        """What follows "hundred", "thousand" or "million": nothing for 0, else a link and the words."""
        after = self._spoken(rests[1:] if rests[0] == 0 else rests, target)
        linked = DEAD if after == DEAD else self.nodes.texts((" ", " and "), after)
        return self.nodes.union((linked, target if rests[0] == 0 else DEAD))


def _blocks(numbers: Sequence[int], size: int) -> dict[Sequence[int], list[int]]:
    """Multiples of a size in ascending numbers, by which remainders may follow them."""
    blocks: dict[Sequence[int], list[int]] = {}
    place = bisect_left(numbers, size)
    while place < len(numbers):
        head = numbers[place] // size
        end = bisect_left(numbers, (head + 1) * size)
        group = numbers[place:end]
        rests = tuple(n % size for n in group) if not isinstance(group, range) else _remainders(group, size)
        blocks.setdefault(rests, []).append(head)
        place = end
    return blocks


def _remainders(group: range, size: int) -> range:
    """The same for numbers of one block that are a range: quick, however long it is."""
    return range(group[0] % size, group[-1] % size + 1, group.step)


def _fraction_nets(nodes: Nodes, fractions: str, target: Node) -> tuple[Node, Node]:
    """What may follow digits, and what may follow words, before ``target``."""
    if not fractions:
        return target, target
    if fractions == "decimals":
        return _decimal_nets(nodes, target)
    digits = (0, 5) if fractions == "halves" else range(10)
    spoken = [f" point {ONES[n]}" for n in digits] + [f" point {n}" for n in digits] + [" and a half"]
    written = [f"{mark}{n}" for n in digits for mark in DECIMALS] + [HALF]
    after_words = nodes.union((target, nodes.texts(spoken, target)))
    return nodes.union((after_words, nodes.texts(written, target))), after_words


def _decimal_nets(nodes: Nodes, target: Node) -> tuple[Node, Node]:
    """The same for several places, and for parts in words."""
    parts = nodes.texts((f" and {part}" for part in SAID_PARTS), target)
    after_words = nodes.union((target, parts, nodes.text(" point", _places(nodes, target))))
    dotted = nodes.text(".", _chain(nodes, [str(n) for n in range(10)], _PLACES, target))
    pairs = [f"{mark}{n}" for mark in DECIMALS[1:] for n in range(10)]  # three would be thousands
    pairs += [f"{pair}{n}" for pair in pairs for n in range(10)]
    written = nodes.texts((*pairs, *(f" {part}" for part in WRITTEN_PARTS)), target)
    return nodes.union((after_words, dotted, written)), after_words


def _places(nodes: Nodes, target: Node) -> Node:
    """Decimal places after "point": digits one by one, or two of them as one number."""
    digits = [f" {digit}" for n in range(10) for digit in (ONES[n], n)] + [" oh", " o"]
    pairs = [f" {pair}" for n in range(10, 100) for pair in (words_of(n)[0], n)]
    return nodes.union((_chain(nodes, digits, _PLACES, target), nodes.texts(pairs, target)))


def _chain(nodes: Nodes, digits: Sequence[str], most: int, target: Node) -> Node:
    """One to so many of some digits."""
    node = DEAD
    for _ in range(most):
        node = nodes.texts(digits, nodes.union((target, node)))
    return node


def _below_one(nodes: Nodes, fractions: str, target: Node) -> Node:
    """Numbers below one that no other number begins."""
    if fractions != "decimals":
        return nodes.texts(("half", "a half"), target)
    parts = nodes.texts(("half", *SAID_PARTS, *WRITTEN_PARTS), target)
    return nodes.union((parts, nodes.text("point", _places(nodes, target))))
