"""What the orders of one turn changed, and how each change is taken back when the turn re-opens.

"Turn on the light" was carried out, then the speaker goes on: "... in the bedroom". The longer order is carried out
with a journal of its own that knows the earlier one: a change that it asks for again is not made twice (so "toggle"
does not toggle back, and a lamp just switched on is not "already on"), and afterwards the rest of the earlier one is
undone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError

MOST_TURNS = 64
"""Turns whose journals are kept: more than can be open at once."""
UNDO_SECONDS = 10.0
"""Wait for a change under way before it is undone."""

log = logging.getLogger(__name__)
Undo = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Change:
    """The result of a piece of work, with what is needed to take it back."""

    result: Any
    undo: Undo | None = None
    """None: nothing changed, or it is better left."""
    before: Any = None
    """State of the subject before."""


def quiet(work: Callable[[], Awaitable[Any]]) -> Undo:
    """A way to take something back whose result nobody wants."""

    async def undo() -> None:
        await work()

    return undo


@dataclass(slots=True, eq=False)
class Effect:
    """One change, from its beginning on."""

    key: Hashable
    subject: Hashable
    """What is changed: a later change of the same supersedes it."""
    task: asyncio.Task[Change]
    undone: bool = False

    @property
    def holds(self) -> bool:
        """Whether it was made, or is being made, and not taken back."""
        task = self.task
        return not self.undone and not (task.done() and (task.cancelled() or task.exception() is not None))

    @property
    def change(self) -> Change | None:
        """The change, once made."""
        return self.task.result() if self.task.done() and self.holds else None


class Effects:
    """The journal of one order.

    Args:
        turn: its turn.
        earlier: the journal of a shorter order of the same turn.
    """

    def __init__(self, turn: str = "", earlier: Effects | None = None) -> None:
        self.turn = turn
        self._earlier = earlier
        self._effects: list[Effect] = []

    async def run(self, key: Hashable, subject: Hashable, work: Callable[[], Coroutine[Any, Any, Change]]) -> Any:
        """Make a change and note it; one that the shorter order made already is taken over.

        Goes on when the caller is cancelled: what has begun will be known, and undone if need be.

        Args:
            key: what is asked for, whole; equal keys are the same change.
        """
        effect = next((known for known in self._known() if known.key == key and known.holds), None)
        if effect is None:
            effect = Effect(key, subject, asyncio.create_task(work(), name=f"effect {key}"))
        if effect not in self._effects:
            self._effects.append(effect)
        return (await asyncio.shield(effect.task)).result

    @property
    def results(self) -> list[Any]:
        """What the changes gave that were made, in the order in which they were begun."""
        return [effect.change.result for effect in self._effects if effect.change is not None]

    def before(self, subject: Hashable, now: Any) -> Any:
        """What a subject was like before the shorter orders of this turn; ``now`` if they did not change it."""
        journal = self._earlier
        value = now
        while journal is not None:
            for effect in reversed(journal._effects):
                change = effect.change
                if effect.subject == subject and change is not None and change.undo is not None:
                    value = change.before
            journal = journal._earlier
        return value

    async def undo_except(self, newer: Effects) -> None:
        """Take back what this order and all shorter ones did, and the longer one neither asked for nor changed."""
        kept = {effect.subject for effect in newer._effects}
        journal: Effects | None = self
        while journal is not None:
            await journal._undo([effect for effect in journal._effects if effect.subject not in kept])
            journal = journal._earlier

    def _known(self) -> Iterator[Effect]:
        journal = self._earlier
        while journal is not None:
            yield from journal._effects
            journal = journal._earlier

    async def _undo(self, effects: list[Effect]) -> None:
        for effect in reversed(effects):
            if effect.undone:
                continue
            effect.undone = True
            try:
                async with asyncio.timeout(UNDO_SECONDS):
                    change = await asyncio.shield(effect.task)
                    if change.undo is not None:
                        await change.undo()
            except (AssistantError, TimeoutError) as error:
                log.warning("turn %s: %s could not be undone: %s", self.turn, effect.key, error)


class Unjournalled(Effects):
    """Of what nobody ordered: changes are made, and none is noted."""

    async def run(self, key: Hashable, subject: Hashable, work: Callable[[], Coroutine[Any, Any, Change]]) -> Any:
        """Make a change."""
        return (await work()).result


class Journals:
    """Makes journals: one more for each order, linked to the turn's one before."""

    def __init__(self) -> None:
        self._latest: OrderedDict[str, Effects] = OrderedDict()

    def __call__(self, turn: str) -> Effects:
        journal = Effects(turn, self._latest.pop(turn, None))
        self._latest[turn] = journal
        while len(self._latest) > MOST_TURNS:
            self._latest.popitem(last=False)
        return journal

