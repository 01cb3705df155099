"""Examples to learn from: sentences drawn from the grammar's rules, with the words that fill each slot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.matching import Parse, Span
from assistant.grammar.network import Network
from assistant.grammar.nodes import DEAD, Node
from assistant.grammar.sampling import Sampler
from assistant.grammar.symbols import MARK_GAP, symbols_of
from assistant.nlu.base import Example, Slot

PER_RULE = 40
"""Sentences of each rule."""
BETWEEN = "."
"""Between skill and intent in an example's intent."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """Sentences of one rule."""

    rule: Rule
    examples: tuple[Example, ...]


def sample(grammar: Grammar, view: View | None = None, per_rule: int = PER_RULE, seed: int = 0) -> Iterator[Sampled]:
    """Sentences of each rule that may be said under a view; the same grammar and seed give the same.

    Rules that yield are left out: they say in other words what others mean.
    """
    network, view = grammar.network, view or View()
    sampler = Sampler(network)
    for key, rule in network.rules(view):
        entry = network.rule_entry(key, rule, view)
        if entry != DEAD and rule.intent and rule.skill and not rule.yields:
            yield Sampled(rule, tuple(_examples(network, sampler, rule, entry, per_rule, seed)))


def intent_of(rule: Rule) -> str:
    """The intent of a rule's examples: ``skill.Intent``."""
    return f"{rule.skill}{BETWEEN}{rule.intent}"


def _examples(
    network: Network, sampler: Sampler, rule: Rule, entry: Node, limit: int, seed: int
) -> Iterator[Example]:
    for text in sampler.draw([entry], limit, seed):
        symbols = symbols_of(text)
        readings = Parse(network, symbols).sentences(entry)
        if readings:
            spans = min(readings, key=len)
            yield Example(symbols.replace(MARK_GAP, "."), intent_of(rule), tuple(_slots(symbols, spans)))


def _slots(symbols: str, spans: Sequence[Span]) -> Iterator[Slot]:
    """The spans without the gaps at their ends."""
    for span in spans:
        words = symbols[span.start : span.end]
        start = span.start + len(words) - len(words.lstrip())
        if span.slot and words.strip():
            yield Slot(span.slot, start, start + len(words.strip()))
