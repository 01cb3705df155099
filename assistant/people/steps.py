"""What may be asked for before something is done: a yes, the PIN, a phrase read aloud, another person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from assistant.audio.frames import Pcm
from assistant.people.challenge import phrase
from assistant.people.claim import CONSOLE, ODDS, Claim
from assistant.people.pin import Pin
from assistant.people.rights import Groups
from assistant.people.rules import Step
from assistant.skills.calls import Asker
from assistant.skills.messages import HandleRequest

DECLINED = "declined"
"""Somebody was asked and said no, or nobody could be asked."""
PHRASE_SECONDS = 6.0
"""Within so many seconds a phrase is to be read: nobody makes a recording of it meanwhile."""
DECOYS = 9
"""Other phrases that the recogniser might have heard instead."""
READ = "To make sure it's you, please say: {phrase}."
READ_OTHER = "Somebody else who lives here has to agree. Please say: {phrase}."
NOT_THE_VOICE = "Sorry, that did not sound like you, so I'll leave it."
NOT_ANOTHER = "Sorry, I know nobody else by that voice, so I'll leave it."
NOT_SAID = "I did not hear those words, so I'll leave it."
NO_PIN = "There is no PIN yet. Set one with: assistant people pin."
ASK_PIN = "Please type the PIN."
WRONG_PIN = "That is not the PIN, so I'll leave it."
LOCKED = "The PIN was wrong too often. Try again in {minutes} minutes."


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a step."""

    failure: str = ""
    """Why it was not passed; empty: it was."""
    say: str = ""
    """What is answered then; empty: whoever was asked knows."""
    claim: Claim | None = None
    """Who speaks, where that is surer now."""


@runtime_checkable
class Proving(Protocol):
    """A turn that can ask for more than words."""

    async def read_aloud(self, question: str, wanted: str, others: Sequence[str], seconds: float) -> Pcm | None:
        """Have a phrase read aloud; its sound, int16[n] at 16 kHz. None: it was not, or not in time."""
        ...

    async def secret(self, question: str) -> str | None:
        """Have something typed that is shown and kept nowhere."""
        ...


class Steps(Protocol):
    """Asks for a step."""

    async def take(
        self, step: Step, claim: Claim, order: HandleRequest, asker: Asker, question: str
    ) -> Taken: ...


class YesOnly:
    """Where no voice is known: a yes, and nothing else can be had."""

    async def take(self, step: Step, claim: Claim, order: HandleRequest, asker: Asker, question: str) -> Taken:
        """Ask for a yes."""
        if step != "yes":
            return Taken(f"nobody can be asked for: {step}", NO_PIN if step == "pin" else NOT_SAID)
        return Taken() if await asker.confirm(question) else Taken(DECLINED)


class StepUps(YesOnly):
    """All of them.

    Args:
        scores: sound -> log likelihood ratio for each person known here.
        pin: the household's.
        people: those known here, and their groups: a child's word is not that of another person.
    """

    def __init__(
        self, scores: Callable[[Pcm], Awaitable[Mapping[str, float]]], pin: Pin, people: Callable[[], Groups]
    ) -> None:
        self._scores = scores
        self._pin = pin
        self._people = people

    async def take(self, step: Step, claim: Claim, order: HandleRequest, asker: Asker, question: str) -> Taken:
        """Ask for one."""
        if step == "yes" or not isinstance(asker, Proving):
            return await super().take(step, claim, order, asker, question)
        if step == "pin":
            return await self._type(claim, asker)
        return await self._read(step, claim, asker)

    async def _read(self, step: Step, claim: Claim, asker: Proving) -> Taken:
        """A phrase that no recording can know, by the voice that gave the order, or by another one."""
        wanted, *others = [phrase() for _ in range(DECOYS + 1)]
        question = (READ if step == "phrase" else READ_OTHER).format(phrase=wanted)
        sound = await asker.read_aloud(question, wanted, others, PHRASE_SECONDS)
        if sound is None:
            return Taken("the phrase was not read", NOT_SAID)
        scores = await self._scores(sound)
        if step == "phrase":
            return self._same(claim, scores.get(claim.person, -1.0))
        agreeing = [one for one, llr in scores.items() if one != claim.person and llr >= ODDS["sure"]]
        if not any("children" not in self._people().get(one, ("children",)) for one in agreeing):
            return Taken("nobody else who is known here read the phrase", NOT_ANOTHER)
        return Taken()

    @staticmethod
    def _same(claim: Claim, llr: float) -> Taken:
        if not claim.person or llr < ODDS["sure"]:
            who = claim.person or "somebody known here"
            return Taken(f"the voice that read the phrase is not {who}'s ({llr:+.1f})", NOT_THE_VOICE)
        return Taken(claim=Claim(claim.person, max(claim.llr, llr)))

    async def _type(self, claim: Claim, asker: Proving) -> Taken:
        if not await self._pin.is_set():
            return Taken("no PIN is set", NO_PIN)
        if (wait := await self._pin.locked()) > 0:
            return Taken("the PIN is locked", LOCKED.format(minutes=max(1, round(wait / 60))))
        typed = await asker.secret(ASK_PIN)
        if typed is None:
            return Taken(DECLINED)
        if not await self._pin.check(typed):
            return Taken("a wrong PIN", WRONG_PIN)
        return Taken(claim=CONSOLE if claim.channel == "page" else None)
