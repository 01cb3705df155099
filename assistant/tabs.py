"""The agent as the page's server sees it: tabs are sources, their loudspeakers fetch ahead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.audio.frames import Pcm
from assistant.bus import Observer
from assistant.people.tab import TabPeople
from assistant.server.port import AreaView, DeviceView, HouseholdView, Speaker
from assistant.session import Session

if TYPE_CHECKING:
    from assistant.agent import Agent


class Tab:
    """One browser tab as a source."""

    def __init__(self, agent: Agent, session: Session, speaker: Speaker) -> None:
        self._agent = agent
        self._session = session
        self._typing: set[asyncio.Task[str]] = set()
        self._metering = False
        self.people = TabPeople(agent, session)
        session.mouth.sink = speaker

    def feed(self, pcm: Pcm) -> None:
        self._session.feed(pcm)

    def pull(self) -> Pcm | None:
        playback = self._session.playback
        return playback.pull().pcm if playback.playing and not playback.paused else None

    def push_to_talk(self, down: bool) -> None:
        if down:
            self._session.push_to_talk()

    def stop(self) -> None:
        self._session.stop()

    def mute(self, muted: bool) -> None:
        self._session.mute(muted)

    def text(self, text: str) -> None:
        task = asyncio.create_task(self._session.text(text))
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)

    def meter(self, on: bool) -> None:
        if on is not self._metering:
            self._metering = on
            self._session.services.calls.watchers += 1 if on else -1

    def volume(self, percent: int) -> None:
        self._session.set_volume(percent)

    async def close(self) -> None:
        self.meter(False)
        for task in self._typing:
            task.cancel()
        await self._agent.close_session(self._session, "the page was closed")


class Pages:
    """What the server may ask of the agent."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    async def open_source(self, name: str, *, kind: str, area: str, speaker: Speaker, remote: bool) -> Tab:
        """Open a source for a tab."""
        return Tab(self._agent, self._agent.open_session(name, kind, area, own_echo=True, remote=remote), speaker)

    def subscribe(self) -> Observer:
        """Every event from now on."""
        return self._agent.bus.observer("page")

    def household(self) -> HouseholdView:
        """The home as it is now."""
        agent = self._agent
        devices = [
            DeviceView(
                device.id, device.name, device.kind, device.area, device.device_class, device.capabilities.unit,
                dict(device.state), device.available,
            )
            for device in agent.home.devices.values()
        ]
        return HouseholdView(
            wake=agent.waking.phrase, suggestions=agent.suggestions()[:3],
            areas=[AreaView(area.name, area.name) for area in agent.home.areas.values()],
            devices=devices, simulated=agent.config.home.simulate, connected=agent.home.connected,
            recording=agent.config.keeps_sound or agent.doubts is not None,
            hours=agent.waking.hours,
            reviewing=agent.doubts is not None, doubtful=agent.doubts.count if agent.doubts is not None else 0,
        )

    async def look_at_phrase(self, phrase: str) -> list[str]:
        """What speaks against a wake phrase."""
        return await self._agent.waking.look(phrase)

    async def use_phrase(self, phrase: str) -> str:
        """Listen for another wake phrase from now on."""
        return await self._agent.waking.use(phrase)

    async def listen_for_hours(self, hours: float) -> None:
        """Listen more or less readily."""
        await self._agent.waking.listen_for_hours(hours)
