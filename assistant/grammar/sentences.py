"""Sentence files: Home Assistant's ``sentences.yaml`` to rules, lists and expansion rules.

.. code-block:: yaml

    language: en
    intents:
      OrderCoffee:
        data:
          - sentences: ["(make|brew) [a] [{size}] {coffeeDrink}"]
            slots: {kind: drink}             # hold without being said
            requires_context: {domain: light}
            excludes_context: {domain: fan}
            scope: order                     # ours: when it may be said
            lists: {}                        # lists and expansion rules of this block only
            expansion_rules: {}
    lists:
      size: {values: [small, {in: "(large|big)", out: large, context: {}}]}
      level: {range: {from: 0, to: 100, step: 5, fractions: halves, multiplier: -1}}
      note: {wildcard: true, words: 12}      # words is ours
      drink: {sentences: ["[a] {size} {coffeeDrink}"]}  # ours: the value is the words said
    expansion_rules:
      the: "(the|my)"
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from hassil.expression import RuleReference

from assistant.errors import GrammarError
from assistant.grammar.base import Phrase, Range, Rule, Value, Wildcard
from assistant.grammar.builtins import BUILTINS
from assistant.grammar.templates import is_template, parse_template, references

HOUSEHOLD_LISTS = frozenset(("name", "area", "floor", "group", "person", "skill"))
"""Lists that the agent sets from the home and its skills."""
_OURS = ("sentences", "slots", "requires_context", "excludes_context", "scope", "lists", "expansion_rules", "response",
         "later")
_THEIRS = ("metadata", "settings", "required_keywords", "inferred_domain", "name_domains")
"""Keys of Home Assistant's that are read past."""
_BLOCK_KEYS = frozenset(_OURS + _THEIRS)
AnyList = tuple[Value, ...] | Range | Wildcard | Phrase


@dataclass(slots=True)
class Sentences:
    """What a sentence file holds."""

    rules: list[Rule] = field(default_factory=list)
    lists: dict[str, AnyList] = field(default_factory=dict)
    expansions: dict[str, str] = field(default_factory=dict)
    language: str = ""
    """As the file says; empty where it does not."""


class _Text(str):
    """A YAML string that knows its line."""

    __slots__ = ("line",)
    line: int


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Safe loading, with lines."""


def _construct_text(loader: Any, node: yaml.ScalarNode) -> _Text:
    text = _Text(loader.construct_scalar(node))
    text.line = node.start_mark.line + 1
    return text


_Loader.add_constructor("tag:yaml.org,2002:str", _construct_text)


def load_sentences_yaml(path: Path, skill: str) -> Sentences:
    """Read a sentence file.

    Args:
        path: the file.
        skill: name of the skill whose rules they become.

    Raises:
        GrammarError: it cannot be read, is not of this format, or a template is wrong; names file and line.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise GrammarError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise GrammarError("is not UTF-8 text", where=str(path)) from error
    return parse_sentences_yaml(text, skill, str(path))


def parse_sentences_yaml(text: str, skill: str, where: str = "") -> Sentences:
    """The same from a file's text.

    Raises:
        GrammarError: it is not of this format, or a template is wrong; names ``where`` and the line.
    """
    try:
        data = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}:{mark.line + 1}" if mark else where
        raise GrammarError(f"is not YAML: {getattr(error, 'problem', error)}", where=place) from error
    return read_sentences(data, skill, where)


def read_sentences(data: Any, skill: str, where: str = "") -> Sentences:
    """The same from a loaded mapping (the packages of Home Assistant ship JSON).

    Raises:
        GrammarError: it is not of this format, or a template is wrong.
    """
    return _Reader(skill, where).read(data)


