"""The root of all events, and their form as plain data for JSON and msgpack."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.errors import EventError


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, to whom and when."""

    source: str = ""
    """Name of the microphone, tab, satellite or file it belongs to; empty for the house as a whole."""
    turn: str = ""
    """Identifier of the turn; empty outside a turn."""
    at: float = 0.0
    """Seconds on the agent's monotonic clock; the bus fills it in when it is 0."""


def _subclasses(kind: type[Event]) -> list[type[Event]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _subclasses(child))]


def event_types() -> dict[str, type[Event]]:
    """Every event type by name."""
    return {kind.__name__: kind for kind in _subclasses(Event)}


_adapters: dict[type[Event], TypeAdapter[Event]] = {}


def _adapter(kind: type[Event]) -> TypeAdapter[Event]:
    adapter = _adapters.get(kind)
    if adapter is None:
        adapter = _adapters[kind] = TypeAdapter(kind)
    return adapter


def encode(event: Event) -> dict[str, Any]:
    """The event as plain data: its fields, and its type's name under ``type``."""
    plain = {field.name: _plain(getattr(event, field.name)) for field in fields(event)}
    return {"type": type(event).__name__, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def decode(data: Any) -> Event:
    """The event that ``encode`` wrote.

    Raises:
        EventError: the data is not a mapping, names no known type, or has a wrong, missing or surplus field.
    """
    if not isinstance(data, dict):
        raise EventError(f"an event is a mapping, not {type(data).__name__}")
    name = data.get("type")
    kind = event_types().get(name) if isinstance(name, str) else None
    if kind is None:
        raise EventError(f"unknown event type {name!r}")
    body = {key: value for key, value in data.items() if key != "type"}
    surplus = body.keys() - {field.name for field in fields(kind)}
    if surplus:
        raise EventError(f"unknown field {sorted(map(str, surplus))[0]!r}", where=kind.__name__)
    try:
        return _adapter(kind).validate_python(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise EventError(first["msg"], where=f"{kind.__name__}.{'.'.join(map(str, first['loc']))}") from error
