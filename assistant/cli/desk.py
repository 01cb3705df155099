"""What the command line may ask of an agent: one object, used in the agent's process or reached over its socket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.dialogue.explain import Risk, explain, unlike
from assistant.errors import AssistantError
from assistant.events import Answered, QuestionAsked, TurnEnded
from assistant.grammar.base import Match
from assistant.people.enrolment import SENTENCES
from assistant.people.reading import Reading, begin
from assistant.turns.views import TYPED

if TYPE_CHECKING:
    from assistant.agent import Agent
    from assistant.session import Session

CONSOLE = "console"
ANSWER_SECONDS = 90.0
"""An order may wait for a slow device and be asked about; beyond this something is broken."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a typed order."""

    text: str
    outcome: str
    """As in ``Answered``; ``question`` when an answer is expected now."""


class Desk:
    """Serves the commands. Every method takes and gives plain data.

    Args:
        page: address of the page, perhaps with a pairing code; empty without one.
        end: begins the end of the agent; None where that is its owner's business alone.
    """

    def __init__(self, agent: Agent, page: str = "", end: Callable[[], None] | None = None) -> None:
        self._agent = agent
        self._page = page
        self._end = end
        self._asking = asyncio.Lock()
        self._reading: Reading | None = None
        self._typed: set[asyncio.Task[str]] = set()

    async def status(self) -> dict[str, Any]:
        """Process, page and sources."""
        sources = [{"name": session.name, "kind": session.kind, "area": session.area, "muted": session.muted}
                   for session in self._agent.sessions.values()]
        return {"pid": os.getpid(), "page": self._page, "sources": sources, "config": str(self._agent.config.file)}

    async def ask(self, text: str, area: str = "") -> dict[str, Any]:
        """Do a typed order, or take the typed answer to a question; gives ``Reply``.

        Raises:
            AssistantError: no answer came.
        """
        async with self._asking:
            session = self._console(area)
            kinds = (QuestionAsked, Answered, TurnEnded)
            with self._agent.bus.observer("command line", *kinds, sources=frozenset((session.name,))) as events:
                task = asyncio.create_task(session.text(text))
                self._typed.add(task)
                task.add_done_callback(self._typed.discard)
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        return asdict(await _reply(events))
                except TimeoutError:
                    raise AssistantError(f"no answer within {ANSWER_SECONDS:.0f} s", where="ask") from None

    async def understand(self, text: str, area: str = "") -> dict[str, Any]:
        """What a typed order means: ``skill``, ``intent`` and ``slots``; empty if nothing. Nothing is done."""
        found = self._agent.services.chain.understand(text, text, replace(TYPED, area=area))
        match = found.match if found is not None else None
        return {"skill": match.skill, "intent": match.intent, "slots": match.slots} if match is not None else {}

    async def explain(self, text: str, area: str = "") -> dict[str, Any]:
        """Why a typed order means what it means; gives ``Explanation``. Nothing is done."""
        agent = self._agent
        view = replace(TYPED, area=area)

        def risk_of(match: Match) -> Risk:
            return agent.skills.risk_of(match, agent.home.devices)

        found = await explain(agent.services.chain, agent.keeper.grammar, text, view, risk_of)
        return {**asdict(found), "ranks": unlike(found.candidates)}

    async def say(self, text: str) -> dict[str, Any]:
        """Speak a text on every source that has a loudspeaker; gives their names."""
        sessions = [session for session in self._agent.sessions.values() if not session.silent]
        if not sessions:
            mend = "open the page, or plug a loudspeaker in: assistant devices"
            raise AssistantError("nobody can hear it: no loudspeaker and no page is open", mend=mend)
        await asyncio.gather(*(session.announce(text) for session in sessions))
        return {"sources": [session.name for session in sessions]}

    async def mute(self, muted: bool, source: str = "") -> dict[str, Any]:
        """Switch microphones off or on, all of them unless one is named; gives their names."""
        sessions = [session for session in self._agent.sessions.values() if not session.silent]
        chosen = [session for session in sessions if source in ("", session.name)]
        if not sessions:
            raise AssistantError("no microphone is open", mend="open the page, or plug one in: assistant devices")
        if not chosen:
            names = ", ".join(session.name for session in sessions)
            raise AssistantError(f"there is no microphone {source!r}", mend=f"there are: {names}")
        for session in chosen:
            session.mute(muted)
        return {"sources": [session.name for session in chosen], "muted": muted}

    async def wake(self, phrase: str, beside: bool = False) -> dict[str, Any]:
        """Listen for another wake phrase from now on; gives it, and what speaks against it."""
        waking = self._agent.waking
        against = await waking.look(phrase)
        return {"phrase": await waking.use(phrase, beside=beside), "against": against}

    async def wake_hours(self, hours: float) -> dict[str, Any]:
        """Listen so readily that about one false accept comes in so many hours."""
        await self._agent.waking.listen_for_hours(hours)
        return {}

    async def wake_recorded(self) -> dict[str, Any]:
        """Recordings of wake phrases have come: listen also as they are written."""
        self._agent.waking.relearn()
        return {}

    async def devices(self) -> dict[str, Any]:
        """The home's devices."""
        home = self._agent.home
        rows = [{"name": device.name, "kind": device.kind, "area": device.area, "state": dict(device.state),
                 "available": device.available} for device in home.devices.values()]
        return {"devices": rows, "connected": home.connected, "problem": home.problem,
                "not_understood": list(home.problems),
                "simulated": self._agent.config.home.simulate}

    async def people_changed(self) -> dict[str, Any]:
        """Somebody was enrolled, renamed or forgotten; gives who is known now."""
        await self._agent.people_changed()
        return {"people": list(self._agent.voices.people)}

    async def enrol_begin(
        self, name: str, groups: list[str], source: str = "", recordings: bool = False
    ) -> dict[str, Any]:
        """Begin to learn a voice at a microphone; gives its name, and what is to be read."""
        self._reading = await begin(self._agent, name, groups, source, recordings)
        return {"source": self._reading.session.name, "sentences": list(SENTENCES)}

    async def enrol_next(self, sentence: str) -> dict[str, Any]:
        """Listen to a sentence; see ``Reading.next``."""
        return await self._enrolling().next(sentence)

    async def enrol_end(self) -> dict[str, Any]:
        """Keep the voice; gives the verdict."""
        reading, self._reading = self._enrolling(), None
        return await reading.end()

    def _enrolling(self) -> Reading:
        if self._reading is None:
            raise AssistantError("nobody is being enrolled", mend="assistant people enrol NAME")
        return self._reading

    async def stop(self) -> dict[str, Any]:
        """Begin the end of the agent."""
        if self._end is None:
            raise AssistantError("this assistant ends with the command that started it")
        self._end()
        return {}

    def _console(self, area: str) -> Session:
        known = self._agent.sessions.get(CONSOLE)
        if known is None:
            known = self._agent.open_session(CONSOLE, "console", silent=True)
        known.area = area or self._agent.config.area_of(CONSOLE)  # of this order: the next may mean another room
        return known


async def _reply(events: Any) -> Reply:
    answered = Reply("", "failed")
    async for event in events:
        match event:
            case QuestionAsked():
                return Reply(event.text, "question")
            case Answered():
                answered = Reply(event.text, event.outcome)
            case TurnEnded(reason="replaced"):
                continue  # what was typed is a new order, and no answer to the question that was open
            case TurnEnded():
                return answered
    return answered
