"""A skill's code, looked at without running it: which intents its methods handle, and whether the slots fit."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SkillError
from assistant.yamlfile import nearest


@dataclass(frozen=True, slots=True)
class Handler:
    """A method marked with ``@intent``."""

    intent: str
    method: str
    line: int
    slots: tuple[str, ...]
    required: tuple[str, ...]
    anything: bool
    """Whether it takes ``**slots``."""


def read_handlers(path: Path) -> dict[str, Handler]:
    """Handlers by intent.

    Raises:
        SkillError: the file cannot be read, is not Python, or handles an intent twice; names file and line.
    """
    try:
        tree = ast.parse(path.read_text("utf-8"), str(path))
    except SyntaxError as error:
        raise SkillError(f"this is not Python: {error.msg}", where=f"{path}:{error.lineno}") from error
    except (OSError, UnicodeDecodeError, ValueError, RecursionError, MemoryError) as error:
        # Of the last two: code that is nested deeper than Python's own parser goes.
        raise SkillError(f"cannot be read: {error}", where=str(path)) from error
    found: dict[str, Handler] = {}
    for handler in _handlers(tree):
        if handler.intent in found:
            other = found[handler.intent]
            what = f"{handler.intent} is handled by {other.method} in line {other.line} already"
            raise SkillError(what, where=f"{path}:{handler.line}")
        found[handler.intent] = handler
    if not found:
        raise SkillError("no method is marked with @intent", where=str(path), mend='write @intent("Name") above one')
    return found


def check_slots(path: Path, handler: Handler, slots: Mapping[str, str]) -> None:
    """Raises SkillError where sentences fill a slot that the method does not take, or never fill one that it needs.

    Args:
        slots: place (file:line) of a sentence for each slot that some sentence of the intent fills.
    """
    for slot, place in slots.items():
        if slot not in handler.slots and not handler.anything:
            raise SkillError(
                f"{handler.method}() has no parameter for the slot {slot!r} of this sentence", where=place,
                mend=nearest(slot, handler.slots) or f"add it in {path.name}:{handler.line}",
            )
    for slot in handler.required:
        if slot not in slots:
            raise SkillError(
                f"no sentence of {handler.intent} fills {slot!r}, which {handler.method}() needs",
                where=f"{path}:{handler.line}", mend=nearest(slot, tuple(slots)) or "give the parameter a default",
            )


def _handlers(tree: ast.Module) -> Iterator[Handler]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for name, line in _marks(node):
                yield _handler(name, line, node)


def _marks(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int]]:
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(
                func=ast.Name(id="intent") | ast.Attribute(attr="intent"), args=[ast.Constant(value=str(name))]
            ):
                yield name, decorator.lineno


def _handler(name: str, line: int, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Handler:
    arguments = function.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    optional = set(positional[len(positional) - len(arguments.defaults) :])
    keyword = list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    optional |= {argument.arg for argument, default in keyword if default is not None}
    # The first two are self and the context.
    slots = (*positional[2:], *(argument.arg for argument, _ in keyword))
    required = tuple(slot for slot in slots if slot not in optional)
    return Handler(name, function.name, line, slots, required, arguments.kwarg is not None)
