"""People as a tab of the page sees them: who lives here, and enrolment at its own microphone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.people.enrolment import SENTENCES
from assistant.people.reading import Reading, begin
from assistant.people.register import Register
from assistant.people.summary import rights_of
from assistant.server.people import PeopleView, PersonView, TakeView

if TYPE_CHECKING:
    from assistant.agent import Agent
    from assistant.session import Session

ELSEWHERE = "on another machine anybody might enrol"
SETTINGS = "from another machine this takes the PIN: type it under “Who speaks” first"


class TabPeople:
    """Of one tab. See ``assistant.server.people.PeoplePort``."""

    def __init__(self, agent: Agent, session: Session) -> None:
        self._agent = agent
        self._session = session
        self._proved = not session.remote
        self._reading: Reading | None = None

    async def view(self) -> PeopleView:
        """Who lives here."""
        agent = self._agent
        rules, voices = agent.guard.permissions.rules, agent.voices
        people = [
            PersonView(
                one.name, ("household", *one.groups), max((one.voices or {}).values(), default=0.0),
                rights_of(rules, one.name, one.groups),
            )
            for one in await Register(agent.store).all()
        ]
        guest = PersonView("", ("guests",), 0.0, rights_of(rules, "", ()))
        problem = str(voices.problem) if voices.problem is not None else ""
        return PeopleView([*people, guest], bool(voices.people), problem, await self._may_enrol())

    async def prove(self, pin: str) -> None:
        """Let this tab enrol. Raises AssistantError where that is not the PIN."""
        kept = self._agent.pin
        if not await kept.is_set():
            raise AssistantError("there is no PIN yet", mend="on the assistant's machine: assistant people pin")
        if (wait := await kept.locked()) > 0:
            raise AssistantError(f"the PIN was wrong too often: try again in {max(1, round(wait / 60))} minutes")
        if not await kept.check(pin):
            raise AssistantError("that is not the PIN")
        self._proved = True

    async def check_settings(self) -> None:
        """Whether this tab may change what the household has: raises AssistantError where a PIN is set that it has not
        typed."""
        if not self._proved and await self._agent.pin.is_set():
            raise AssistantError(SETTINGS)

    async def begin(self, name: str, groups: Sequence[str]) -> Sequence[str]:
        """Begin to learn a voice."""
        await self._check()
        self._reading = await begin(self._agent, name, list(groups), self._session.name)
        return SENTENCES

    async def read(self, sentence: int) -> TakeView:
        """Listen to one of the sentences."""
        if sentence >= len(SENTENCES):
            raise AssistantError("there is no such sentence", where="read")
        return TakeView(**await self._now().next(SENTENCES[sentence]))

    async def keep(self) -> tuple[str, bool]:
        """Keep the voice, if this tab still may: what began while nobody was known is no key to who is known since."""
        await self._check()
        ended = await self._now().end()
        self._reading = None
        return str(ended["verdict"]), bool(ended["good"])

    def give_up(self) -> None:
        """Nothing of it is kept."""
        self._reading = None

    async def _check(self) -> None:
        """Raises AssistantError where this tab may not enrol."""
        if not await self._may_enrol():
            raise AssistantError(ELSEWHERE, mend="type the PIN first")

    async def _may_enrol(self) -> bool:
        """On this machine, and everywhere while nobody is known and nobody has set a PIN."""
        first = not self._agent.voices.people and not await self._agent.pin.is_set()
        return self._proved or first

    def _now(self) -> Reading:
        if self._reading is None:
            raise AssistantError("nobody is being enrolled")
        return self._reading
