"""Who is speaking, turn by turn: what each utterance says, and what the conversation before it adds."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.cancelling import is_cancelled
from assistant.errors import AssistantError, BackendError, SoundError
from assistant.people.change import Heard
from assistant.people.claim import CONSOLE, NOBODY, ODDS, PAGE, Claim
from assistant.people.claims import MOST_TURNS, Claims
from assistant.people.permissions import Permissions
from assistant.people.voices import Voices
from assistant.speaker.scoring import Conversation

log = logging.getLogger(__name__)

T = TypeVar("T")
LATE_SECONDS = 0.5
"""A turn waits no longer: who is not known by then is a guest, whoever spoke in the conversation before; who is,
and is not yet checked for a second voice, is in doubt."""
MOST_SOURCES = 64
"""Sources whose conversations are held; the one that was silent longest goes first."""
OPENING = frozenset(("wake", "push"))
"""Triggers with which anybody may begin; after others the same conversation goes on."""


class Presence:
    """Listens for one agent.

    Args:
        voices: that are known.
        claims: are told who gives the orders of a turn.
        permissions: say in whose name a claim may act.
        clock: seconds that only run forward.
        learn: told of every utterance that was taken for somebody's: person, what was heard, seconds.
    """

    def __init__(
        self, voices: Voices, claims: Claims, permissions: Permissions, clock: Callable[[], float] | None = None,
        learn: Callable[[str, Heard, float], None] | None = None,
    ) -> None:
        self._voices = voices
        self._claims = claims
        self._permissions = permissions
        self._clock = clock or asyncio.get_running_loop().time
        self._learn = learn
        self._conversations: OrderedDict[str, Conversation] = OrderedDict()
        self._secret: deque[str] = deque(maxlen=MOST_TURNS)

    @property
    def listens(self) -> bool:
        """Whether it matters who speaks."""
        return bool(self._voices.people)

    async def scores(self, pcm: Pcm) -> Mapping[str, float]:
        """What a sound says of each person; empty: nothing, or not in time."""
        return (await self.heard(pcm, over=True)).scores

    async def heard(self, pcm: Pcm, *, over: bool = False) -> Heard:
        """The same of an utterance, in which a second voice may set in.

        Args:
            over: it was said over an answer, whose voice is no second one.
        """
        voices, found = self._voices, None
        try:
            async with asyncio.timeout(LATE_SECONDS):
                if over:
                    return Heard(await _uncancelled(voices.scores(pcm)))
                found = await _uncancelled(voices.heard(pcm))
                return await _uncancelled(voices.checked(pcm, found))
        except SoundError as error:
            log.debug("too little to tell who speaks: %s", error)
            return Heard()
        except (AssistantError, TimeoutError) as error:
            if found is not None:
                log.debug("not checked for a second voice: %s", error)
                return replace(found, unchecked=True)
            log.debug("nobody was recognised: %s", error)
            return Heard(missed=True)

    def spoke(self, source: str, turn: str, reason: str, heard: Heard, samples: int) -> Claim:
        """Somebody gave the orders of a turn.

        Args:
            reason: of its trigger.
            heard: what its utterance says.
            samples: of the utterance.
        """
        scores, seconds = heard.scores, samples / SAMPLE_RATE
        conversation = self._conversation(source)
        if reason in OPENING:
            conversation.clear()  # it may be anybody who came by, and one who resembles whoever spoke before
        if scores:
            conversation.add(scores, self._clock(), seconds)
        claim = NOBODY if heard.missed else self._claim(conversation, heard)
        self._claims.put(turn, claim)
        if self._learn is not None and (person := self.person(claim)):
            self._learn(person, heard, seconds)
        return claim

    def _conversation(self, source: str) -> Conversation:
        found = self._conversations.setdefault(source, Conversation())
        self._conversations.move_to_end(source)
        if len(self._conversations) > MOST_SOURCES:
            self._conversations.popitem(last=False)
        return found

    def _claim(self, conversation: Conversation, heard: Heard) -> Claim:
        best = conversation.best(self._clock())
        if best is None:
            return NOBODY
        own = heard.scores.get(best.person, 0.0)
        # What speaks against somebody counts at once, however long they have been talking before.
        llr = best.llr if own >= 0.0 else min(own, best.llr)
        return Claim(best.person, llr, doubtful=heard.unchecked or own < ODDS["likely"])

    def typed(self, turn: str, remote: bool) -> None:
        """The orders of a turn were typed.

        Args:
            remote: on another machine.
        """
        self._claims.put(turn, PAGE if remote else CONSOLE)

    def person(self, claim: Claim) -> str:
        """In whose name it may act; empty: nobody's."""
        return self._permissions.person(claim)

    def secret(self, turn: str) -> None:
        """Something secret is asked in a turn: none of its sound is kept."""
        self._secret.append(turn)

    def keeps(self, turn: str) -> bool:
        """Whether the sound of a turn may be kept: never a guest's or a child's, once anybody is known."""
        if turn in self._secret:
            return False
        claim = self._claims.of_turn(turn)
        return not self.listens or (not claim.doubtful and self._is_grown_up(self.person(claim)))

    async def keeps_sound(self, pcm: Pcm) -> bool:
        """The same of a sound outside of turns."""
        if not self.listens:
            return True
        scores = await self.scores(pcm)
        return any(llr >= ODDS["sure"] and self._is_grown_up(person) for person, llr in scores.items())

    def _is_grown_up(self, person: str) -> bool:
        """Whether it is somebody known here, and no child."""
        return "children" not in self._voices.people.get(person, ("children",))

    def forget(self) -> None:
        """Those who are known have changed: what was heard before is not compared with them."""
        self._conversations.clear()


async def _uncancelled(hearing: Awaitable[T]) -> T:
    """What is awaited; raises BackendError where that was cancelled by nobody who waits for it."""
    try:
        return await hearing
    except asyncio.CancelledError:
        if is_cancelled():
            raise
        log.warning("hearing who speaks was cancelled by the speaker backend itself")
        raise BackendError("cancelled itself", where="speaker") from None
