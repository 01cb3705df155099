"""Words of a language out of the package's own lists: what "open" and "blind" are called there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hassil.expression import Alternative, Expression, Group, TextChunk

from assistant.grammar.templates import parse_template
from assistant.home_assistant.package import package_data

STATES = ("on_off_states", "cover_states", "lock_states")
CLASSES = ("cover_classes",)


@lru_cache(maxsize=16)
def words_of(language: str, lists: tuple[str, ...]) -> Mapping[str, str]:
    """What is said first for each value of some lists."""
    known: dict[str, str] = {}
    found: Mapping[str, Any] = package_data(language)["lists"]
    for name in lists:
        for value in found.get(name, {}).get("values", ()):
            known.setdefault(str(value["out"]), _first(parse_template(value["in"])).strip())
    return known


def _first(expression: Expression) -> str:
    """The first sentence of a template, without what may be left out."""
    if isinstance(expression, TextChunk):
        return expression.original_text
    if isinstance(expression, Alternative):
        return "" if expression.is_optional else _first(expression.items[0])
    return "".join(map(_first, expression.items)) if isinstance(expression, Group) else ""
