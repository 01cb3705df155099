"""The child processes: the embedded broker and the simulated home."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiomqtt
import pytest

from assistant.errors import HomeError
from assistant.home import broker as broker_module
from assistant.home.broker import EmbeddedBroker
from assistant.home.home import Home
from assistant.home.schema import Household
from assistant.home.simulated import Behaviour, SimulatedProcess
from assistant.home.simulated_devices import MAKER
from tests.home.conftest import PATIENCE_SECONDS, need_broker, until

IMPATIENT = 0.15
ROOT = Path(__file__).parents[2]
HOME = ROOT / "configs" / "home.yaml"


@pytest.mark.parametrize("kind", ["mosquitto", "iotcore"])
async def test_a_broker_of_our_own(kind: str) -> None:
    need_broker(kind)
    async with EmbeddedBroker(kind) as settings:
        assert settings.host == "127.0.0.1"
        async with aiomqtt.Client(settings.host, settings.port) as client:
            await client.subscribe("big")
            await client.publish("big", b"x" * 200_000)
            message = await asyncio.wait_for(anext(aiter(client.messages)), PATIENCE_SECONDS)
            assert len(message.payload or b"") == 200_000
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection(settings.host, settings.port)


async def test_a_broker_that_dies_is_started_again() -> None:
    need_broker("mosquitto")
    broker = EmbeddedBroker("mosquitto")
    settings = await broker.start()
    async with Home(Household(), settings) as home:
        await until(lambda: home.connected)
        os.kill(broker.pid or 0, signal.SIGKILL)
        await until(lambda: not home.connected)
        await until(lambda: home.connected)
    await broker.close()
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection(settings.host, settings.port)


async def test_no_broker_and_a_taken_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "find_brokers", lambda: ())
    with pytest.raises(HomeError, match="apt install mosquitto"):
        await EmbeddedBroker().start()
    monkeypatch.undo()
    need_broker("mosquitto")
    async with EmbeddedBroker("mosquitto") as settings:
        second = EmbeddedBroker("mosquitto", port=settings.port)
        second_settings = None
        try:
            second_settings = await second.start()
        except HomeError as error:
            assert "Address already in use" in str(error) or "ended" in str(error)
        finally:
            await second.close()
        assert second_settings is None or second_settings.port == settings.port


PARENT = """
import asyncio, sys
from assistant.home.broker import EmbeddedBroker
async def main():
    broker = EmbeddedBroker(sys.argv[1])
    await broker.start()
    print(broker.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child's life to its parent's")
@pytest.mark.parametrize("kind", ["mosquitto", "iotcore"])
async def test_the_broker_does_not_outlive_us(kind: str) -> None:
    need_broker(kind)
    command = (sys.executable, "-c", PARENT, kind)
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert alive(child)
    parent.kill()
    await parent.wait()
    await until(lambda: not alive(child))


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_the_simulated_home() -> None:
    need_broker("mosquitto")
    behaviour = Behaviour(
        delay_ms=30, travel_ms=20, silent=frozenset({"hall_light"}), wrong=frozenset({"bedroom_light"}),
        deaf=frozenset({"floor_lamp"}), away=frozenset({"coffee_machine"}), slow={"bedside_lamp": 600_000},
    )
    household = Household.load(HOME)
    async with EmbeddedBroker("mosquitto") as settings:
        simulated = SimulatedProcess(settings, HOME, behaviour)
        await simulated.start()
        async with (
            Home(household, settings, answer_seconds=PATIENCE_SECONDS) as home,
            Home(household, settings, client_id="impatient", answer_seconds=IMPATIENT) as impatient,
        ):
            assert await home.settled(PATIENCE_SECONDS) and await impatient.settled(PATIENCE_SECONDS)
            await _check_simulated(home, impatient, household)
            os.kill(simulated.pid or 0, signal.SIGKILL)
            await until(lambda: not any(device.available for device in home.devices.values()))
            assert (await home.act("kitchen_light", "turn_off")).status == "unavailable"
        await simulated.close()


async def test_a_simulated_player_and_a_scene(tmp_path: Path) -> None:
    need_broker("mosquitto")
    file = tmp_path / "home.yaml"
    file.write_text("devices: [{name: speaker, kind: media_player}, {name: reading, kind: scene},\n"
                    "  {name: radio, kind: media_player, mqtt: {command_topic: radio/set}}]\n")
    async with EmbeddedBroker("mosquitto") as settings:
        simulated = SimulatedProcess(settings, file, Behaviour(delay_ms=10))
        await simulated.start()
        async with Home(Household.load(file), settings, answer_seconds=PATIENCE_SECONDS) as home:
            assert await home.settled(PATIENCE_SECONDS) and home.problems == ()
            for command, value in (("play", None), ("next", None), ("set_volume", 30), ("mute", None),
                                   ("shuffle", True), ("play", "jazz")):
                outcome = await home.act("speaker", command, value)
                assert (outcome.status, outcome.detail) == ("done", ""), command
            assert home.devices["speaker"].state == {
                "playback": "playing", "title": "jazz", "volume": 30, "muted": True, "shuffle": True, "repeat": False,
            }
            scene, radio = await home.act("reading", "activate"), await home.act("radio", "play")
            assert (scene.status, scene.detail, radio.status, radio.detail) == ("done", "unconfirmed") * 2
            assert (await home.act("reading", "turn_off")).status == "refused"
        await simulated.close()


async def _check_simulated(home: Home, impatient: Home, household: Household) -> None:
    """``impatient`` asks those that must not answer in time."""
    assert {device.id for device in home.devices.values() if not device.available} == {"coffee_machine"}
    assert {device.manufacturer for device in home.devices.values()} == {MAKER}
    assert not any("simul" in device.name.lower() for device in home.devices.values())
    for declared in household.devices:
        found = home.devices[declared.id]
        assert (found.name, found.area, found.kind) == (declared.name, declared.area, declared.kind)
        assert found.capabilities.model_dump(include={"brightness", "colour", "position", "modes"}) == (
            declared.capabilities.model_dump(include={"brightness", "colour", "position", "modes"}))
    expected = [
        ("kitchen_light", "set_colour", "red", "done"), ("kitchen_light", "set_brightness", 35, "done"),
        ("kitchen_light", "set_colour", "warm white", "done"), ("living_room_light", "set_colour", "red", "refused"),
        ("hall_light", "turn_on", None, "no_answer"), ("bedroom_light", "turn_on", None, "no_answer"),
        ("floor_lamp", "turn_on", None, "no_answer"), ("coffee_machine", "turn_on", None, "unavailable"),
        ("bedside_lamp", "turn_on", None, "no_answer"), ("thermostat", "set_temperature", 22.3, "done"),
        ("thermostat", "set_temperature", 55, "refused"), ("thermostat", "turn_off", None, "done"),
        ("front_door", "unlock", None, "done"), ("front_door", "lock", None, "done"),
        ("living_room_blinds", "set_position", 30, "done"), ("bedroom_blinds", "close", None, "done"),
        ("hall_motion", "turn_on", None, "refused"), ("bedroom_fan", "set_percentage", 60, "done"),
        ("bedroom_fan", "oscillate", True, "done"), ("bedroom_fan", "set_direction", "reverse", "refused"),
        ("bedroom_fan", "set_preset", "sleep", "done"),
    ]
    outcomes = {}
    for device, command, value, status in expected:
        asked = impatient if status == "no_answer" else home
        outcome = outcomes[device] = await asked.act(device, command, value)
        assert outcome.status == status, outcome
    assert home.devices["bedroom_fan"].state["preset"] == "sleep"
    assert home.devices["kitchen_light"].state["brightness"] == 35
    assert home.devices["kitchen_light"].state["colour"] == "warm white"
    assert outcomes["bedroom_blinds"].detail == "moving"
    await until(lambda: home.devices["living_room_blinds"].state["position"] == 30)
    await until(lambda: home.devices["bedroom_blinds"].state["open"] is False)
    assert (await home.act("bedroom_blinds", "close")).status == "already"


async def test_a_wrong_household_says_why() -> None:
    need_broker("mosquitto")
    async with EmbeddedBroker("mosquitto") as settings:
        with pytest.raises(HomeError, match="No such file"):
            await SimulatedProcess(settings, "/nowhere/home.yaml").start()
