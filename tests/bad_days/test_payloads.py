"""MQTT payloads that are no JSON, no UTF-8, huge or hostile, while orders run. Thousands more are in tests/home."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import cycle

import aiomqtt
import pytest

from assistant.home.settings import BrokerSettings
from tests.bad_days.house import LIVE, House, house

pytestmark = LIVE

ORDERS = 40
HUGE = b"x" * (2 << 20)
"""Beyond what the broker takes: it throws the sender out."""
PAYLOADS: tuple[bytes, ...] = (
    b"{", b"\xff\xfe\x00", b"[" * 5000, b'{"a":' * 500, b"NaN", b"1" * 5000, b"x" * 900_000, b'"\\ud800"',
    b'{"name": "\\ud800", "cmd_t": "c", "stat_t": "c"}', b'{"name": "<script>alert(1)</script>", "cmd_t": "q/set"}',
    b'{"name": "kitchen light", "cmd_t": "q/set", "stat_t": "#"}', b"", b"\x00" * 100, HUGE,
)
TOPICS = (
    "homeassistant/light/odd/config", "homeassistant/switch/odd/config", "homeassistant/light/simulation/config",
    "homeassistant/lock/odd/config", "homeassistant/device/odd/config", "simulation/nobody/state",
)


async def test_orders_go_on(caplog: pytest.LogCaptureFixture) -> None:
    async with house() as home:
        assert home.broker is not None and home.broker.settings is not None
        states = {device.id: device.name for device in home.agent.home.devices.values()}
        storm = asyncio.create_task(_storm(home.broker.settings))
        for _, command in zip(range(ORDERS), cycle(("on", "off")), strict=False):
            answer = await home.ask(f"turn {command} the bedroom light")
            assert answer.startswith("Turned"), answer
            assert home.state("bedroom_light")["on"] is (command == "on")
        storm.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await storm
        assert await _faults(home), "what was wrong with them is told"
        now = {device.id: device.name for device in home.agent.home.devices.values()}
        assert states.items() <= now.items(), "no device was lost or renamed"
        assert (await home.record()).outcome == "done"
        await home.works()


async def _faults(home: House) -> bool:
    await home.until(lambda: any("JSON" in fault for fault in home.faults("home")))
    await home.until(lambda: any("UTF-8" in fault for fault in home.faults("home")))
    assert len(home.faults("home")) < 200, "each is told once"
    return True


async def _storm(broker: BrokerSettings) -> None:
    """Publish nonsense as fast as the broker takes it; thrown out, come again."""
    topics, payloads = cycle(TOPICS), cycle(PAYLOADS)
    while True:
        with contextlib.suppress(aiomqtt.MqttError):
            async with aiomqtt.Client(broker.host, broker.port) as client:
                while True:
                    await client.publish(next(topics), next(payloads), qos=1, timeout=2)
                    await asyncio.sleep(0.005)
