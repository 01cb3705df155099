"""Rules by skill: whoever reads a sentence asks first which skills it can be for.

Walks are remembered from one sentence to the next and readings are not, so a walk for each skill costs a fraction of
reading every rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grammar.base import Rule, View
from assistant.grammar.network import Network
from assistant.grammar.nodes import DEAD, Node
from assistant.grammar.walker import Walker

Entered = tuple[Rule, Node]
"""A rule, and where its sentences begin."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The rules of one skill."""

    root: Node
    """Where all their sentences begin."""
    rules: tuple[Entered, ...]


def branches(network: Network, view: View) -> tuple[Branch, ...]:
    """A view's rules, in their order; those that cannot be said under it are left out."""
    grouped: dict[str, list[Entered]] = {}
    for key, rule in network.rules(view):
        entry = network.rule_entry(key, rule, view)
        if entry != DEAD:
            grouped.setdefault(rule.skill, []).append((rule, entry))
    union = network.nodes.union
    return tuple(Branch(union(entry for _, entry in rules), tuple(rules)) for rules in grouped.values())


def possible(walker: Walker, found: Sequence[Branch], symbols: str) -> Iterator[Entered]:
    """The rules of the skills of whose sentences a text is one."""
    for branch in found:
        if walker.accepts(walker.start(branch.root), symbols):
            yield from branch.rules
