"""A tab enrols somebody: sentence by sentence, and it may give up at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from assistant.errors import AssistantError
from assistant.server import messages
from assistant.server.people import PeoplePort

MOST_WAITING = 4
"""Messages of a tab that wait while a sentence is listened to; further ones are dropped."""

Asked = messages.People | messages.Prove | messages.Enrol | messages.Read | messages.Keep


class Enrolling:
    """Answers what one tab asks about people.

    Args:
        tell: takes messages to the tab.
    """

    def __init__(self, people: PeoplePort, tell: Callable[[str], None]) -> None:
        self._people = people
        self._tell = tell
        self._asked: asyncio.Queue[Asked] = asyncio.Queue(MOST_WAITING)
        self._doing: asyncio.Task[None] | None = None

    def take(self, message: Asked | messages.GiveUp) -> None:
        """Something was asked. Returns at once."""
        if isinstance(message, messages.GiveUp):
            self._give_up()
        elif not self._asked.full():
            self._asked.put_nowait(message)

    async def run(self) -> None:
        """Answer, one after the other, for ever."""
        try:
            while True:
                message = await self._asked.get()
                self._doing = asyncio.create_task(self._answer(message), name="enrolment")
                await asyncio.wait({self._doing})
                if not self._doing.cancelled():
                    self._doing.result()
        finally:
            self._give_up()

    def _give_up(self) -> None:
        while not self._asked.empty():
            self._asked.get_nowait()
        if self._doing is not None:
            self._doing.cancel()
        self._people.give_up()

    async def _answer(self, message: Asked) -> None:
        try:
            self._tell(await self._answered(message))
        except AssistantError as error:
            self._tell(messages.enrolment("fault", what=error.what, mend=error.mend))

    async def _answered(self, message: Asked) -> str:
        people = self._people
        match message:
            case messages.People():
                return messages.people(await people.view())
            case messages.Prove():
                await people.prove(message.pin)
                return messages.people(await people.view())
            case messages.Enrol():
                return messages.enrolment("begun", sentences=list(await people.begin(message.name, message.groups)))
            case messages.Read():
                return messages.enrolment("took", take=await people.read(message.sentence))
            case messages.Keep():
                verdict, good = await people.keep()
                return messages.enrolment("kept", verdict=verdict, good=good)
