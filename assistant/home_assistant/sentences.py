"""The package's sentences as rules of a grammar.

What may stand before, after and (in writing) between the words of any sentence, "please" and "can you", is the
language's list of skip words. Sentences that would fit anything, and bare names of things, may be written but not said:
a recogniser that listens for them would hear orders in whatever is talked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from hassil.expression import Alternative, Expression, Group, ListReference, RuleReference, TextChunk

from assistant.grammar.base import Range, Rule
from assistant.grammar.sentences import AnyList, Sentences, read_sentences
from assistant.grammar.templates import parse_template
from assistant.home_assistant.numbers import in_words
from assistant.home_assistant.package import OPEN, package_data

SKILL = "home assistant"
"""Owner of the rules and lists."""
WRITTEN = "written"
"""Scope of sentences that may be written only."""
SKIPPED = "skipped_words"
"""Expansion rule of what may stand around any sentence."""
_DEEP = 20
"""Expansion rules inside one another; more is a circle."""
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
    found.rules = [part for rule in found.rules for part in _parted(rule, found.expansions, around)]
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


def _parted(rule: Rule, expansions: dict[str, str], around: str) -> list[Rule]:
    """A rule as one for what may be said and one for what may only be written."""
    written = tuple(text for text in rule.sentences if OPEN.search(text) or _is_bare(text, expansions))
    said = tuple(text for text in rule.sentences if text not in written)
    rule = replace(rule, around=around, yields=True)
    parts = (replace(rule, sentences=said), replace(rule, sentences=written, scope=WRITTEN))
    return [replace(part, fills=_filled(part, expansions)) for part in parts if part.sentences]


def _filled(rule: Rule, expansions: dict[str, str]) -> frozenset[str]:
    return frozenset(slot for text in rule.sentences for slot in _slots(parse_template(text), expansions, 0))


def _slots(expression: Expression, expansions: dict[str, str], depth: int) -> Iterator[str]:
    if isinstance(expression, ListReference):
        yield expression.slot_name
    elif isinstance(expression, RuleReference) and expression.rule_name in expansions and depth <= _DEEP:
        yield from _slots(parse_template(expansions[expression.rule_name]), expansions, depth + 1)
    elif isinstance(expression, Group):
        for item in expression.items:
            yield from _slots(item, expansions, depth)


def _is_bare(text: str, expansions: dict[str, str]) -> bool:
    """Whether a template may be one list and no other word: the name of a thing is no order to hear."""
    letters, lists = _fewest(parse_template(text), expansions, 0)
    return letters == 0 and lists <= 1


def _fewest(expression: Expression, expansions: dict[str, str], depth: int) -> tuple[int, int]:
    """Letters and lists in the shortest sentence of a template."""
    if depth > _DEEP:
        return 0, 0
    if isinstance(expression, TextChunk):
        return sum(map(str.isalnum, expression.original_text)), 0
    if isinstance(expression, ListReference):
        return 0, 1
    if isinstance(expression, RuleReference):
        body = expansions.get(expression.rule_name)
        return (0, 0) if body is None else _fewest(parse_template(body), expansions, depth + 1)
    if not isinstance(expression, Group):
        return 0, 0
    inner = [_fewest(item, expansions, depth) for item in expression.items]
    if isinstance(expression, Alternative):
        return min(inner, default=(0, 0))
    return sum(letters for letters, _ in inner), sum(lists for _, lists in inner)
