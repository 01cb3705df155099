"""Text of a template to hassil's expression tree.

The language and the tree are hassil's. It is read here in one pass, since thousands of templates are read whenever the
assistant starts; texts that follow one another are one chunk, and an error says at which column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sequence,
    TextChunk,
)
from hassil.parser import DELIM

from assistant.errors import GrammarError

DEEPEST = 64
"""Brackets within brackets; what builds the network follows them by calling itself."""
_CLOSERS = {close: opener for opener, close in DELIM.items()}
_TOKEN = re.compile(
    r"(?P<text>(?:[^()\[\]{}<>|;\\]|\\.)+)|\{(?P<list>[^()\[\]{}<>|;]+)\}|<(?P<rule>[^()\[\]{}<>|;]+)>"
    r"|(?P<open>[(\[])|(?P<close>[)\]])|(?P<or>\|)|(?P<and>;)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Group:
    """A bracket that was opened, with what has been read in it."""

    bracket: str = ""
    kind: type[Group] = Sequence
    items: list[Expression] = field(default_factory=list)
    """Of the part that is being read."""
    parts: list[Expression] = field(default_factory=list)
    """Those before it."""

    def next_part(self, kind: type[Group], text: str) -> None:
        if self.kind not in (Sequence, kind):
            raise GrammarError(f"| and ; stand side by side in '{text}': put one of them in brackets")
        self.kind = kind
        self.parts.append(Sequence(self.items))
        self.items = []

    def whole(self) -> Group:
        if self.kind is Sequence:
            group: Group = Sequence(self.items)
        elif self.kind is Permutation:
            space = TextChunk(" ")
            parts = [*self.parts, Sequence(self.items)]
            group = Permutation([Sequence([space, *part.items, space]) for part in parts if isinstance(part, Sequence)])
        else:
            group = Alternative([*self.parts, Sequence(self.items)])
        if self.bracket != "[":
            return group
        options = group.items if isinstance(group, Alternative) else [group]
        return Alternative([*options, TextChunk("")], is_optional=True)


def parse(text: str) -> Group:
    """The expression tree of a template.

    Raises:
        GrammarError: names the template, the column and what is wrong there.
    """
    opened = [_Group()]
    for token in _tokens(text):
        at, kind = opened[-1], token.lastgroup
        if kind == "text":
            at.items.append(_chunk(token[0]))
        elif kind == "list":
            at.items.append(ListReference(token["list"]))
        elif kind == "rule":
            at.items.append(RuleReference(token["rule"]))
        elif kind == "open":
            opened.append(_Group(token[0]))
            if len(opened) > DEEPEST:
                raise GrammarError(f"brackets more than {DEEPEST} deep at column {token.start() + 1} of '{text}'")
        elif kind == "close":
            if at.bracket == "" or DELIM[at.bracket] != token[0] or not (at.items or at.parts):
                raise _fault(text)
            opened.pop()
            opened[-1].items.append(at.whole())
        else:
            at.next_part(Alternative if kind == "or" else Permutation, text)
    if len(opened) > 1:
        raise _fault(text)
    group = opened[0].whole()
    only = group.items[0] if len(group.items) == 1 else None
    return only if isinstance(only, Group) else group


def _tokens(text: str) -> Iterator[re.Match[str]]:
    text, at = text.strip(), 0
    if not text:
        raise _fault(text)
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _fault(text)
        yield token
        at = token.end()


def _chunk(text: str) -> TextChunk:
    return TextChunk(_ESCAPED.sub(r"\1", text) if "\\" in text else text)


def _fault(text: str) -> GrammarError:
    column, what = _bracket_fault(text) or (0, "is no template")
    return GrammarError(f"{what} at column {column + 1} of '{text}'")


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
