"""One WebSocket per tab: the microphone and what the person does go up, events and sound go down."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from assistant.allowance import Allowance
from assistant.errors import AssistantError, EventError
from assistant.events import DeviceAdded, DeviceRemoved, Event, Gap, HomeConnected, HomeLost, WakeChanged
from assistant.events import home as home_events
from assistant.server import messages
from assistant.server.enrolling import Enrolling
from assistant.server.outbox import Outbox
from assistant.server.people import PeoplePort
from assistant.server.place import is_here
from assistant.server.port import AgentPort, SourcePort
from assistant.server.settings import ServerSettings
from assistant.server.sound import Uplink
from assistant.server.speaker import TabSpeaker

log = logging.getLogger(__name__)

MAX_FAULTS = 100
"""Wrong messages after which the tab is shut out: a broken page recovers sooner, a hostile one never does."""
BURST = 40
"""Messages of a tab that may come at once ..."""
MESSAGES_PER_SECOND = 20.0
"""... and so many more each second; sound has a bound of its own."""
HELLO_SECONDS = 10.0
"""A tab says hello within this, or makes room for another."""
HOUSEHOLD_SECONDS = 0.3
"""Devices that come within this of each other are told in one message: discovery brings thousands at once."""

POLICY, BROKEN, OLD_PAGE, FULL, UNPAIRED = 1008, 1011, 4400, 4429, 4401
"""Close codes; those from 4000 are ours, and the page has words for each."""

_RESHAPES = (DeviceAdded, DeviceRemoved, Gap, HomeConnected, HomeLost, WakeChanged)


class Refused(Exception):
    """The socket is closed for a reason the page is told."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Tabs:
    """Every connected tab, and the names they go by."""

    def __init__(self, agent: AgentPort, settings: ServerSettings) -> None:
        self.agent = agent
        self.settings = settings
        self._names: set[str] = set()

    def __len__(self) -> int:
        return len(self._names)

    def take_name(self) -> str:
        """The lowest free name: ``page``, ``page-2``, ...

        Raises:
            Refused: as many tabs as allowed are open.
        """
        if len(self._names) >= self.settings.max_tabs:
            raise Refused(FULL, f"{len(self._names)} pages are open already; close one of them")
        candidates = (_name(number) for number in range(1, self.settings.max_tabs + 1))
        free = next(name for name in candidates if name not in self._names)
        self._names.add(free)
        return free

    async def serve(self, websocket: WebSocket) -> None:
        """Accept a tab and serve it until it goes."""
        await websocket.accept()
        try:
            name = self.take_name()
        except Refused as refused:
            await close(websocket, refused)
            return
        try:
            await Tab(websocket, self, name).serve()
        finally:
            self._names.discard(name)


def _name(number: int) -> str:
    return "page" if number == 1 else f"page-{number}"


