"""Sentence templates: parsed with hassil's parser, with errors that say where and what."""

from __future__ import annotations

from functools import lru_cache

from hassil.expression import Expression
from hassil.parse_expression import parse_sentence
from hassil.parser import DELIM, ParseError

from assistant.errors import GrammarError

_CLOSERS = {close: opener for opener, close in DELIM.items()}
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
        return _parse(text)
    except GrammarError as error:
        raise GrammarError(error.what, where=where) from error
    except (ParseError, AssertionError, ValueError) as error:
        raise GrammarError(f"'{text}' is not a sentence template: {error}", where=where) from error


@lru_cache(maxsize=4096)
def _parse(text: str) -> Expression:
    if (fault := _bracket_fault(text)) is not None:
        column, what = fault
        raise GrammarError(f"{what} at column {column + 1} of '{text}'")
    return parse_sentence(text).expression


def _bracket_fault(text: str) -> tuple[int, str] | None:
    """Column and description of the first bracket that does not fit; None if all do."""
    opened: list[tuple[int, str]] = []
    escaped = False
    for column, character in enumerate(text):
        if escaped or character == "\\":
            escaped = not escaped
            continue
        if character in DELIM:
            opened.append((column, character))
        elif character in _CLOSERS:
            if not opened:
                return column, f"'{character}' closes nothing"
            start, opener = opened.pop()
            if opener != _CLOSERS[character]:
                wanted = f"'{DELIM[opener]}' should close the '{opener}' of column {start + 1}"
                return column, f"'{character}' where {wanted}"
            if column == start + 1:
                return start, f"'{opener}{character}' is empty"
    if opened:
        column, opener = opened[-1]
        return column, f"'{opener}' is never closed"
    return None if text.strip() else (0, "nothing is said")
