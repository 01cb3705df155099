"""Whose voice a turn hears: asked for beside recognition, known when something is to be done."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from assistant.events import SpeakerHeard, StageTimed
from assistant.people.change import Heard

if TYPE_CHECKING:
    from assistant.turns.turn import Turn


class TurnVoice:
    """The voice of one turn; where nobody is known it does nothing at all."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._presence = turn.services.presence
        self._span = (0, 0)
        self._hearing: asyncio.Task[Heard] | None = None
        self._person = ""
        self._told = False
        self.second = False
        """Whether a second voice set in, as far as that is known."""

    def hear(self, start: int, end: int) -> None:
        """Begin to hear who spoke between two samples; the latest span counts. Returns at once."""
        if self._turn.trigger.phrase:
            start = min(start, self._turn.trigger.start)  # the wake phrase is said by the same voice
        if self._presence is None or not self._presence.listens or (start, end) == self._span:
            return
        self.close()
        session, self._span, self._told = self._turn.session, (start, end), False
        over = self._turn.trigger.reason == "barge_in"
        sound = (session.over if over else session.ring).read(start, end)
        self._hearing = asyncio.create_task(self._presence.heard(sound, over=over), name="who speaks")

    async def person(self) -> str:
        """In whose name the turn acts; empty: nobody's, or nobody knows.

        Where no voice is known, a wake phrase of somebody's own says who it is; it proves nothing.
        """
        presence, turn = self._presence, self._turn
        typed = turn.trigger.reason == "text"
        if presence is not None and typed:
            presence.typed(turn.id, turn.session.remote)
        if presence is None or not presence.listens:
            return turn.trigger.person
        if self._told or typed:
            return self._person
        began = time.perf_counter()
        heard, (start, end) = await self._latest(), self._span
        if self._told:  # by another order of this turn, meanwhile
            return self._person
        self._told = True
        claim = presence.spoke(turn.session.name, turn.id, turn.trigger.reason, heard, end - start)
        self.second = heard.second
        self._person = presence.person(claim)
        turn.publish(StageTimed(stage="speaker", seconds=time.perf_counter() - began))
        turn.publish(SpeakerHeard(
            person=claim.person, llr=round(claim.llr, 2), known=bool(self._person), second=heard.second,
        ))
        return self._person

    async def _latest(self) -> Heard:
        """What the latest span says. Whoever spoke may go on meanwhile: then another one takes its place."""
        while (hearing := self._hearing) is not None:
            await asyncio.wait((hearing,))
            if not hearing.cancelled():
                return hearing.result()
            if hearing is self._hearing:  # by nobody here
                return Heard(missed=True)
        return Heard()

    def close(self) -> None:
        """Nobody waits for it any more."""
        if self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None
