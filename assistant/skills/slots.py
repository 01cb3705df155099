"""What a handler's annotations make of its slots: numbers, durations, days, devices, rooms, people; their limits."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from assistant.errors import SkillError
from assistant.skills.dates import as_date, as_datetime, as_time
from assistant.skills.endings import Refusal
from assistant.skills.periods import Period, as_period
from assistant.skills.things import Device, Person, Room

if TYPE_CHECKING:
    from assistant.skills.context import Context

UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"))
PLAIN = (int, float, str, bool)


@dataclass(frozen=True, slots=True)
class Between:
    """Limits of a slot: ``cups: Annotated[int, Between(1, 12)]``. Outside them the order is refused politely."""

    least: float | timedelta
    most: float | timedelta

    def admits(self, value: Any) -> bool:
        """Whether a number, or a length of time, lies within."""
        return bool(self.least <= value <= self.most)

    def __str__(self) -> str:
        return f"from {_told(self.least)} to {_told(self.most)}"


def _told(limit: float | timedelta) -> str:
    """A number, or a length of time in its largest whole unit."""
    if not isinstance(limit, timedelta):
        return f"{limit:g}"
    seconds = limit.total_seconds()
    size, unit = next((one for one in UNITS if seconds >= one[0] and seconds % one[0] == 0), (1, "second"))
    return f"{seconds / size:g} {unit}{'' if seconds == size else 's'}"


@dataclass(frozen=True, slots=True)
class SlotType:
    """What a parameter is annotated with."""

    kind: Any = Any
    """A type; ``Any`` takes what the sentence gave."""
    choices: tuple[Any, ...] = ()
    """Of a ``Literal``."""
    limits: Between | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a handler takes besides its context."""

    slots: Mapping[str, SlotType] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def signature_of(handler: Callable[..., Any]) -> Signature:
    """The types of a handler's slots.

    Raises:
        SkillError: an annotation of a slot cannot be read: a name in it is not there, mostly.
    """
    slots = list(inspect.signature(handler).parameters.values())[1:]
    return Signature({
        slot.name: slot_type(_hint(handler, slot.name, slot.annotation))
        for slot in slots if slot.annotation is not slot.empty
    })


def _hint(handler: Callable[..., Any], slot: str, annotation: Any) -> Any:
    """An annotation, read in the handler's module: those of the context and of the result are nobody's business."""
    code = inspect.unwrap(handler)
    holder: Any = types.SimpleNamespace(__annotations__={slot: annotation})
    try:
        return get_type_hints(holder, getattr(code, "__globals__", {}), include_extras=True)[slot]
    except (NameError, AttributeError, TypeError, SyntaxError) as error:
        missing = error.name if isinstance(error, NameError) else ""
        what = f"{missing!r} is not there" if missing else f"{annotation!r} is no type: {error}"
        raise SkillError(
            f"the slot {slot!r} of {code.__qualname__}() cannot be typed: {what}",
            where=f"{inspect.getsourcefile(code)}:{code.__code__.co_firstlineno}",
            mend="import it at the top of the file, and not for type checkers only" if missing else "",
        ) from error


def slot_type(hint: Any) -> SlotType:
    """An annotation, without ``None`` and ``Annotated``."""
    limits = None
    if get_origin(hint) is Annotated:
        limits = next((extra for extra in get_args(hint)[1:] if isinstance(extra, Between)), None)
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        inner = slot_type(kinds[0]) if len(kinds) == 1 else SlotType()
        return SlotType(inner.kind, inner.choices, limits or inner.limits)
    if get_origin(hint) is Literal:
        return SlotType(Any, get_args(hint), limits)
    return SlotType(hint if isinstance(hint, type) else Any, (), limits)


async def typed(handler: Callable[..., Any], ctx: Context, slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots as the handler's annotations want them.

    Raises:
        SkillError: a sentence gives something that cannot be so.
        Refusal: what was said is beyond the limits, or there is no such thing.
    """
    wanted = signature_of(handler).slots
    return {
        name: await convert(name, value, wanted[name], ctx) if name in wanted and value is not None else value
        for name, value in slots.items()
    }


async def convert(name: str, value: Any, wanted: SlotType, ctx: Context) -> Any:
    """One value. Raises as ``typed`` does."""
    try:
        made = await _make(value, wanted.kind, ctx)
    except (ValueError, TypeError) as error:
        kind = getattr(wanted.kind, "__name__", str(wanted.kind))
        raise SkillError(f"the slot {name!r} is {value!r}, which is no {kind}",
                         mend="annotate it as what its list gives (docs/skills.md)") from error
    if wanted.choices and made not in wanted.choices:
        raise SkillError(f"the slot {name!r} is {value!r}, none of {', '.join(map(repr, wanted.choices))}")
    if wanted.limits is not None and not wanted.limits.admits(made):
        raise Refusal(ctx.phrase("out_of_limits", what=name.replace("_", " "), limits=wanted.limits))
    return made


async def _make(value: Any, kind: Any, ctx: Context) -> Any:
    maker = _MAKERS.get(kind)
    if maker is not None:
        return maker(value, ctx)
    if kind is Device:
        return await _device(value, ctx)
    if kind in PLAIN:
        return _plain(value, kind)
    return value


def _plain(value: Any, kind: Any) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if kind is int and type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not kind:
        raise ValueError(value)
    return value


async def _device(value: Any, ctx: Context) -> Device:
    found = await ctx.home.devices([str(value)])
    if not found:
        raise Refusal("I don't know that device any more.")
    return found[0]


def _moment(value: Any, ctx: Context) -> datetime:
    return as_datetime(value, ctx.now)


_MAKERS: dict[Any, Callable[[Any, Any], Any]] = {
    timedelta: lambda value, ctx: timedelta(seconds=value),
    time: lambda value, ctx: as_time(value),
    date: lambda value, ctx: as_date(value, ctx.now.date()),
    datetime: _moment,
    Period: lambda value, ctx: as_period(value, ctx.now),
    Room: lambda value, ctx: Room(str(value)),
    Person: lambda value, ctx: Person(str(value)),
}
