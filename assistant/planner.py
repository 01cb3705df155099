"""Carries out the orders that were planned, when they are due: nobody is asked anything then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from uuid import uuid4

from assistant import spoken
from assistant.events import Answered, Event, TimerRang, TurnEnded, TurnStarted, Understood
from assistant.grammar.base import View
from assistant.people.claim import Claim, stood
from assistant.ringer import Ears
from assistant.skills.effects import Unjournalled
from assistant.skills.messages import Answer, HandleRequest, joined
from assistant.skills.order_requests import OrderPort
from assistant.store.timer import Timer
from assistant.store.timers import Timers

log = logging.getLogger(__name__)

KIND = "order"
LATE_SECONDS = 300.0
"""An order this late is told, not carried out: who wanted the heating on at six may have left at nine."""
TOLD = ("info", "failed", "refused")
"""Outcomes that are said aloud; what was done shows."""


class Planner:
    """Listens for what is due.

    Args:
        sessions: by name.
        area: room of a source.
        publish: takes the events of the turn that a planned order is.
        claim: told who gives the orders of that turn.
    """

    def __init__(
        self, timers: Timers, sessions: Callable[[], Mapping[str, Ears]], area: Callable[[str], str],
        orders: OrderPort, publish: Callable[[Event], None], claim: Callable[[str, Claim], None],
    ) -> None:
        self._timers = timers
        self._sessions = sessions
        self._area = area
        self._orders = orders
        self._publish = publish
        self._claim = claim
        self._tasks: set[asyncio.Task[None]] = set()

    def happened(self, event: Event) -> None:
        """Something is due."""
        if isinstance(event, TimerRang) and event.kind == KIND:
            timer = next((one for one in self._timers.untold() if one.id == event.timer), None)
            if timer is not None:
                task = asyncio.create_task(self._due(timer, event.late), name=f"planned order {timer.id}")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _due(self, timer: Timer, late: float) -> None:
        turn = uuid4().hex[:12]
        self._publish(TurnStarted(source=timer.source, turn=turn, reason="planned"))
        answer = self._missed(timer) if late > LATE_SECONDS else await self._carry_out(timer, turn)
        await self._timers.told(timer.id)
        self._publish(Answered(source=timer.source, turn=turn, text=answer.text, outcome=answer.outcome))
        self._publish(TurnEnded(source=timer.source, turn=turn, outcome=answer.outcome, reason="planned"))
        if answer.outcome in TOLD and answer.text:
            await self._say(timer.source, answer.text)

    def _missed(self, timer: Timer) -> Answer:
        when = spoken.moment(self._timers.due(timer), self._timers.now())
        return Answer(f"I was off at {when}, and did not do this: {timer.name}.", "failed")

    async def _carry_out(self, timer: Timer, turn: str) -> Answer:
        area, answers = self._area(timer.source), []
        self._claim(turn, stood(timer.person, timer.standing))
        for match in self._orders.meanings(timer.name, View(area=area)):
            self._publish(
                Understood(
                    source=timer.source, turn=turn, skill=match.skill, intent=match.intent, slots=match.slots,
                    text=match.text, confidence=1.0,
                )
            )
            order = HandleRequest(
                match.skill, match.intent, match.slots, match.text, timer.source, turn, area, timer.person,
                meant=match.meant, written=match.written,
            )
            answers.append(await self._orders.handle(order, Unjournalled(), None))
        if not answers:
            return Answer(f"You wanted this now, and I do not understand it any more: {timer.name}.", "failed")
        answer = joined(answers)
        if answer.outcome == "cancelled":
            return Answer(f"I did not do this, as nobody could be asked first: {timer.name}.", "refused")
        return answer

    async def _say(self, source: str, text: str) -> None:
        """At the source where it was planned, else anywhere."""
        heard = [session for session in self._sessions().values() if not session.silent]
        for session in sorted(heard, key=lambda session: session.name != source):
            if await session.announce(text):
                return
        log.warning("a planned order could not be told of: %s", text)
