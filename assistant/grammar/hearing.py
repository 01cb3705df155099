"""Which entries of a list a recogniser cannot hear, and why."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.grammar.lists import UNLISTED, ListSpec, plain_symbols
from assistant.grammar.symbols import GAP, MARK_GAP
from assistant.grammar.templates import is_template

LONGEST = 120
"""Characters; more than that nobody says in one breath."""
_SHOWN = 40


def unheard(name: str, spec: ListSpec, alphabet: frozenset[str]) -> Iterator[str]:
    """Warnings about entries that cannot be heard; each names the list, the words, what they mean, and the reason.

    Args:
        name: of the list.
        alphabet: characters that the recogniser writes, in lower case.
    """
    if isinstance(spec, UNLISTED):
        return
    for value in spec:
        reason = "" if is_template(value.said) else _reason(value.said, alphabet)
        if reason:
            said = value.said if len(value.said) <= _SHOWN else value.said[:_SHOWN] + "..."
            yield f"list {{{name}}}: '{said}' ({value.value}) cannot be heard: {reason}"


def _reason(said: str, alphabet: frozenset[str]) -> str:
    symbols = plain_symbols(said)
    if not symbols:
        return "it holds no word; give it another name"
    if len(symbols) > LONGEST:
        return f"it is longer than {LONGEST} characters; give it a shorter name"
    foreign = set(symbols) - alphabet - {GAP, MARK_GAP}
    if foreign:
        letters = ", ".join(f"'{letter}'" for letter in sorted(foreign)[:3])
        return f"the recogniser does not write {letters}; give it another name in letters that it writes"
    return ""
