"""The package's sentences as rules of a grammar.

What may stand before, after and (in writing) between the words of any sentence, "please" and "can you", is the
language's list of skip words. Sentences that would fit anything, and bare names of things, may be written but not said:
a recogniser that listens for them would hear orders in whatever is talked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from hassil.expression import Alternative, Expression, Group, ListReference, RuleReference, TextChunk

from assistant.grammar.base import Range, Rule
from assistant.grammar.sentences import AnyList, Sentences, read_sentences
from assistant.grammar.templates import listed, parse_template
from assistant.home_assistant.numbers import in_words
from assistant.home_assistant.package import OPEN, package_data

SKILL = "home assistant"
"""Owner of the rules and lists."""
WRITTEN = "written"
"""Scope of sentences that may be written only."""
SKIPPED = "skipped_words"
"""Expansion rule of what may stand around any sentence."""
_SYNTAX = re.compile(r"([()\[\]{}<>|;\\])")
Able = Callable[[Rule], Rule | None]
"""The part of a rule that some skill can carry out; None for nothing of it."""


def home_assistant_sentences(language: str = "en", able: Able | None = None) -> Sentences:
    """The sentences of a language.

    Args:
        able: leaves out what nobody can do; None for everything.

    Raises:
        GrammarError: the package or the language is not there.
    """
    everything = _sentences(language)
    if able is None:
        return everything
    rules = [rule for rule in map(able, everything.rules) if rule is not None]
    return Sentences(rules, everything.lists, everything.expansions)


@lru_cache(maxsize=4)
def _sentences(language: str) -> Sentences:
    data = package_data(language)
    found = read_sentences(data, SKILL, f"{language}.json")
    skipped = [_SYNTAX.sub(r"\\\1", word) for word in data.get("skip_words") or ()]
    if skipped:
        found.expansions[SKIPPED] = f"({'|'.join(skipped)})"
    if language != "en":
        found.lists = {name: _spoken(spec, language) for name, spec in found.lists.items()}
    around = SKIPPED if skipped else ""
    shortest = _Shortest(found.expansions)
    found.rules = [part for rule in found.rules for part in _parted(rule, shortest, around)]
    return found


def without_skipped(text: str, language: str = "en") -> str:
    """A text without its skip words: hassil's way to read politeness in the midst of a sentence."""
    pattern = _skip_pattern(language)
    return " ".join(pattern.sub(" ", text).split()) if pattern is not None else text


@lru_cache(maxsize=4)
def _skip_pattern(language: str) -> re.Pattern[str] | None:
    words: Sequence[str] = package_data(language).get("skip_words") or ()
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, longest_first))})\b") if words else None


def _spoken(spec: AnyList, language: str) -> AnyList:
    return in_words(spec, language) if isinstance(spec, Range) else spec


def _parted(rule: Rule, shortest: _Shortest, around: str) -> list[Rule]:
    """A rule as one for what may be said and one for what may only be written."""
    written = tuple(text for text in rule.sentences if OPEN.search(text) or shortest.is_bare(text))
    said = tuple(text for text in rule.sentences if text not in written)
    rule = replace(rule, around=around, yields=True)
    parts = (replace(rule, sentences=said), replace(rule, sentences=written, scope=WRITTEN))
    return [replace(part, fills=_filled(part, shortest.expansions)) for part in parts if part.sentences]


def _filled(rule: Rule, expansions: dict[str, str]) -> frozenset[str]:
    return frozenset(reference.slot_name for text in rule.sentences for reference in listed(text, expansions))


class _Shortest:
    """How little a template may say."""

    def __init__(self, expansions: dict[str, str]) -> None:
        self.expansions = expansions
        self._rules: dict[str, tuple[int, int]] = {}

    def is_bare(self, text: str) -> bool:
        """Whether a template may be one list and no other word: the name of a thing is no order to hear."""
        letters, lists = self._fewest(parse_template(text))
        return letters == 0 and lists <= 1

    def _fewest(self, expression: Expression) -> tuple[int, int]:
        """Letters and lists in its shortest sentence."""
        if isinstance(expression, TextChunk):
            return sum(map(str.isalnum, expression.original_text)), 0
        if isinstance(expression, ListReference):
            return 0, 1
        if isinstance(expression, RuleReference):
            return self._rule(expression.rule_name)
        inner = [self._fewest(item) for item in expression.items] if isinstance(expression, Group) else []
        if isinstance(expression, Alternative):
            return min(inner, default=(0, 0))
        return sum(letters for letters, _ in inner), sum(lists for _, lists in inner)

    def _rule(self, name: str) -> tuple[int, int]:
        if name not in self._rules:
            self._rules[name] = 0, 0  # what a circle says
            body = self.expansions.get(name)
            self._rules[name] = (0, 0) if body is None else self._fewest(parse_template(body))
        return self._rules[name]
