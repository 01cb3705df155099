"""A whole agent on a bad day: what goes wrong is arranged here, what comes of it is asked of the house."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant import parts
from assistant.agent import Agent
from assistant.events import ComponentFailed, Event, WorkerDied
from assistant.home.broker import EmbeddedBroker, free_port
from assistant.home.home import Home
from assistant.home.settings import BrokerSettings
from assistant.home.simulated import Behaviour, SimulatedProcess
from assistant.paths import shipped_dir
from assistant.recording import opened
from assistant.store.turns import TurnRecord
from tests.agent.stage import Room, Stage, settings

LIVE = pytest.mark.asyncio(loop_factories=["live"])
AUDIO_TIME = pytest.mark.asyncio(loop_factories=["audio time"])

HOUSEHOLD = shipped_dir() / "configs" / "home.yaml"
SKILLS = Path(__file__).parent / "skills"
PATIENCE_SECONDS = 30.0
"""A worker starts in one second, on a machine that ten tests share in ten."""
TIME = "what time is it"
"""An order that needs neither home nor recogniser, only a skill."""
LIGHT_ON = "turn on the kitchen light"


class House(Stage):
    """An agent, its broker, its simulated home, and everything the agent told while the test ran."""

    def __init__(self, agent: Agent, broker: EmbeddedBroker | None = None) -> None:
        super().__init__(agent)
        self.broker = broker
        self.told: list[Event] = []
        agent.bus.actor("house", self._hear)

    def _hear(self, event: Event) -> None:
        self.told.append(event)

    async def ask(self, text: str, source: str = "desk", area: str = "kitchen") -> str:
        """A typed order, from a source of its own; the written answer."""
        session = self.agent.sessions.get(source) or self.agent.open_session(source, "console", area, silent=True)
        return await asyncio.wait_for(session.text(text), PATIENCE_SECONDS)

    async def works(self) -> None:
        """Nothing else is disturbed: a typed order from another source is answered as ever."""
        assert "o'clock" in (answer := await self.ask(TIME, "elsewhere")) or "It's" in answer, answer

    def faults(self, component: str = "") -> list[str]:
        """What failed, by the agent's own words."""
        return [
            event.error for event in self.told if isinstance(event, ComponentFailed) and component in event.component
        ]

    def deaths(self, worker: str) -> list[str]:
        """Why a worker's process ended, each time."""
        return [event.reason for event in self.told if isinstance(event, WorkerDied) and event.worker == worker]

    def pid(self, worker: str) -> int:
        """Process of a worker or skill host."""
        return dict(self.agent.pids())[worker]

    async def record(self, source: str = "desk") -> TurnRecord:
        """The latest turn of a source as ``assistant turns`` shows it; it is written just after its end."""
        for _ in range(50):
            await self.wait(0.06)
            if turns := await self.agent.turns.latest(1, source):
                return turns[0]
        raise AssertionError(f"no turn of {source} in the record")

    async def until(self, condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait in real time until something holds; the rooms' clocks go on."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            assert asyncio.get_running_loop().time() < deadline, f"it did not come true: {self.told[-20:]}"
            await self.wait(0.02)

    async def ready(self, *workers: str) -> None:
        """Wait until these workers take calls again."""
        await self.until(lambda: all(worker.ready for worker in self.agent.workers.all if worker.spec.name in workers))


@asynccontextmanager
async def house(
    behaviour: Behaviour | None = None, *, port: int | None = None, skills: Sequence[Path] = (),
    answer_seconds: float = PATIENCE_SECONDS, **sections: Any,
) -> AsyncIterator[House]:
    """An agent with a real Mosquitto and a simulated home.

    Args:
        behaviour: how the home misbehaves; live only. None: the agent starts the simulation itself.
        port: of a broker that is somebody else's, and perhaps not there; no simulated home is started then.
        skills: folders of skills beside those that ship.
        answer_seconds: real time that a device has to confirm.
        sections: of the configuration, in place of the test's.
    """
    async with AsyncExitStack() as stack:
        broker = None if port else EmbeddedBroker("mosquitto")
        address = BrokerSettings(port=port) if broker is None and port else await _started(stack, broker)
        if behaviour is not None:
            stack.push_async_callback((await simulated(address, behaviour)).close)
        home = {
            "broker": {"host": address.host, "port": address.port},
            "simulate": broker is not None and behaviour is None,
            "household": str(HOUSEHOLD)
        }
        known = {"home": home, "skills": {"folders": [str(folder) for folder in skills]}, **sections}
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(parts, "Home", partial(Home, answer_seconds=answer_seconds))
        agent = await stack.enter_async_context(opened(Agent(settings(address, **known))))
        if broker is not None:
            assert await agent.home.settled(PATIENCE_SECONDS)
        yield House(agent, broker)


async def simulated(broker: BrokerSettings, behaviour: Behaviour | None = None) -> SimulatedProcess:
    """A simulated home that confirms quickly unless told otherwise."""
    process = SimulatedProcess(broker, HOUSEHOLD, behaviour or Behaviour(delay_ms=20))
    await process.start()
    return process


async def _started(stack: AsyncExitStack, broker: EmbeddedBroker | None) -> BrokerSettings:
    assert broker is not None
    stack.push_async_callback(broker.close)
    return await broker.start()


def kill(pid: int | None) -> None:
    """End a process at once."""
    assert pid
    os.kill(pid, signal.SIGKILL)


def stop(pid: int | None) -> None:
    """Let a process hang: alive, and doing nothing."""
    assert pid
    os.kill(pid, signal.SIGSTOP)


__all__ = [
    "AUDIO_TIME", "HOUSEHOLD", "LIGHT_ON", "LIVE", "SKILLS", "TIME", "House", "Room", "free_port", "house", "kill",
    "simulated", "stop",
]
