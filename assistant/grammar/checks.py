"""What is wrong in a list is said before it is set."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.errors import GrammarError
from assistant.grammar.base import Phrase, Range, Wildcard
from assistant.grammar.builder import Frame
from assistant.grammar.lists import Composite, ListSpec
from assistant.grammar.network import Network, Skill
from assistant.grammar.templates import is_template, listed, parse_template

Key = tuple[str, str]
"""Owner and name of a list."""


def check_list(skills: Mapping[str, Skill], lists: Mapping[Key, ListSpec], key: Key, spec: ListSpec) -> None:
    """Say now what is wrong in a list's entries.

    Raises:
        GrammarError: an entry is no template, cannot be compiled, or refers to the list itself.
    """
    if isinstance(spec, Phrase):  # not compiled: a skill's expansion rules come after its lists
        _check_circle(skills, {**lists, key: spec}, (key,))
    if isinstance(spec, Range | Wildcard | Phrase | Composite):
        return
    templates = [value for value in spec if is_template(value.said)]
    if templates:
        Network(skills, {**lists, key: templates}).list_net(Frame(key[0]), key[1], ())


def _check_circle(skills: Mapping[str, Skill], lists: Mapping[Key, ListSpec], chain: tuple[Key, ...]) -> None:
    owner, name = chain[-1]
    for text in _templates(lists[owner, name]):
        parse_template(text, f"list {{{name}}}")
        expansions = skills[owner].expansions if owner in skills else {}
        for inner in {reference.list_name for reference in listed(text, expansions)}:
            key = next((key for key in ((owner, inner), ("", inner)) if key in lists), None)
            if key in chain:
                names = " -> ".join(f"{{{inner}}}" for _, inner in (*chain, key))
                raise GrammarError(f"lists refer to each other in a circle: {names}", where=f"list {{{chain[0][1]}}}",
                                   mend="write out what the entry means instead of the list's name")
            if key is not None:
                _check_circle(skills, lists, (*chain, key))


def _templates(spec: ListSpec) -> list[str]:
    if isinstance(spec, Phrase):
        return list(spec.sentences)
    if isinstance(spec, Range | Wildcard | Composite):
        return []
    return [value.said for value in spec if is_template(value.said)]
