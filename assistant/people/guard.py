"""Stands between what is understood and what is done: asks the permissions, asks for more, and says why.

For every order alike, whether a skill's sentence, a routine, a language model or a plan of yesterday gave it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.errors import AssistantError
from assistant.events import Event, RightDecided, StepTaken
from assistant.people.claim import Claim
from assistant.people.claims import MOST_TURNS, Claims
from assistant.people.permissions import Action, Permissions
from assistant.people.rights import Decision
from assistant.people.rules import STEPS, Step
from assistant.people.steps import DECLINED, Steps, Taken, YesOnly
from assistant.skills.calls import Asker, SkillCall
from assistant.skills.effects import Effects
from assistant.skills.messages import Answer, HandleRequest

T = TypeVar("T")
Handle = Callable[[HandleRequest, Effects | None, Asker | None], Awaitable[Answer]]

STRANGER = "Sorry, only people who live here may ask for that."
KNOWN = "Sorry {person}, you may not do that."
NOT_YOU = "Sorry, I could not make sure that it's you."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not done."""

    reason: str
    say: str = ""
    """The answer; empty: whoever was asked knows."""


class Guard:
    """Guards the orders of one agent.

    Args:
        permissions: decide.
        claims: who gives the orders.
        steps: ask for what a decision wants before.
        publish: takes events.
    """

    def __init__(
        self, permissions: Permissions, claims: Claims | None = None, steps: Steps | None = None,
        publish: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self.permissions = permissions
        self.claims = claims or Claims()
        self._steps = steps or YesOnly()
        self._publish = publish
        self._passed: dict[str, set[Step]] = {}
        """What was passed in a turn: nobody reads two phrases for one order."""
        self._refused: dict[str, Refusal] = {}
        """What was refused in a turn under way, while its skill was at work."""

    async def handle(
        self, handle: Handle, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None
    ) -> Answer:
        """Let an order be handled, unless who gave it may not."""
        if not self.permissions.apply:
            return await handle(order, effects, asker)
        refusal = await self._admit(order, asker)
        if refusal is not None:
            return Answer(refusal.say or "Okay, I'll leave it.", "refused", why=refusal.reason)
        self._refused.pop(order.turn, None)
        answer = await handle(replace(order, person=self._person(order)), effects, asker)
        inside = self._refused.pop(order.turn, None)
        if inside is None or answer.outcome not in ("refused", "cancelled"):
            return answer
        return replace(answer, text=inside.say or answer.text, outcome="refused", why=inside.reason)

    async def refused(self, order: HandleRequest, asker: Asker | None) -> str:
        """Why something that no skill does may not be done; empty: it may."""
        refusal = await self._admit(order, asker) if self.permissions.apply else None
        return "" if refusal is None else refusal.reason

    def judge(self, call: SkillCall, action: Action) -> Decision:
        """Whether a skill may do something for whoever it is at work for."""
        order = call.order
        decision = self.permissions.decide(self.claims.of(order), action, order.skill, order.intent)
        if self.permissions.apply:
            named = f" {action.device.name}" if action.device is not None else ""
            self._tell(order, f"{action.command}{named}", decision)
            if decision.verdict == "deny":
                self._refuse(order, self._refusal(order, decision))
        return decision

    async def passed(self, call: SkillCall, decisions: Sequence[Decision], question: str) -> Refusal | None:
        """Ask for what decisions want before one thing is done; None: all of it was given."""
        async with call.asking:
            steps = {step for decision in decisions for step in decision.steps}
            refusal = await self._take(call.order, steps, call.asker, question)
        if refusal is not None and self.permissions.apply:
            self._refuse(call.order, refusal)
        return refusal

    async def _admit(self, order: HandleRequest, asker: Asker | None) -> Refusal | None:
        """Decide about a whole order."""
        decision = self.permissions.order(self.claims.of(order), order.skill, order.intent)
        self._tell(order, f"{order.skill}.{order.intent}", decision)
        if decision.verdict == "ask":
            refusal = await self._take(order, set(decision.steps), asker, f"Shall I: {order.text}?")
            if refusal is not None:
                return refusal
            if decision.unsure:
                decision = self.permissions.order(self.claims.of(order), order.skill, order.intent)
                if decision.unsure or decision.verdict == "deny":
                    return Refusal(decision.reason, NOT_YOU)
        return self._refusal(order, decision) if decision.verdict == "deny" else None

    async def _take(
        self, order: HandleRequest, steps: set[Step], asker: Asker | None, question: str
    ) -> Refusal | None:
        """Take the steps that were not taken in this turn; a yes is wanted each time."""
        for step in STEPS:
            done = self._passed.get(order.turn, set())
            if step not in steps or (step in done and step != "yes"):
                continue
            taken = await self._one(step, self.claims.of(order), order, asker, question)
            if self.permissions.apply:
                self._publish(StepTaken(
                    source=order.source, turn=order.turn, step=step, passed=not taken.failure, reason=taken.failure,
                ))
            if taken.failure:
                return Refusal(taken.failure, taken.say)
            _put(self._passed, order.turn, {*done, step})
            if taken.claim is not None:
                self.claims.put(order.turn, taken.claim)
        return None

    async def _one(
        self, step: Step, claim: Claim, order: HandleRequest, asker: Asker | None, question: str
    ) -> Taken:
        if asker is None:
            return Taken(failure=DECLINED)
        try:
            return await self._steps.take(step, claim, order, asker, question)
        except AssistantError as error:  # what cannot be asked for is not given
            return Taken(failure=str(error), say=NOT_YOU)

    def _refuse(self, order: HandleRequest, refusal: Refusal) -> None:
        _put(self._refused, order.turn, refusal)

    def _person(self, order: HandleRequest) -> str:
        return self.permissions.person(self.claims.of(order))

    def _refusal(self, order: HandleRequest, decision: Decision) -> Refusal:
        person = self._person(order)
        return Refusal(decision.reason, decision.say or (KNOWN.format(person=person) if person else STRANGER))

    def _tell(self, order: HandleRequest, about: str, decision: Decision) -> None:
        self._publish(RightDecided(
            source=order.source, turn=order.turn, about=about, verdict=decision.verdict, reason=decision.reason,
            person=self._person(order), steps=", ".join(decision.steps),
        ))


def _put(held: dict[str, T], turn: str, value: T) -> None:
    """Hold something of a turn; the oldest goes where there are too many."""
    if turn not in held and len(held) >= MOST_TURNS:
        del held[next(iter(held))]
    held[turn] = value
