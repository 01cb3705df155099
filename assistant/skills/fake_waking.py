"""What the assistant is called, in tests of skills."""

from __future__ import annotations

from assistant.errors import ConfigError
from assistant.wake.sayable import MEND, unsayable


class FakeWaking:
    """Stands in for ``assistant.waking.Waking``.

    Attributes:
        phrase: what it is called.
        against: what speaks against any other phrase.
    """

    def __init__(self) -> None:
        self.phrase = "hey nova"
        self.against: list[str] = []

    async def look(self, phrase: str) -> list[str]:
        fault = unsayable(phrase)
        if fault:
            raise ConfigError(fault, mend=MEND)
        return list(self.against)

    async def use(self, phrase: str) -> str:
        await self.look(phrase)
        self.phrase = phrase
        return phrase
