"""The templates that we understand: a path into a payload and a few filters. None is ever evaluated as code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.home.payload import PayloadError, read_json, read_number, shorten

LONGEST_TEMPLATE = 256
"""Characters; a path and its filters need no more."""
MOST_FILTERS = 8
FINEST = 12
"""Digits to which a number may be rounded."""


class UnsupportedTemplate(ValueError):
    """A template that is more than a path with filters; it is never evaluated."""


class _Missing:
    """What a path that leads nowhere gives; only ``default`` makes something of it."""


_MISSING = _Missing()
_STRING = r"""'[^'\\]*'|"[^"\\]*\""""
_LITERAL = rf"{_STRING}|-?\d{{1,9}}(?:\.\d{{1,9}})?|[Tt]rue|[Ff]alse|[Nn]one"
_PATH = rf"(value_json|value)((?:\.[A-Za-z_]\w*|\[\s*(?:{_STRING}|\d{{1,9}})\s*\])*)"
_ARGUMENTS = rf"\(\s*((?:{_LITERAL})(?:\s*,\s*(?:{_LITERAL}))*)?\s*\)"
_FILTER = rf"\s*\|\s*([a-z_]+)\s*(?:{_ARGUMENTS})?"
_WHOLE = re.compile(rf"^\{{\{{-?\s*{_PATH}((?:{_FILTER})*)\s*-?\}}\}}$")
_EACH_FILTER = re.compile(_FILTER)
_EACH_LITERAL = re.compile(_LITERAL)
_STEP = re.compile(r"""\.([A-Za-z_]\w*)|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\]|\[\s*(\d+)\s*\]""")
_WORDS = {"true": True, "false": False, "none": None}

Filter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Template:
    """Where in a payload a value stands, and what is done with it."""

    path: tuple[str | int, ...] | None = None
    """None: the payload itself."""
    filters: tuple[Filter, ...] = ()
    forgiving: bool = False
    """Whether a filter has a value for what is missing."""

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read ``{{ value }}`` or ``{{ value_json.a['b'][0] | float(0) | round(1) }}``.

        Filters: ``int``, ``float``, ``round``, ``default``, ``is_defined``, ``lower``, ``upper``, ``trim``.

        Raises:
            UnsupportedTemplate: it is anything else.
        """
        found = _WHOLE.match(text.strip()) if len(text) <= LONGEST_TEMPLATE else None
        if found is None or (found[1] == "value" and found[2]):
            raise UnsupportedTemplate(f"the template {shorten(text)} is more than a path and is not evaluated")
        called = [(name, _literals(arguments)) for name, arguments in _EACH_FILTER.findall(found[3])]
        if len(called) > MOST_FILTERS:
            raise UnsupportedTemplate(f"the template {shorten(text)} has more than {MOST_FILTERS} filters")
        path = None if found[1] == "value" else tuple(_step(match.groups()) for match in _STEP.finditer(found[2]))
        filters = tuple(_filter(name, arguments, text) for name, arguments in called)
        forgiving = any(arguments and name in ("default", "d", "int", "float") for name, arguments in called)
        return cls(path, filters, forgiving)

    def pick(self, text: str) -> Any:
        """The value in a payload; None if the path leads nowhere.

        Raises:
            PayloadError: a path was asked for and the payload is not JSON, or a filter cannot work with the value.
        """
        value = self._find(text)
        for work in self.filters:
            value = work(value)
        return None if value is _MISSING else value

    def _find(self, text: str) -> Any:
        if self.path is None:
            return text
        try:
            value = read_json(text)
        except PayloadError:
            if self.forgiving:
                return _MISSING
            raise
        for step in self.path:
            value = _descend(value, step)
        return value


def _step(groups: tuple[str | None, ...]) -> str | int:
    return int(groups[3]) if groups[3] is not None else next(group for group in groups if group is not None)


def _descend(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(step), _MISSING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return _MISSING


def _literals(arguments: str) -> list[Any]:
    return [_literal(text) for text in _EACH_LITERAL.findall(arguments)]


def _literal(text: str) -> Any:
    if text[0] in "'\"":
        return text[1:-1]
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return float(text) if "." in text else int(text)


def _filter(name: str, arguments: list[Any], text: str) -> Filter:
    made = _FILTERS[name](*arguments) if name in _FILTERS and len(arguments) <= _MOST_ARGUMENTS.get(name, 0) else None
    if made is None:
        raise UnsupportedTemplate(f"the filter {shorten(name)} of the template {shorten(text)} is not evaluated")
    return made


def _number(cast: Callable[[float], Any]) -> Callable[..., Filter]:
    """``int`` or ``float``; with an argument that is taken for what is no number."""

    def make(otherwise: Any = _MISSING) -> Filter:
        def work(value: Any) -> Any:
            if value is _MISSING or value is None:
                return otherwise
            try:
                return cast(read_number(int(value) if isinstance(value, bool) else value))
            except PayloadError:
                if otherwise is _MISSING:
                    raise
                return otherwise

        return work

    return make


def _round(digits: Any = 0) -> Filter | None:
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= FINEST:
        return None

    def work(value: Any) -> Any:
        if value is _MISSING or value is None:
            return value
        return round(read_number(value), digits) if digits else round(read_number(value))

    return work


def _default(otherwise: Any = "", also_empty: Any = False) -> Filter:
    return lambda value: otherwise if value is _MISSING or (also_empty and not value) else value


def _text(change: Callable[[str], str]) -> Callable[[], Filter]:
    return lambda: lambda value: value if value is _MISSING or value is None else change(str(value))


_FILTERS: dict[str, Callable[..., Filter | None]] = {
    "int": _number(int), "float": _number(float), "round": _round, "default": _default, "d": _default,
    "is_defined": lambda: lambda value: value, "lower": _text(str.lower), "upper": _text(str.upper),
    "trim": _text(str.strip),
}
_MOST_ARGUMENTS = {"int": 1, "float": 1, "round": 1, "default": 2, "d": 2}


_HOLE = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")
_OPENERS = ("{{", "{%", "{#")


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command goes, and the text around its value."""

    topic: str
    before: str = ""
    after: str = ""

    def payload(self, value: str) -> str:
        """The message for a value."""
        return f"{self.before}{value}{self.after}"

    @classmethod
    def parse(cls, topic: str, template: str, names: tuple[str, ...] = ("value",)) -> Command:
        """Read text with one hole for the value: ``{"position": {{ position }} }``; empty is the value alone.

        Raises:
            UnsupportedTemplate: it is anything else.
        """
        if not template.strip():
            return cls(topic)
        found = _HOLE.search(template) if len(template) <= LONGEST_TEMPLATE else None
        if found is not None and found[1] in names:
            before, after = template[:found.start()], template[found.end():]
            if not any(opener in before or opener in after for opener in _OPENERS):
                return cls(topic, before, after)
        what = f"the template {shorten(template)} is more than text around a value and is not evaluated"
        raise UnsupportedTemplate(what)
