"""The follow-up window: for a few seconds after an answer an order needs no wake word."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.events import TurnStateChanged
from assistant.turns.judge import Verdict, judge
from assistant.turns.listener import Listener, ListenRequest, Utterance
from assistant.turns.trigger import Trigger
from assistant.turns.views import FOLLOW_UPS

if TYPE_CHECKING:
    from assistant.session import Session


async def follow_up(session: Session, turn: str, triggers: asyncio.Queue[Trigger]) -> Trigger | None:
    """Wait for an order without a wake word; anything that is surely none is passed over in silence."""
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
        await asyncio.wait((hearing, other), return_when=asyncio.FIRST_COMPLETED)
        if other.done():
            return other.result()
        trigger = _weigh(session, listener, hearing)
        kept = trigger is not None
        return trigger
    finally:
        hearing.cancel()
        other.cancel()
        if not kept:
            await listener.close()


def _weigh(session: Session, listener: Listener, hearing: asyncio.Task[Utterance]) -> Trigger | None:
    utterance = hearing.result()
    judgement = judge(session.services.config.thresholds, utterance.hypothesis, addressed=False)
    if judgement.verdict is not Verdict.ACCEPT:
        return None
    return Trigger("follow_up", listener=listener, utterance=utterance)
