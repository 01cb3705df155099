"""What the agent keeps for skills until it is due: alarms, reminders, planned orders, timers; alike for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from assistant.skills.context import Context
from assistant.skills.messages import Answer
from assistant.skills.things import Alarm, Timer


def mine(ctx: Context, kept: Sequence[Alarm]) -> list[Alarm]:
    """Those of whoever speaks, and those that nobody owns; all where nobody knows who speaks."""
    return [one for one in kept if not ctx.person or one.person in ("", ctx.person)]


async def cancel_all(
    kept: Sequence[Alarm | Timer], cancel: Callable[[str], Awaitable[bool]], *, none: str, one: str, several: str
) -> Answer:
    """Cancel them, and say how many there were.

    Args:
        cancel: ``ctx.alarms.cancel`` or ``ctx.timers.cancel``.
        none: the answer where there was none, and ``one`` where there was one.
        several: what comes after their number.
    """
    for each in kept:
        await cancel(each.id)
    if not kept:
        return Answer(none, "already")
    return Answer(one if len(kept) == 1 else f"{len(kept)} {several}.")
