"""A simulated home in a process of its own: it speaks MQTT as real devices do, confirms late, and can misbehave.

``python -m assistant.home.simulated --port 1883 --home configs/home.yaml --delay-ms 150``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from assistant.errors import AssistantError, HomeError
from assistant.home.child import Child
from assistant.home.schema import Household
from assistant.home.settings import DISCOVERY_PREFIX, BrokerSettings
from assistant.home.simulated_devices import Simulated, simulate

log = logging.getLogger("simulated home")

BASE = "simulation"
STATUS = f"{BASE}/status"
READY = "ready"
"""The line on its standard output after which every device has announced itself."""
START_SECONDS = 120.0
"""It is there in one second; one that ended is not waited for, and a slow or busy machine may need long."""
RETRY_SECONDS = 0.5
TRAVEL_MS = 400
"""Time between two steps of a blind: four make a way."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the home behaves, and which devices misbehave; devices by identifier."""

    delay_ms: float = 150.0
    """Time from a command to its confirmation."""
    travel_ms: float = TRAVEL_MS
    silent: frozenset[str] = frozenset()
    """They do as told and never say so."""
    deaf: frozenset[str] = frozenset()
    """They neither do it nor say anything."""
    wrong: frozenset[str] = frozenset()
    """They report the state they had, whatever they were told."""
    away: frozenset[str] = frozenset()
    """They say that they are not there."""
    slow: dict[str, float] = field(default_factory=dict)
    """Their own delay in ms."""


class SimulatedHome:
    """The devices of a household on a broker."""

    def __init__(self, household: Household, broker: BrokerSettings, behaviour: Behaviour) -> None:
        self._broker = broker
        self._behaviour = behaviour
        self._devices = {
            device.id: simulate(device, household.area(device.area), BASE)
            for device in household.devices if device.mqtt is None  # one whose topics are named is there already
        }
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Serve until cancelled; raises aiomqtt.MqttError when the broker goes away."""
        will = aiomqtt.Will(STATUS, "offline", retain=True)
        async with aiomqtt.Client(self._broker.host, self._broker.port, will=will) as client:
            await client.subscribe(f"{BASE}/+/set")
            await client.subscribe(f"{BASE}/+/+/set")
            await client.publish(STATUS, "online", retain=True)
            for device in self._devices.values():
                await self._announce(client, device)
            print(READY, flush=True)
            log.info("SIMULATION: %d devices that do not exist, on %s", len(self._devices), self._broker)
            async for message in client.messages:
                payload = message.payload if isinstance(message.payload, bytes) else b""
                self._told(client, str(message.topic), payload.decode(errors="replace"))

    async def _announce(self, client: aiomqtt.Client, device: Simulated) -> None:
        name = device.device.id
        topic = f"{DISCOVERY_PREFIX}/{device.component}/{BASE}/{name}/config"
        await client.publish(topic, json.dumps(device.announcement(STATUS)), retain=True)
        here = "offline" if name in self._behaviour.away else "online"
        await client.publish(f"{device.base}/available", here, retain=True)
        await self._report(client, device)

    def _told(self, client: aiomqtt.Client, topic: str, payload: str) -> None:
        _, name, command = topic.split("/", 2)
        device = self._devices.get(name)
        if device is None or name in self._behaviour.deaf:
            return
        running = self._tasks.pop(name, None)
        if running is not None and device.component == "cover":
            running.cancel()  # a blind that is told something new stops what it did
        self._tasks[name] = asyncio.create_task(self._obey(client, device, command, payload))

    async def _obey(self, client: aiomqtt.Client, device: Simulated, command: str, payload: str) -> None:
        behaviour, name = self._behaviour, device.device.id
        pause = behaviour.slow.get(name, behaviour.delay_ms) / 1000
        try:
            for change in device.obey(command, payload):
                await asyncio.sleep(pause)
                pause = behaviour.travel_ms / 1000
                if name not in behaviour.wrong:
                    device.state.update(change)
                if name not in behaviour.silent:
                    await self._report(client, device)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("%s was told %s, which it does not understand: %s", name, ascii(payload)[:60], error)
        except aiomqtt.MqttError as error:
            log.warning("%s cannot report: %s", name, error)

    async def _report(self, client: aiomqtt.Client, device: Simulated) -> None:
        for topic, payload in device.reports().items():
            await client.publish(f"{device.base}/{topic}", payload, retain=True)


class SimulatedProcess:
    """The simulated home as a child process of ours."""

    def __init__(self, broker: BrokerSettings, home: Path | str, behaviour: Behaviour | None = None) -> None:
        self._child = Child("simulated home", *_command(broker, home, behaviour or Behaviour()))

    @property
    def pid(self) -> int | None:
        return self._child.pid

    async def start(self) -> None:
        """Start it and wait until every device has announced itself.

        Raises:
            HomeError: it does not get ready; says why.
        """
        await self._child.start()
        try:
            await self._child.said(READY, START_SECONDS)
        except (HomeError, asyncio.CancelledError):
            await self._child.close()
            raise

    async def close(self) -> None:
        await self._child.close()


def _command(broker: BrokerSettings, home: Path | str, behaviour: Behaviour) -> list[str]:
    command = [sys.executable, "-m", "assistant.home.simulated", "--host", broker.host, "--port", str(broker.port)]
    command += ["--home", str(home), "--delay-ms", str(behaviour.delay_ms), "--travel-ms", str(behaviour.travel_ms)]
    for option in ("silent", "deaf", "wrong", "away"):
        for device in sorted(getattr(behaviour, option)):
            command += [f"--{option}", device]
    for device, delay in behaviour.slow.items():
        command += ["--slow", f"{device}={delay}"]
    return command


def _slow(text: str) -> tuple[str, float]:
    device, _, delay = text.rpartition("=")
    return device, float(delay)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulated home", description="A home that does not exist.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--home", type=Path, required=True, help="household file")
    parser.add_argument("--delay-ms", type=float, default=150.0, help="from a command to its confirmation")
    parser.add_argument("--travel-ms", type=float, default=TRAVEL_MS, help="between two steps of a blind")
    parser.add_argument("--slow", type=_slow, action="append", default=[], metavar="DEVICE=MS")
    options = {"silent": "never confirms", "deaf": "does nothing", "wrong": "keeps its state", "away": "is unavailable"}
    for option, text in options.items():
        parser.add_argument(f"--{option}", action="append", default=[], metavar="DEVICE", help=f"this device {text}")
    return parser.parse_args(arguments)


async def _serve(home: SimulatedHome) -> None:
    """Run until SIGTERM or SIGINT; a broker that goes away is tried again."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            try:
                await home.run()
            except aiomqtt.MqttError as error:
                log.warning("no broker: %s", error)
            await asyncio.sleep(RETRY_SECONDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulated home."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    behaviour = Behaviour(
        options.delay_ms, options.travel_ms, frozenset(options.silent), frozenset(options.deaf),
        frozenset(options.wrong), frozenset(options.away), dict(options.slow),
    )
    try:
        household = Household.load(options.home)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    asyncio.run(_serve(SimulatedHome(household, BrokerSettings(host=options.host, port=options.port), behaviour)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