class _Reader:
    def __init__(self, skill: str, where: str) -> None:
        self._skill, self._where = skill, where
        self._found = Sentences()
        self._phrases: list[str] = []

    def read(self, data: Any) -> Sentences:
        data = self._mapping(data, "a sentence file")
        self._found.language = str(data.get("language") or "")
        self._shared(data, "")
        for intent, body in self._mapping(data.get("intents", {}), "intents").items():
            blocks = self._mapping(body, f"intent {intent}", intent).get("data", [])
            if not isinstance(blocks, list):
                raise self._fault(f"the data of intent {intent} must be a list", intent)
            for index, block in enumerate(blocks):
                self._block(intent, index, self._mapping(block, f"a block of intent {intent}", intent))
        for text in self._phrases:
            self._check(text, text)
        return self._found

    def _shared(self, data: Mapping[str, Any], prefix: str) -> None:
        for name, body in self._mapping(data.get("expansion_rules") or {}, "expansion_rules").items():
            parse_template(self._sentence(body, f"expansion rule <{name}>", name), self._place(body))
            self._found.expansions[prefix + name] = str(body)
        for name, body in self._mapping(data.get("lists") or {}, "lists").items():
            self._found.lists[prefix + name] = self._list(name, self._mapping(body, f"list {{{name}}}", name))

    def _block(self, intent: str, index: int, block: Mapping[str, Any]) -> None:
        for key in block:
            if key not in _BLOCK_KEYS:
                near = get_close_matches(key, _BLOCK_KEYS, 1)
                mend = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(_OURS)}"
                raise self._fault(f"unknown key '{key}' in intent {intent}", key, mend)
        prefix = f"{intent}.{index}." if block.get("lists") or block.get("expansion_rules") else ""
        local = {*(block.get("lists") or ()), *(block.get("expansion_rules") or ())}
        if prefix:
            self._shared(block, prefix)
        sentences = block.get("sentences")
        if not isinstance(sentences, list) or not sentences:
            raise self._fault(f"intent {intent} has a block without sentences", intent)
        templates = []
        for sentence in sentences:
            text = self._sentence(sentence, f"a sentence of {intent}", sentence)
            text = _renamed(text, local, prefix) if prefix else str(text)
            parse_template(text, self._place(sentence))
            self._check(text, sentence)
            templates.append(text)
        self._found.rules.append(
            Rule(
                self._skill,
                intent,
                tuple(templates),
                scope=str(block.get("scope", "order")),
                slots=_plain(block.get("slots") or {}),
                requires=_plain(block.get("requires_context") or {}),
                excludes=_plain(block.get("excludes_context") or {}),
                where=self._place(sentences[0]),
                response=str(block.get("response", "")),
                later=block.get("later") is True,
            )
        )

    def _check(self, text: str, at: Any) -> None:
        """Names that nothing defines."""
        for reference in references(text):
            if isinstance(reference, RuleReference):
                rules = self._found.expansions
                self._check_name(reference.rule_name, rules, "expansion rule <{}>", "expansion_rules", at)
            elif not reference.is_inline_range and reference.list_name not in self._found.lists:
                known = {*self._found.lists, *BUILTINS, *HOUSEHOLD_LISTS}
                self._check_name(reference.list_name, known, "list {{{}}}", "lists", at)

    def _check_name(self, name: str, known: Collection[str], what: str, key: str, at: Any) -> None:
        if name not in known:
            near = get_close_matches(name, known, 1)
            mend = f"did you mean {what.split()[-1].format(near[0])}?" if near else f"add it to {key}"
            raise self._fault(f"there is no {what.format(name)}", at, mend)

    def _list(self, name: str, body: Mapping[str, Any]) -> AnyList:
        if body.get("wildcard"):
            return Wildcard(int(body.get("words", Wildcard().words)))
        if "range" in body:
            return self._range(name, self._mapping(body["range"], f"the range of list {{{name}}}", name))
        if isinstance(body.get("sentences"), list):
            return Phrase(tuple(self._template(text, f"a sentence of list {{{name}}}") for text in body["sentences"]))
        if not isinstance(body.get("values"), list):
            raise self._fault(f"list {{{name}}} needs values, range, sentences or wildcard", name)
        return tuple(self._value(name, entry) for entry in body["values"])

    def _range(self, name: str, body: Mapping[str, Any]) -> Range:
        try:
            return Range(
                int(body["from"]),
                int(body["to"]),
                int(body.get("step", 1)),
                str(body.get("fractions") or ""),
                float(body.get("multiplier") or 1),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise self._fault(f"the range of list {{{name}}} needs numbers 'from' and 'to'", name) from error

    def _template(self, text: Any, what: str) -> str:
        """A sentence of a phrase; which lists and rules it refers to is seen when all are read."""
        text = self._sentence(text, what, text)
        parse_template(text, self._place(text))
        self._phrases.append(text)
        return str(text)

    def _value(self, name: str, entry: Any) -> Value:
        body = entry if isinstance(entry, Mapping) else {"in": entry, "out": entry}
        said = body.get("in")
        if isinstance(said, bool | int | float):
            raise self._fault(f"list {{{name}}} has the entry {said!r}, which is no text", name, "write it in quotes")
        text = self._sentence(said, f"an entry of list {{{name}}}", name)
        if is_template(text):
            parse_template(text, self._place(text))
        meant = body["out"] if body.get("out") is not None else said
        return Value(str(said), _plain(meant), _plain(body.get("context") or {}))

    # Checks and places.

    def _mapping(self, data: Any, what: str, at: Any = None) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            raise self._fault(f"{what} must be a mapping, not {type(data).__name__}", at)
        return data

    def _sentence(self, text: Any, what: str, at: Any) -> str:
        if not isinstance(text, str) or not text.strip():
            raise self._fault(f"{what} must be text, not {text!r}", at)
        return text

    def _place(self, at: Any) -> str:
        return f"{self._where}:{at.line}" if isinstance(at, _Text) else self._where

    def _fault(self, what: str, at: Any, mend: str = "") -> GrammarError:
        return GrammarError(what, where=self._place(at), mend=mend)


def _plain(data: Any) -> Any:
    """YAML data without lines."""
    if isinstance(data, str):
        return str(data)
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list) else data


def _renamed(template: str, local: set[str], prefix: str) -> str:
    """A template whose references to a block's own lists and rules carry the block's prefix."""
    template = re.sub(r"<(\w+)>", lambda m: f"<{prefix}{m[1]}>" if m[1] in local else m[0], template)

    def reference(found: re.Match[str]) -> str:
        name, slot = found[1], found[2] or f":{found[1]}"
        return f"{{{prefix}{name}{slot}}}" if name in local else found[0]

    return re.sub(r"\{(\w+)(:[^}]*)?\}", reference, template)
