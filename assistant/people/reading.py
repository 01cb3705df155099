"""Enrolment by voice: sentences are shown, read aloud at a microphone of the running assistant, and checked one by one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from assistant.asr.fold import fold
from assistant.errors import AssistantError, AudioError, SoundError
from assistant.grammar.base import View
from assistant.people.enrolling import check, keep
from assistant.people.enrolment import SENTENCES, Enrolment
from assistant.people.register import Register
from assistant.turns.judge import Verdict, judge
from assistant.turns.listener import ListenRequest

if TYPE_CHECKING:
    from assistant.agent import Agent
    from assistant.session import Session

WAIT_SECONDS = 15.0
"""For somebody to begin."""
READINGS = tuple(fold(sentence) for sentence in SENTENCES)


class Reading:
    """One person's enrolment at one microphone.

    Args:
        name: of the person.
        groups: beside those that they are in already.
        source: the microphone; empty: the only one.
        recordings: keep what is read as well.

    Raises:
        AudioError: there is no microphone, or several.
    """

    def __init__(
        self, agent: Agent, enrolment: Enrolment, name: str, groups: list[str], source: str = "",
        recordings: bool = False,
    ) -> None:
        self._agent = agent
        self._enrolment = enrolment
        self._name = name
        self._groups = groups
        self._recordings = recordings
        self._keeping: asyncio.Task[dict[str, Any]] | None = None
        self.session = _microphone(agent, source)

    async def next(self, sentence: str) -> dict[str, Any]:
        """Listen to one sentence: ``seconds`` of speech so far, ``enough`` and ``plenty``, the ``level`` of what was
        heard in dBFS, and what was wrong with it (``what``, ``mend``; empty: nothing)."""
        from assistant.people.takes import level

        session, wanted = self.session, fold(sentence)
        others = tuple(one for one in READINGS if one != wanted)
        thresholds = session.services.config.thresholds
        request = ListenRequest(
            session.ears.now, View(scopes=(), sentences=(wanted, *others)), thresholds.accept, no_speech=WAIT_SECONDS
        )
        listener = session.listener(request, lambda text, stable: None)
        try:
            utterance = await listener.utterance()
        finally:
            await listener.close()
        sound = session.ring.read(utterance.start, utterance.end)
        wrong: AssistantError | None = None
        try:
            if utterance.failure:
                raise SoundError("nothing was heard", mend="read the sentence aloud")
            found = judge(thresholds, utterance.hypothesis, addressed=True)
            if found.verdict is not Verdict.ACCEPT or found.reading is None or fold(found.reading.text) != wanted:
                heard = utterance.hypothesis.free_text.strip() or "other words"
                raise SoundError(f"that was: {heard}", mend="read the sentence once more, all of it")
            await self._enrolment.take(sound)
        except AssistantError as error:
            wrong = error
        return {
            "seconds": self._enrolment.seconds, "enough": self._enrolment.enough, "plenty": self._enrolment.plenty,
            "level": level(sound),
            "what": wrong.what if wrong is not None else "", "mend": wrong.mend if wrong is not None else "",
        }

    async def end(self) -> dict[str, Any]:
        """Keep the voice, and say how good it is.

        Whoever asked may leave meanwhile, it is kept to the end all the same: else somebody would be known by name and
        not by voice, or by voice and not before the next start.
        """
        self._keeping = asyncio.create_task(self._keep(), name=f"keep the voice of {self._name}")
        return await asyncio.shield(self._keeping)

    async def _keep(self) -> dict[str, Any]:
        verdict = await keep(
            Register(self._agent.store), self._enrolment, self._name, self._groups, recordings=self._recordings
        )
        await self._agent.people_changed()
        return {"verdict": str(verdict), "good": verdict.good}


async def begin(
    agent: Agent, name: str, groups: list[str], source: str = "", recordings: bool = False
) -> Reading:
    """Begin an enrolment with the agent's own ears.

    Raises:
        AssistantError: there is no microphone; the embedder cannot be used; the name or a group is none.
    """
    await check(Register(agent.store), name, groups)
    embed, calibration = await agent.voices.ear()
    return Reading(agent, Enrolment(embed, calibration, agent.services.vad), name, groups, source, recordings)


def _microphone(agent: Agent, source: str) -> Session:
    heard = {one.name: one for one in agent.sessions.values() if not one.silent and not one.muted}
    if source in heard:
        return heard[source]
    if source or len(heard) != 1:
        names = ", ".join(heard) or "none"
        raise AudioError(f"there is no microphone {source!r}" if source else "which microphone?",
                         mend=f"open are: {names}; --source NAME" if heard else "open the page, or plug one in")
    return next(iter(heard.values()))
