"""Questions: one line each. "Never mind" ends the order, silence is asked once more, and nothing of it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, overload

from assistant.errors import SkillError
from assistant.skills.endings import NO_ANSWER, Cancelled
from assistant.skills.services import Ask
from assistant.skills.slots import Between, SlotType, convert
from assistant.skills.things import Device, Person, Reply, Room
from assistant.spoken import listed

if TYPE_CHECKING:
    from assistant.skills.context import Context

T = TypeVar("T")
D = TypeVar("D")
MOST_NAMED = 4
"""So many options are said; of more, people are expected to know them."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SIGNS = re.compile(r"[\[\](){}<>|;:]")


class _Missing(Enum):
    MISSING = 0


MISSING = _Missing.MISSING
SENTENCES: dict[type[Any], tuple[str, ...]] = {
    int: ("[just|only|about|make it] {number:value} [please]", "[the] {ordinal:value}"),
    timedelta: ("[in|for|about] {duration:value} [please]",),
    time: ("[at] {time_of_day:value} [please]",),
    date: ("{date:value} [please]",),
    datetime: ("{when:value} [please]",),
    Device: ("[the] {name:value} [please]",),
    Room: ("[in] [the] {area:value} [please]",),
    Person: ("[for|to] {person:value} [please]",),
    str: ("{anything:value}",),
}
"""How a value of a type may be answered."""


class Asking:
    """The questions of a ``Context``."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def confirm(self, question: str) -> bool:
        """Ask for a yes or no; silence and "never mind" are a no."""
        return bool(await self._ask("confirm", {"question": question}))

    @overload
    async def ask(self, question: str, expects: type[T], *, within: tuple[T, T] | None = None) -> T: ...

    @overload
    async def ask(
        self, question: str, expects: type[T], *, within: tuple[T, T] | None = None, otherwise: D
    ) -> T | D: ...

    @overload
    async def ask(self, question: str, expects: str | Sequence[str]) -> Reply: ...

    @overload
    async def ask(self, question: str, expects: str | Sequence[str], *, otherwise: D) -> Reply | D: ...

    async def ask(
        self, question: str, expects: Any, *, within: tuple[Any, Any] | None = None, otherwise: Any = MISSING
    ) -> Any:
        """Ask, and wait for the answer: ``cups = await ctx.ask("How many cups?", int)``.

        Args:
            expects: a type: ``int``, ``timedelta``, ``time``, ``date``, ``datetime``, ``Device``, ``Room``, ``Person``,
                or ``str`` for anything at all. Or sentences (templates) of which the answer must be one: gives a
                ``Reply`` with their slots.
            within: limits of a number or a length of time; beyond them it is asked once more.
            otherwise: given back where nobody answers or somebody says "never mind".

        Raises:
            Cancelled: nobody answers or somebody says "never mind", and ``otherwise`` is not given. Left alone, it ends
                the order with a word of regret.
        """
        if not isinstance(expects, type):
            return await self._reply(question, [expects] if isinstance(expects, str) else expects, otherwise)
        if expects not in SENTENCES:
            raise SkillError(f"nothing can be asked for as {expects.__name__}",
                             mend=f"one of {', '.join(kind.__name__ for kind in SENTENCES)}, or sentences")
        limits = Between(*within) if within is not None else None
        asked = question
        for _ in range(2):
            reply = await self._reply(asked, SENTENCES[expects], otherwise)
            if not isinstance(reply, Reply):
                return reply
            value = await convert("value", reply.slots["value"], SlotType(expects), self._context())
            if limits is None or limits.admits(value):
                return value
            asked = f"It can be {limits}. {question}"
        return _end(Cancelled(f"It can only be {limits}, so I'll leave it."), otherwise)

    @overload
    async def choose(self, question: str, options: Mapping[str, T]) -> T: ...  # type: ignore[overload-overlap]

    @overload
    async def choose(self, question: str, options: Mapping[str, T], *, otherwise: D) -> T | D: ...

    @overload
    async def choose(self, question: str, options: Iterable[str]) -> str: ...

    @overload
    async def choose(self, question: str, options: Iterable[str], *, otherwise: D) -> str | D: ...

    async def choose(self, question: str, options: Any, *, otherwise: Any = MISSING) -> Any:
        """Let somebody choose: ``size = await ctx.choose("Which size", ("small", "large"))``.

        Options are answered by name or number ("the second one"). A question without a question mark is asked with
        them: "Which size: small or large?".

        Args:
            options: what may be said; of a mapping, gives what it means.

        Raises:
            Cancelled: as ``ask``. One option alone is chosen without a question; none at all is cancelled.
        """
        meant = dict(options) if isinstance(options, Mapping) else {str(option): option for option in options}
        if len(meant) < 2:
            return next(iter(meant.values())) if meant else _end(Cancelled(), otherwise)
        names = list(meant)
        if not question.rstrip().endswith("?"):
            question = f"{question}: {listed(names, 'or')}?" if len(names) <= MOST_NAMED else f"{question}?"
        reply = await self._reply(question, [*map(_sentence, names), *_counted(len(names))], otherwise)
        return meant[_chosen(reply.text, names)] if isinstance(reply, Reply) else reply

    async def _reply(self, question: str, sentences: Sequence[str], otherwise: Any) -> Any:
        data = await self._ask("ask", {"question": question, "sentences": list(sentences)})
        if data is None or data.get("cancelled"):
            return _end(Cancelled() if data is not None else Cancelled(NO_ANSWER), otherwise)
        return Reply(data["text"], data["slots"])

    def _context(self) -> Context:
        return self  # type: ignore[return-value]


def _end(ending: Cancelled, otherwise: Any) -> Any:
    if otherwise is MISSING:
        raise ending
    return otherwise


def _plain(name: str) -> str:
    return " ".join(_SIGNS.sub(" ", name).lower().split())


def _sentence(name: str) -> str:
    return f"[I want|make it|I'd like] [the|a|an] {_plain(name)} [one] [please]"


def _counted(count: int) -> list[str]:
    return [f"[the] {word} [one] [please]" for word in (*ORDINALS[:count], "last")]


def _chosen(text: str, names: Sequence[str]) -> str:
    """The option that a reply names: the longest of which it holds every word in a row, else by its number."""
    said = f" {_plain(text)} "
    named = [name for name in names if f" {_plain(name)} " in said]
    if named:
        return max(named, key=len)
    if " last " in said:
        return names[-1]
    return next((name for name, word in zip(names, ORDINALS, strict=False) if f" {word} " in said), names[0])
