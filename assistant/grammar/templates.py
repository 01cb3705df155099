"""Sentence templates, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from hassil.expression import Expression, Group, ListReference, RuleReference

from assistant.errors import GrammarError
from assistant.grammar.template_parser import parse

_SYNTAX = frozenset("()[]{}<>|;\\")


def is_template(text: str) -> bool:
    """Whether a text holds anything but plain words."""
    return not _SYNTAX.isdisjoint(text)


def parse_template(text: str, where: str = "") -> Expression:
    """The expression tree of a template.

    Raises:
        GrammarError: names the template, the column and what is wrong there.
    """
    try:
        return _parsed(text)
    except GrammarError as error:
        raise GrammarError(error.what, where=where) from error


_parsed = lru_cache(maxsize=4096)(parse)


@lru_cache(maxsize=4096)
def references(text: str) -> tuple[ListReference | RuleReference, ...]:
    """The lists and expansion rules that a template refers to, in their order.

    Raises:
        GrammarError: as ``parse_template``.
    """
    found: list[ListReference | RuleReference] = []
    todo: list[Expression] = [parse_template(text)]
    while todo:
        expression = todo.pop()
        if isinstance(expression, Group):
            todo += reversed(expression.items)
        elif isinstance(expression, ListReference | RuleReference):
            found.append(expression)
    return tuple(found)


def listed(text: str, expansions: Mapping[str, str]) -> Iterator[ListReference]:
    """The lists that a template refers to, through expansion rules too, as far as these are known."""
    todo, seen = [text], set[str]()
    while todo:
        for reference in references(todo.pop()):
            if isinstance(reference, ListReference):
                yield reference
            elif reference.rule_name in expansions and reference.rule_name not in seen:
                seen.add(reference.rule_name)
                todo.append(expansions[reference.rule_name])
