"""Numbers as people say them and recognisers write them: nets that accept them, and their values.

"21", "21.5", "21,5", "19, 5", "2,700", "twenty one", "twenty one point five", "21 and a half", "a hundred and five",
"twenty seven hundred", "minus five", "-5".
"""

from __future__ import annotations

from collections.abc import Iterator
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
    return (f"{n} {ending}", *said)


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
        self._words: dict[range, Node] = {}
        self._padded: dict[range, Node] = {}

    def net(self, steps: range) -> Node:
        if not steps:
            return DEAD
        small = [n for n in steps if n < 1000] if steps[0] < 1000 else []
        branches = [self._texts([str(n) for n in small], self.after_digits)]
        branches.append(self._texts([text for n in small for text in words_of(n)], self.after_words))
        for rest, heads in self._blocks(steps).items():
            branches.append(self._thousands(rest, heads))
        hundreds = [n // 100 for n in steps if 1100 <= n < 10_000 and n % 100 == 0 and n % 1000]
        if hundreds:
            branches.append(self._texts([f"{w} hundred" for n in hundreds for w in words_of(n)], self.after_words))
        return self.nodes.union(branches)

    def _texts(self, texts: list[str], target: Node) -> Node:
        return self.nodes.texts(texts, target) if texts else DEAD

    @staticmethod
    def _blocks(steps: range) -> dict[range, list[int]]:
        """Thousands by which remainders may follow them."""
        blocks: dict[range, list[int]] = {}
        for head in range(max(steps[0] // 1000, 1), steps[-1] // 1000 + 1):
            low = max(steps[0], head * 1000)
            low += (steps[0] - low) % steps.step
            high = min(steps[-1], head * 1000 + 999)
            if low <= high:
                rest = range(low - head * 1000, high - head * 1000 + 1, steps.step)
                blocks.setdefault(range(rest[0], rest[-1] + 1, rest.step), []).append(head)
        return blocks

    def _thousands(self, rest: range, heads: list[int]) -> Node:
        nodes = self.nodes
        if rest not in self._words:
            texts = [f"{link}{text}" for n in rest if n for text in words_of(n) for link in (" ", " and ")]
            after = self._texts(texts, self.after_words)
            self._words[rest] = nodes.union((after, self.after_words if 0 in rest else DEAD))
            padded = nodes.texts([f"{n:03d}" for n in rest], self.after_digits)
            self._padded[rest] = nodes.union([padded] + [nodes.arc(mark, padded) for mark in _THOUSANDS])
        said = [f"{w} thousand" for head in heads for w in (*words_of(head), *(["a"] if head == 1 else []))]
        digits = nodes.texts([str(head) for head in heads], self._padded[rest])
        return nodes.union((nodes.texts(said, self._words[rest]), digits))


def _fraction_nets(nodes: Nodes, fractions: str, target: Node) -> tuple[Node, Node]:
    """What may follow digits, and what may follow words, before ``target``."""
    if not fractions:
        return target, target
    digits = (0, 5) if fractions == "halves" else range(10)
    spoken = [f" point {ONES[n]}" for n in digits] + [f" point {n}" for n in digits] + [" and a half"]
    written = [f"{mark}{n}" for n in digits for mark in _DECIMALS]
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
    if text.endswith(" and a half"):
        text, fraction = text.removesuffix(" and a half"), 0.5
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
