"""On a loop that keeps audio time the home still works, in real time."""

from __future__ import annotations

import time
from pathlib import Path

from assistant.clock import run_virtual
from assistant.home.broker import EmbeddedBroker
from assistant.home.home import Home
from assistant.home.realtime import pause
from assistant.home.schema import Household
from assistant.home.settings import BrokerSettings
from assistant.home.simulated import Behaviour, SimulatedProcess
from tests.home.conftest import PATIENCE_SECONDS, need_broker

IMPATIENT = 0.2
"""Real seconds for a device that never answers."""
HOME = Path(__file__).parents[2] / "configs" / "home.yaml"


async def _order() -> tuple[str, str]:
    async with EmbeddedBroker("mosquitto") as settings:
        simulated = SimulatedProcess(settings, HOME, Behaviour(delay_ms=50, silent=frozenset({"hall_light"})))
        await simulated.start()
        good = await _status(settings, PATIENCE_SECONDS, "kitchen_light")
        bad = await _status(settings, IMPATIENT, "hall_light")
        await simulated.close()
    return good, bad


async def _status(settings: BrokerSettings, answer_seconds: float, device: str) -> str:
    async with Home(Household.load(HOME), settings, answer_seconds=answer_seconds) as home:
        assert await home.settled(PATIENCE_SECONDS)
        return (await home.act(device, "turn_on")).status


def test_actions_wait_in_real_time_while_audio_time_stands_still() -> None:
    need_broker("mosquitto")
    assert run_virtual(_order()) == ("done", "no_answer")


async def test_a_pause_is_real() -> None:
    start = time.perf_counter()
    await pause(0.05)
    assert time.perf_counter() - start >= 0.05
