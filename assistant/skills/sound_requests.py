"""What skills ask of a source's sound: to be said or played now, the volume, silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from assistant.errors import SkillError
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Change
from assistant.skills.sounds import LONGEST, RATES

LONGEST_TEXT = 1000
"""Characters of a text to be said."""
MOST_SOUND = LONGEST * RATES[-1] * 2
"""Bytes of a sound: a minute."""


class Loud(Protocol):
    """Something with a volume: a session's playback."""

    volume: int
    """0 to 100."""


class SourcePort(Protocol):
    """What of a session is used here."""

    @property
    def name(self) -> str: ...

    @property
    def area(self) -> str: ...

    @property
    def silent(self) -> bool: ...

    @property
    def playback(self) -> Loud: ...

    def set_volume(self, percent: int) -> None: ...

    def stop(self) -> None: ...

    async def tell(self, text: str) -> None:
        """Say something within the turn at hand."""
        ...

    async def announce(self, text: str) -> bool:
        """Say something after the turn at hand."""
        ...

    async def sound(self, pcm: bytes, rate: int, name: str) -> None:
        """Play int16 mono to its end."""
        ...

    def chime(self) -> None: ...


class SoundRequests:
    """Answers what is asked of sources.

    Args:
        session: session of a source.
        sessions: all of them.
    """

    def __init__(
        self, session: Callable[[str], SourcePort | None], sessions: Callable[[], Iterable[SourcePort]]
    ) -> None:
        self._session = session
        self._sessions = sessions
        self._announcing: set[str] = set()
        """Skills of which something waits to be said that nobody asked for."""

    async def speak(self, call: SkillCall, args: dict[str, Any]) -> None:
        """Say something: where the order came from, in a room, or everywhere."""
        text, area = _text(args["text"]), str(args["area"])
        if not area and not call.unasked:
            source = self._source(call)
            if source.silent:
                call.written.append(text)
            await source.tell(text)
            return
        if "speak" not in call.manifest.grants:
            raise SkillError("may not say something unasked", where=f"skill {call.skill}",
                             mend="add 'speak' to its grants")
        heard = [one for one in self._sessions() if not one.silent and area in ("", one.area)]
        if not heard:
            raise SkillError(f"nobody can hear it{f' in the {area}' if area else ''}", where=f"skill {call.skill}")
        if call.skill in self._announcing:
            raise SkillError("what it said before is still to be said", where=f"skill {call.skill}")
        self._announcing.add(call.skill)
        try:
            await asyncio.gather(*(source.announce(text) for source in heard))
        finally:
            self._announcing.discard(call.skill)

    async def chime(self, call: SkillCall, args: dict[str, Any]) -> None:
        """A short sound."""
        self._source(call).chime()

    async def play(self, call: SkillCall, args: dict[str, Any]) -> None:
        """Play a sound to its end."""
        pcm, rate = args["pcm"], int(args["rate"])
        if not isinstance(pcm, bytes) or len(pcm) > MOST_SOUND or len(pcm) % 2 or rate not in RATES:
            raise ValueError("a sound is int16 mono of at most a minute")
        await self._source(call).sound(pcm, rate, _text(args["name"]))

    async def volume(self, call: SkillCall, args: dict[str, Any]) -> int:
        """The volume of the source, after setting it."""
        session, subject = self._source(call), ("volume", call.order.source)
        before = int(call.effects.before(subject, session.playback.volume))
        if args["percent"] is None:
            return before
        percent = max(0, min(100, int(args["percent"])))

        async def undo() -> None:
            session.set_volume(before)

        async def work() -> Change:
            session.set_volume(percent)
            return Change(percent, undo, before)

        return int(await call.effects.run(("volume", percent), subject, work))

    async def stop(self, call: SkillCall, args: dict[str, Any]) -> None:
        """Silence the source."""
        session = self._session(call.order.source)
        if session is not None:
            session.stop()

    def _source(self, call: SkillCall) -> SourcePort:
        session = self._session(call.order.source)
        if session is None:
            raise SkillError("there is no source to be heard at", where=call.order.source or f"skill {call.skill}",
                             mend="nobody gave this order: use ctx.speak")
        return session


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"a text of at most {LONGEST_TEXT} characters is needed")
    return value
