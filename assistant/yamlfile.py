"""YAML files that a person wrote: loaded safely, and every value still knows its line.

Only ``true`` and ``false`` are booleans and only decimal digits are numbers (YAML 1.2), so ``on``, ``off``, ``no`` and
``12:30`` stay the words that were typed. A key written twice is an error.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Hashable, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from assistant.errors import AssistantError, ConfigError, together

Model = TypeVar("Model", bound=BaseModel)
Place = Sequence[Hashable]
"""Keys and indices that lead to a value: ``("devices", 3, "area")``."""

SHOWN = 20
"""Known words that a hint names at most."""
MOST_NODES = 500_000
"""Values in one file, references counted each time: stops a small file that unfolds to gigabytes."""
DEEPEST = 64
"""Nesting beyond which no configuration is meant seriously."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Safe loader with the scalars of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own protocol


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("merge", r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _decimal(loader: Any, node: yaml.ScalarNode) -> int:
    return int(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _decimal)


class YamlFile:
    """The data of one file, and where each value of it stands."""

    def __init__(self, data: Any, name: str, root: yaml.Node | None) -> None:
        self.data = data
        self.name = name
        self._root = root

    def line(self, place: Place = ()) -> int:
        """Line, from 1, of the value at ``place``, or of the nearest thing around it that exists."""
        node, line = self._root, 1
        if node is not None:
            line = node.start_mark.line + 1
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def where(self, place: Place = ()) -> str:
        """``file:line`` of the value at ``place``."""
        return f"{self.name}:{self.line(place)}"

    def validate(self, model: type[Model], place: Place = (), error: type[AssistantError] = ConfigError) -> Model:
        """The value at ``place`` as a pydantic model.

        Raises:
            ConfigError: (or ``error``) names the line, what was expected there and the nearest known name; with all
                further mistakes.
        """
        data = self.data
        for step in place:
            data = data[step]
        try:
            return model.model_validate({} if data is None else data)
        except ValidationError as fault:
            raise together(_explain(self, fault, model, tuple(place), error)) from fault

    def salvage(self, model: type[Model]) -> tuple[Model, list[AssistantError]]:
        """What is right in the file, as a model of which every field has a default; and all that is wrong."""
        data, mistakes, gone = copy.deepcopy(self.data), list[AssistantError](), set[tuple[Hashable, ...]]()
        while True:
            try:
                return model.model_validate({} if data is None else data), mistakes
            except ValidationError as fault:
                mistakes += _explain(self, fault, model, (), ConfigError, gone)
                wrong = {_whole(data, _standing(data, item["loc"])) for item in fault.errors()}
                data = _without(data, wrong)
                gone |= wrong


def _standing(data: Any, place: Place) -> tuple[Hashable, ...]:
    """The deepest part of ``place`` that is there."""
    for count, step in enumerate(place):
        inside = isinstance(data, dict) and step in data
        if not inside and not (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            return tuple(place[:count])
        data = data[step]
    return tuple(place)


def _whole(data: Any, place: Place) -> tuple[Hashable, ...]:
    """What has to go so that ``place`` goes: of a list all of it, or its other items would move up."""
    for count, step in enumerate(place):
        if isinstance(data, list):
            return tuple(place[:count])
        data = data[step]
    return tuple(place)


def _without(data: Any, places: Collection[tuple[Hashable, ...]]) -> Any:
    """The data after the values at these places were taken out; None if one of them is all of it."""
    for *around, last in sorted(places, key=len, reverse=True) if () not in places else ():
        part = data
        for step in around:
            part = part[step]
        part.pop(last, None)
    return None if () in places else data


def _child(node: yaml.Node | None, step: Hashable) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def load_yaml(path: Path | str, error: type[AssistantError] = ConfigError) -> YamlFile:
    """Read a file.

    Raises:
        ConfigError: (or ``error``) it cannot be read, is not UTF-8, is not YAML, or names a key twice.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise error(f"byte {fault.start} is not UTF-8", where=str(path), mend="save the file as UTF-8") from fault
    except OSError as fault:
        raise error(fault.strerror or "cannot be read", where=str(path), mend="check the path") from fault
    return parse_yaml(text, str(path), error)


def parse_yaml(text: str, name: str = "<text>", error: type[AssistantError] = ConfigError) -> YamlFile:
    """Read YAML text; ``name`` stands for it in messages.

    Raises:
        ConfigError: (or ``error``) the text is not YAML, holds a tag that asks for code, or names a key twice.
    """
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is not None:
            _check(root, name, error)
        data = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        if mark and _indented_by_tab(text, mark.line):
            raise error("YAML does not allow tabs", where=where, mend="indent with spaces") from fault
        raise error(fault.problem or "this is not YAML", where=where) from fault
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, max(fault.position, 0)) + 1
        raise error(f"a character that YAML does not allow: {fault.reason}", where=f"{name}:{line}") from fault
    except (RecursionError, ValueError, TypeError) as fault:
        raise error(f"this cannot be read: {str(fault) or type(fault).__name__}", where=name) from fault
    finally:
        if loader is not None:
            loader.dispose()
    return YamlFile(data, name, root)


def _indented_by_tab(text: str, line: int) -> bool:
    lines = re.split(r"\r\n|\r|\n", text)
    indent = re.match(r"\s*", lines[line]) if line < len(lines) else None
    return indent is not None and "\t" in indent[0]


def _check(root: yaml.Node, name: str, error: type[AssistantError]) -> None:
    """Refuse double keys, endless references and files that unfold beyond all measure."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, depth: int) -> int:
        known = sizes.get(id(node))
        if known is not None:
            if not known:
                raise error("this refers to itself", where=f"{name}:{node.start_mark.line + 1}")
            return known
        if depth > DEEPEST:
            raise error("this is nested too deeply", where=f"{name}:{node.start_mark.line + 1}")
        sizes[id(node)] = 0
        total = 1
        if isinstance(node, yaml.MappingNode):
            _no_double_keys(node, name, error)
            total += sum(size(key, depth + 1) + size(value, depth + 1) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(item, depth + 1) for item in node.value)
        sizes[id(node)] = total
        return total

    if size(root, 0) > MOST_NODES:
        raise error(f"the file unfolds to more than {MOST_NODES:,} values", where=name)


def _no_double_keys(node: yaml.MappingNode, name: str, error: type[AssistantError]) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise error("a key must be a word", where=f"{name}:{line}")
        if key.value in seen and key.value != "<<":
            raise error(f"{key.value!r} was already given in line {seen[key.value]}", where=f"{name}:{line}",
                        mend="keep one of the two")
        seen[key.value] = line


def _explain(
    file: YamlFile, fault: ValidationError, model: type[BaseModel], place: tuple[Hashable, ...],
    error: type[AssistantError], gone: Collection[tuple[Hashable, ...]] = (),
) -> list[AssistantError]:
    """All that is wrong, by line. Of the forms that one value could have had, the first is told.

    Args:
        gone: what was taken out because it was wrong: that it is missing is no news.
    """
    found: dict[tuple[Hashable, ...], AssistantError] = {}
    for item in sorted(fault.errors(), key=lambda item: file.line((*place, *item["loc"]))):
        missing = item["type"] == "missing"
        if missing and item["loc"] in gone:
            continue
        key = item["loc"] if missing else _standing(file.data, (*place, *item["loc"]))
        found.setdefault(key, error(**_describe(file, item, model, place)))
    return list(found.values())


def _describe(
    file: YamlFile, first: ErrorDetails, model: type[BaseModel], place: tuple[Hashable, ...]
) -> dict[str, str]:
    """What, where and mend of one thing that is wrong."""
    local = tuple(first["loc"])
    where = file.where((*place, *local))
    there = local if first["type"] == "missing" else _standing(file.data, (*place, *local))[len(place):]
    label = ".".join(str(step) for step in there) or "the file"
    if first["type"] == "extra_forbidden":
        known = sorted(_fields(model, local[:-1]))
        return {"what": f"unknown key {str(local[-1])!r}", "where": where, "mend": nearest(str(local[-1]), known)}
    if first["type"] == "missing":
        return {"what": f"{label!r} is missing", "where": where, "mend": "add it"}
    message = first["msg"].removeprefix("Value error, ").partition(", unable to parse")[0]
    if first["type"] in ("literal_error", "enum"):
        known = re.findall(r"'([^']*)'", str(first.get("ctx", {}).get("expected", "")))
        given = first["input"]
        return {"what": f"{label} cannot be {given!r}", "where": where, "mend": nearest(str(given), known)}
    got = f", not {first['input']!r}" if isinstance(first["input"], str | int | float | bool | None) else ""
    return {"what": f"{label}: {message[:1].lower()}{message[1:]}{got}", "where": where, "mend": ""}


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint for a word nobody knows: the nearest known one, else all of them."""
    close = get_close_matches(word.lower(), [name.lower() for name in known], 1)
    if close:
        return f"did you mean {next(name for name in known if name.lower() == close[0])!r}?"
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"expected one of: {', '.join(known[:SHOWN])}{more}" if known else ""


def _fields(model: Any, place: tuple[Hashable, ...]) -> set[str]:
    """Names that the models reached by ``place`` allow."""
    kinds = {model}
    for step in place:
        kinds = {deeper for kind in kinds for deeper in _step(kind, step)}
    return {field.alias or name for kind in kinds for name, field in kind.model_fields.items()}


def _step(model: Any, step: Hashable) -> set[Any]:
    if issubclass(model, RootModel):
        return _models(model.model_fields["root"].annotation)
    if isinstance(step, str) and step in model.model_fields:
        return _models(model.model_fields[step].annotation)
    return {model}


def _models(annotation: Any) -> set[Any]:
    origin = get_origin(annotation)
    if origin is None:
        return {annotation} if isinstance(annotation, type) and issubclass(annotation, BaseModel) else set()
    arguments = get_args(annotation)[:1] if origin is Annotated else get_args(annotation)
    known = origin in (Union, UnionType, Annotated) or isinstance(origin, type)
    return {model for argument in arguments for model in _models(argument)} if known else set()
