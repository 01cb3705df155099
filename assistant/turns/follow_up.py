"""The follow-up window: for a few seconds after an answer an order needs no wake word."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.errors import WorkerLost
from assistant.events import TurnStateChanged
from assistant.turns.judge import Verdict, judge
from assistant.turns.listener import Listener, ListenRequest, Utterance
from assistant.turns.trigger import Trigger
from assistant.turns.views import FOLLOW_UPS

if TYPE_CHECKING:
    from assistant.session import Session

DEAF_SECONDS = 1.0
"""A microphone that sent nothing for so long is muted or gone."""


async def follow_up(session: Session, turn: str, triggers: asyncio.Queue[Trigger]) -> Trigger | None:
    """Wait for an order without a wake word; anything that is surely none is passed over in silence.

    Raises:
        WorkerLost: the recogniser is down.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + session.services.config.follow_up_seconds
    session.publish(TurnStateChanged(state="follow_up"), turn)
    try:
        while (left := end - loop.time()) > 0:
            trigger = await _next(session, left, triggers)
            if trigger is not None:
                return trigger
        return None
    finally:
        session.publish(TurnStateChanged(state="idle"), turn)


async def _next(session: Session, seconds: float, triggers: asyncio.Queue[Trigger]) -> Trigger | None:
    thresholds = session.services.config.thresholds
    listener = session.listener(
        ListenRequest(
            start=session.ears.now, view=replace(FOLLOW_UPS, area=session.area), accept=thresholds.accept_follow_up,
            no_speech=seconds,
        ),
        lambda text, stable: None,
    )
    kept = False
    hearing = asyncio.create_task(listener.utterance())
    other = asyncio.create_task(triggers.get())
    try:
        await _first(session, (hearing, other))
        if other.done():
            return other.result()
        if not hearing.done():
            return None
        trigger = _weigh(session, listener, hearing)
        kept = trigger is not None
        return trigger
    finally:
        hearing.cancel()
        other.cancel()
        if not kept:
            await listener.close()


async def _first(session: Session, tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Wait for one of them; not for a microphone that sends nothing any more."""
    heard = -1
    while session.ears.now != heard and not any(task.done() for task in tasks):
        heard = session.ears.now
        await asyncio.wait(tasks, timeout=DEAF_SECONDS, return_when=asyncio.FIRST_COMPLETED)


def _weigh(session: Session, listener: Listener, hearing: asyncio.Task[Utterance]) -> Trigger | None:
    utterance = hearing.result()
    if utterance.failure == "recogniser":
        raise WorkerLost("cannot listen to what follows", where=session.name)
    judgement = judge(session.services.config.thresholds, utterance.hypothesis, addressed=False)
    if judgement.verdict is not Verdict.ACCEPT:
        return None
    return Trigger("follow_up", listener=listener, utterance=utterance)
