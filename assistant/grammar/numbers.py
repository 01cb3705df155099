"""Numbers as people say them and recognisers write them: nets that accept them, and their values.

"21", "21.5", "21,5", "19, 5", "2,700", "twenty one", "twenty one point five", "21 and a half", "21 1/2", "a hundred and
five", "twenty seven hundred", "minus five", "-5".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from assistant.grammar.base import Range
from assistant.grammar.nodes import DEAD, FINAL, Node, Nodes
from assistant.grammar.symbols import MARK_GAP

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
ONES = tuple(_ONES.split())
TENS = tuple(_TENS.split())
ORDINALS = {
    "zero": "zeroth", "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_WORD_VALUES = {word: n for n, word in enumerate(ONES)} | {word: 10 * n for n, word in enumerate(TENS)} | {"a": 1}
_DECIMALS = (".", ",", MARK_GAP)
_THOUSANDS = (",", MARK_GAP)
_SIGNS = ("minus ", "negative ", "-")
HALF = " 1 / 2"
"""The symbols of "1/2" after a number."""
_LIMIT = 999_999
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
        branches += [nodes.text(sign, negative) for sign in _SIGNS]
    if numbers.fractions and 0 in steps:
        branches.append(nodes.texts(("half", "a half"), target))
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
        small = steps[: bisect_left(steps, 1000)]
        branches = [self._texts([str(n) for n in small], self.after_digits), self._said(small, self.after_words)]
        branches += [self._thousands(rests, heads) for rests, heads in _blocks(steps, 1000).items()]
        hundreds = [n // 100 for n in range(1100, 10_000, 100) if n in steps and n % 1000]
        branches.append(self._said(hundreds, self.nodes.text(" hundred", self.after_words)))
        return self.nodes.union(branches)

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
        """What follows "hundred" or "thousand": nothing for 0, else a link and the words."""
        after = self._said(rests[1:] if rests[0] == 0 else rests, target)
        linked = DEAD if after == DEAD else self.nodes.texts((" ", " and "), after)
        return self.nodes.union((linked, target if rests[0] == 0 else DEAD))

    def _thousands(self, rests: Sequence[int], heads: Sequence[int]) -> Node:
        nodes = self.nodes
        rest = nodes.text(" thousand", self._rest(rests, self.after_words))
        said = [self._said(heads, rest), nodes.text("a", rest) if 1 in heads else DEAD]
        padded = nodes.texts([f"{n:03d}" for n in rests], self.after_digits)
        marked = nodes.union([padded] + [nodes.arc(mark, padded) for mark in _THOUSANDS])
        return nodes.union((*said, nodes.texts([str(head) for head in heads], marked)))


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
    digits = (0, 5) if fractions == "halves" else range(10)
    spoken = [f" point {ONES[n]}" for n in digits] + [f" point {n}" for n in digits] + [" and a half"]
    written = [f"{mark}{n}" for n in digits for mark in _DECIMALS] + [HALF]
    after_words = nodes.union((target, nodes.texts(spoken, target)))
    return nodes.union((after_words, nodes.texts(written, target))), after_words


def number_value(symbols: str, numbers: Range) -> int | float | None:
    """What an accepted text means, or None if it is no number of this range."""
    steps = range(numbers.start, numbers.stop + 1, numbers.step)
    for value in _readings(symbols):
        if int(value) in steps:
            result = value * numbers.multiplier
            return round(float(result), 6) if numbers.fractions or result != int(result) else int(result)
    return None


def _readings(symbols: str) -> Iterator[float]:
    text, sign = symbols.strip(), 1.0
    for prefix in _SIGNS:
        if text.startswith(prefix):
            text, sign = text.removeprefix(prefix), -1.0
    whole = text
    for mark in _THOUSANDS:
        whole = whole.replace(mark, "")
    if whole.isdigit():
        grouped = text if whole == text else text.replace(MARK_GAP, ",")
        if whole == text or all(len(group) == 3 for group in grouped.split(",")[1:]):
            yield sign * float(whole)
    for mark in _DECIMALS:
        text = text.replace(mark, ".") if text[:1].isdigit() else text
    value = _spoken(text)
    if value is not None:
        yield sign * value


def _spoken(text: str) -> float | None:
    fraction = 0.0
    if text in ("half", "a half"):
        return 0.5
    for half in (" and a half", HALF):
        if text.endswith(half):
            text, fraction = text.removesuffix(half), 0.5
    text, _, point = text.partition(" point ")
    if point:
        tenth = int(point) if point.isdigit() else _WORD_VALUES[point]
        fraction = tenth / 10
    try:
        return round(float(text) + fraction, 6)
    except ValueError:
        return _words_value(text.split(), fraction)


def _words_value(words: list[str], fraction: float) -> float | None:
    total = part = 0
    for word in words:
        if word == "hundred":
            part *= 100
        elif word == "thousand":
            total, part = total + part * 1000, 0
        elif word in _WORD_VALUES:
            part += _WORD_VALUES[word]
        elif word != "and":
            return None
    return round(total + part + fraction, 6)