class Tab:
    """One connected tab."""

    def __init__(self, websocket: WebSocket, tabs: Tabs, name: str) -> None:
        self._socket = websocket
        self._agent = tabs.agent
        self._settings = tabs.settings
        self._clock = asyncio.get_running_loop().time
        self._outbox = Outbox()
        self._uplink = Uplink()
        self._allowance = Allowance(BURST, MESSAGES_PER_SECOND)
        self._household_due: asyncio.TimerHandle | None = None
        self._asked: deque[messages.Wake | messages.Hours] = deque(maxlen=1)
        """About wake phrases, each of which may take a second: the newest takes the place of one that waits."""
        self._asks = asyncio.Event()
        self._enrolling: Enrolling
        self.speaker = TabSpeaker(self._outbox, self._clock)
        self.name = name
        self.faults = 0

    async def serve(self) -> None:
        """Run the tab until it disconnects or is refused."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = await self._hello()
            await self._serve_source(self._area(hello.area))
        except TimeoutError:
            await close(self._socket, Refused(POLICY, "the page did not say hello"))
        except Refused as refused:
            log.info("%s is refused: %s", self.name, refused.reason)
            await close(self._socket, refused)
        except WebSocketDisconnect as gone:
            if gone.code not in (1000, 1001, 1005, 1006, 1012):
                log.warning("%s was disconnected: %s (%d)", self.name, gone.reason or "no reason given", gone.code)
        except Exception:
            log.exception("%s failed; other tabs go on", self.name)
            await close(self._socket, Refused(BROKEN, "the assistant failed on this page; its log says why"))

    async def _hello(self) -> messages.Hello:
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1005), received.get("reason"))
        try:
            first = messages.read(received.get("text") or "")
        except EventError as error:
            raise Refused(POLICY, f"the first message must be a hello ({error.what})") from error
        if not isinstance(first, messages.Hello):
            raise Refused(POLICY, f"the first message must be a hello, not {first.type!r}")
        if first.version != messages.VERSION:
            raise Refused(OLD_PAGE, "this page is from another version; load it again")
        return first

    def _area(self, wished: str) -> str:
        """The area a tab wishes for; one that is gone, or none, means the configured one."""
        known = {area.id for area in self._agent.household().areas}
        return wished if wished in known else self._settings.area

    async def _serve_source(self, area: str) -> None:
        events = self._agent.subscribe()
        try:
            source = await self._agent.open_source(
                self.name, kind="page", area=area, speaker=self.speaker, remote=not is_here(self._socket)
            )
        except AssistantError as error:
            events.close()
            raise Refused(BROKEN, str(error)) from error
        self._enrolling = Enrolling(source.people, self._outbox.urgent)
        try:
            self._outbox.urgent(messages.welcome(self.name, self._agent.household(), area))
            await _first_ends(
                self._receive(source),
                self._outbox.run(self._socket.send_text, self._socket.send_bytes),
                self._tell(events),
                self.speaker.run(source.pull),
                self._answer(source.people),
                self._enrolling.run(),
            )
        finally:
            events.close()
            if self._household_due is not None:
                self._household_due.cancel()
            await source.close()

    async def _receive(self, source: SourcePort) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", 1005), received.get("reason"))
            try:
                self._take(source, received)
            except AssistantError as error:
                self._fault(error)

    def _take(self, source: SourcePort, received: Any) -> None:
        sound = received.get("bytes")
        if sound is None:
            self._read(source, received.get("text") or "")
            return
        for pcm in self._uplink.read(sound, self._clock()):
            source.feed(pcm)

    def _read(self, source: SourcePort, text: str) -> None:
        message = messages.read(text)
        if not isinstance(message, messages.Played) and not self._allowance.take(self._clock()):
            mend = f"send at most {MESSAGES_PER_SECOND:.0f} a second"
            raise EventError(f"too many messages: this {message.type} is dropped", where=self.name, mend=mend)
        self._obey(source, message)

    def _fault(self, error: AssistantError) -> None:
        self.faults += 1
        if self.faults >= MAX_FAULTS:
            raise Refused(POLICY, f"{self.faults} wrong messages, the last: {error.what}")
        self._outbox.urgent(messages.error(str(error), self.faults))

    def _obey(self, source: SourcePort, message: messages.Up) -> None:
        match message:
            case messages.Talk():
                source.push_to_talk(message.down)
            case messages.Mute():
                source.mute(message.muted)
            case messages.Stop():
                source.stop()
            case messages.Text():
                source.text(message.text)
            case messages.Volume():
                source.volume(message.percent)
            case messages.Played():
                self.speaker.played(message.samples)
            case messages.Meter():
                source.meter(message.on)
            case messages.Wake() | messages.Hours():
                self._asked.append(message)
                self._asks.set()
            case messages.People() | messages.Prove() | messages.Enrol() | messages.Read() | messages.Keep() \
                    | messages.GiveUp():
                self._enrolling.take(message)
            case messages.Hello():
                raise EventError("hello was said already", where="hello")

    async def _answer(self, people: PeoplePort) -> None:
        """Look at wake phrases and use them, one after the other."""
        while True:
            await self._asks.wait()
            self._asks.clear()
            message = self._asked.popleft()
            if isinstance(message, messages.Wake):
                await self._look(message, people)
                continue
            try:
                await people.check_settings()
                await self._agent.listen_for_hours(message.hours)
            except AssistantError as error:
                self._outbox.urgent(messages.error(str(error)))
                self._outbox.urgent(messages.household(self._agent.household()))  # the page shows what still holds

    async def _look(self, message: messages.Wake, people: PeoplePort) -> None:
        """Tell what speaks against a phrase, and use it if that is wanted and this tab may."""
        phrase, agent = message.phrase, self._agent
        try:
            against = await agent.look_at_phrase(phrase)
            if message.use:
                await people.check_settings()
                phrase = await agent.use_phrase(phrase)
        except AssistantError as error:
            self._outbox.urgent(messages.wake(phrase, (), error.what))
        else:
            self._outbox.urgent(messages.wake(phrase, against, used=message.use))

    async def _tell(self, events: Any) -> None:
        while True:
            happened: Event = await events.__anext__()
            if isinstance(happened, _RESHAPES):
                self._household_changed()
            if happened.source in ("", self.name) or type(happened).__module__ == home_events.__name__:
                await self._outbox.event(messages.event(happened))

    def _household_changed(self) -> None:
        if self._household_due is None:
            loop = asyncio.get_running_loop()
            self._household_due = loop.call_later(HOUSEHOLD_SECONDS, self._send_household)

    def _send_household(self) -> None:
        self._household_due = None
        self._outbox.urgent(messages.household(self._agent.household()))


async def _first_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends or fails; the others are cancelled. Its error is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def close(websocket: WebSocket, refused: Refused) -> None:
    """Tell the page why, then close; a tab that is gone already is no fault."""
    if websocket.application_state is not WebSocketState.CONNECTED:
        return
    try:
        await websocket.send_text(messages.error(refused.reason, fatal=True))
        await websocket.close(refused.code, refused.reason.encode()[:120].decode(errors="ignore"))
    except (WebSocketDisconnect, RuntimeError):
        log.debug("the tab left before it was told: %s", refused.reason)
