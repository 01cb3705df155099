"""Whose voice a turn hears: asked for beside recognition, known when something is to be done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.events import SpeakerHeard, StageTimed

if TYPE_CHECKING:
    from assistant.turns.turn import Turn


class TurnVoice:
    """The voice of one turn; where nobody is known it does nothing at all."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._presence = turn.services.presence
        self._span = (0, 0)
        self._scores: asyncio.Task[Mapping[str, float]] | None = None
        self._person = ""
        self._told = False

    def hear(self, start: int, end: int) -> None:
        """Begin to hear who spoke between two samples; the latest span counts. Returns at once."""
        if self._turn.trigger.phrase:
            start = min(start, self._turn.trigger.start)  # the wake phrase is said by the same voice
        if self._presence is None or not self._presence.listens or (start, end) == self._span:
            return
        self.close()
        session, self._span, self._told = self._turn.session, (start, end), False
        ring = session.over if self._turn.trigger.reason == "barge_in" else session.ring
        self._scores = asyncio.create_task(self._presence.scores(ring.read(start, end)), name="who speaks")

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
        self._told = True
        began, (start, end) = time.perf_counter(), self._span
        scores = await asyncio.shield(self._scores) if self._scores is not None else {}
        claim = presence.spoke(turn.session.name, turn.id, turn.trigger.reason, scores, end - start)
        self._person = presence.person(claim)
        turn.publish(StageTimed(stage="speaker", seconds=time.perf_counter() - began))
        turn.publish(SpeakerHeard(person=claim.person, llr=round(claim.llr, 2), known=bool(self._person)))
        return self._person

    def close(self) -> None:
        """Nobody waits for it any more."""
        if self._scores is not None:
            self._scores.cancel()
            self._scores = None
