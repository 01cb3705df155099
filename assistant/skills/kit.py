"""What a skill's author writes: a class, and a method for each intent."""

from __future__ import annotations

import inspect
from asyncio import Task
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from assistant.errors import AssistantError, SkillError
from assistant.skills.context import Context
from assistant.skills.endings import Ending
from assistant.skills.messages import Answer
from assistant.skills.schedule import Work
from assistant.skills.slots import typed

Handler = TypeVar("Handler", bound=Callable[..., Any])
Result = str | Answer | None


def intent(name: str) -> Callable[[Handler], Handler]:
    """Mark a method as the one that handles an intent; several marks, several intents.

    The method takes the context and the slots of the sentences by name, each as what it is annotated with
    (``assistant.skills.slots``), and returns text, an ``Answer``, or nothing::

        @intent("OrderCoffee")
        async def order(self, ctx: Context, drink: str, size: str | None = None) -> str:
            return f"One {size or 'medium'} {drink}, coming up."
    """

    def mark(handler: Handler) -> Handler:
        handler.__dict__["intents"] = (*getattr(handler, "intents", ()), name)
        return handler

    return mark


class Skill:
    """Base of every skill. One object is made per process; what must outlive it belongs in ``ctx.store``."""

    name: str = ""
    """From ``skill.yaml``."""
    settings: Mapping[str, Any] = {}
    """As the household wants them."""
    work: Work

    async def start(self, ctx: Context) -> None:
        """Called once, before the first order."""

    async def troubles(self, ctx: Context) -> Sequence[str | AssistantError]:
        """What does not work as the household set it up, for ``assistant doctor``: a file, a server that is away.

        Give texts, or errors whose ``mend`` says what to do; nothing where nothing is set up. A few seconds at most.
        """
        return ()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> Task[Any]:
        """Let something go on in the background; it ends with the skill, and what it raises is reported by name.

        Raises:
            RuntimeError: a hundred pieces of work are under way already.
        """
        return self.work.spawn(work)

    def handlers(self) -> dict[str, Callable[..., Awaitable[Result] | Result]]:
        """Methods by intent.

        Raises:
            SkillError: two methods claim one intent.
        """
        found: dict[str, Callable[..., Any]] = {}
        for _, method in inspect.getmembers(self, inspect.ismethod):
            for name in getattr(method, "intents", ()):
                if name in found:
                    raise SkillError(f"two methods handle {name}: {found[name].__name__} and {method.__name__}")
                found[name] = method
        return found


async def run(handler: Callable[..., Awaitable[Result] | Result], ctx: Context, slots: dict[str, Any]) -> Answer:
    """Call a handler with its slots and bring what it returns, and how else it may end, into one form.

    Raises:
        SkillError: the slots do not fit the method, or it returns something else.
    """
    try:
        inspect.signature(handler).bind(ctx, **slots)
    except TypeError as error:
        raise SkillError(f"{handler.__name__}: {error}", mend="name the parameters like the slots") from error
    before = dict(ctx.memory)
    try:
        result = handler(ctx, **await typed(handler, ctx, slots))
        value = await result if inspect.isawaitable(result) else result
    except Ending as ending:
        value = Answer(ending.text, ending.outcome)
    if value is None or isinstance(value, str):
        value = Answer(value or "")
    if not isinstance(value, Answer):
        raise SkillError(f"{handler.__name__} returned {type(value).__name__}, not text or an Answer")
    changed = ctx.memory != before and not value.remember
    return replace(value, remember=ctx.memory, forget=True) if changed else value
