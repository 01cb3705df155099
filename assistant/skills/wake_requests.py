"""What skills ask about the assistant's own name: whether another would do, and to be called so."""

from __future__ import annotations

from typing import Any, Protocol

from assistant.errors import ConfigError, SkillError
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Change

LONGEST_TEXT = 200


class WakePort(Protocol):
    """What of ``assistant.waking.Waking`` is used here."""

    @property
    def phrase(self) -> str: ...

    async def look(self, phrase: str) -> list[str]: ...

    async def use(self, phrase: str) -> str: ...


class WakeRequests:
    """Answers them."""

    def __init__(self, port: WakePort) -> None:
        self._port = port

    async def phrase(self, call: SkillCall, args: dict[str, Any]) -> str:
        """What it is called."""
        return self._port.phrase

    async def look(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        """Why it cannot be called so, and what speaks against it if it can."""
        try:
            return {"fault": "", "advice": await self._port.look(_text(args["phrase"]))}
        except ConfigError as error:
            return {"fault": error.what, "advice": []}

    async def use(self, call: SkillCall, args: dict[str, Any]) -> str:
        """Be called otherwise."""
        phrase, subject = _text(args["phrase"]), ("wake",)
        before = str(call.effects.before(subject, self._port.phrase))

        async def undo() -> None:
            await self._port.use(before)

        async def work() -> Change:
            try:
                return Change(await self._port.use(phrase), undo, before)
            except ConfigError as error:
                raise SkillError(error.what, where=error.where, mend=error.mend) from error

        return str(await call.effects.run(("wake", phrase), subject, work))


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"a phrase of at most {LONGEST_TEXT} characters is needed")
    return value
