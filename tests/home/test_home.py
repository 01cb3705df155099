"""The home on real brokers: devices come, change and go, and what is asked of them is proved."""

from __future__ import annotations

import asyncio
import json

import pytest

from assistant.events import ActionFinished, ActionRequested, DeviceAdded, DeviceChanged, DeviceRemoved, HomeConnected
from assistant.home.home import Home
from assistant.home.schema import Device, Household
from assistant.yamlfile import parse_yaml
from tests.home.conftest import Scene, until

HOUSEHOLD = Household.read(parse_yaml("""
floors: [{name: ground floor}]
areas: [{name: kitchen, floor: ground floor, aliases: [cookhouse]}]
devices:
  - {name: reading light, id: lamp, aliases: [lamp], area: kitchen, kind: light}
  - {name: fan plug, id: plug, kind: light}
  - {name: old radio, kind: switch}
"""))


async def test_devices_come_change_and_go(each_scene: Scene) -> None:
    scene = each_scene
    await scene.things.lamp()
    home = await scene.home()
    assert home.devices["lamp"].state == {"on": False}
    assert scene.of(HomeConnected)[0].broker == str(scene.settings)
    seen: list[tuple[str, str]] = []
    end = home.watch(lambda change, device: seen.append((change, device.id)))
    await scene.things.say("lamp/state", "ON")
    await scene.things.lamp("second", state="ON")
    await until(lambda: "second" in home.devices and home.devices["second"].on)
    await scene.things.say("homeassistant/light/lamp/config", b"")
    await until(lambda: "lamp" not in home.devices)
    assert seen == [("changed", "lamp"), ("added", "second"), ("changed", "second"), ("removed", "lamp")]
    assert [event.device for event in scene.of(DeviceAdded)] == ["lamp", "second"]
    assert [event.device for event in scene.of(DeviceRemoved)] == ["lamp"]
    assert [(event.device, event.state) for event in scene.of(DeviceChanged)][-1] == ("second", {"on": True})
    end()
    await scene.things.say("second/state", "OFF")
    await until(lambda: not home.devices["second"].on)
    assert len(seen) == 4


async def test_the_household_adds_what_discovery_does_not_say(scene: Scene) -> None:
    await scene.things.lamp()
    await scene.things.announce("switch/plug", name="P1", unique_id="0x17", object_id="plug", command_topic="plug/set",
                                device={"name": "Plug", "suggested_area": "Cookhouse"})
    await scene.things.announce("switch/tv", unique_id="tv", command_topic="tv/set", name="TV",
                                device={"ids": "t", "suggested_area": "Den"})
    home = await scene.home(HOUSEHOLD)
    lamp, plug = home.devices["lamp"], home.devices["plug"]
    assert (lamp.name, lamp.aliases, lamp.area, lamp.kind) == ("reading light", ("lamp",), "kitchen", "light")
    assert (plug.name, plug.area, plug.kind) == ("fan plug", "kitchen", "light")
    assert home.devices["tv"].area == "Den" and set(home.areas) == {"kitchen", "Den"}
    assert not home.devices["old_radio"].available
    assert (await home.act("old_radio", "turn_on")).status == "unavailable"
    assert (await home.act("plug", "turn_on")).ok


async def test_done_already_and_back(each_scene: Scene) -> None:
    scene = each_scene
    await scene.things.lamp()
    home = await scene.home()
    await until(lambda: bool(home.devices["lamp"].state))
    outcome = await home.act("lamp", "turn_on", source="mic", turn="t1")
    assert (outcome.status, outcome.state, outcome.before) == ("done", {"on": True}, {"on": False})
    assert (await home.act("lamp", "turn_on")).status == "already"
    assert scene.things.told == [("lamp/set", "ON")], "a lamp that is on was told again"
    back = await home.restore("lamp", outcome.before)
    assert (back.status, home.devices["lamp"].on) == ("done", False)
    assert (await home.act("lamp", "toggle")).state == {"on": True}
    asked, answered = scene.of(ActionRequested)[0], scene.of(ActionFinished)[0]
    assert (asked.device, asked.command, asked.source, asked.turn) == ("lamp", "turn_on", "mic", "t1")
    assert (answered.status, answered.turn, answered.seconds > 0) == ("done", "t1", True)


async def test_a_lamp_that_does_not_answer(scene: Scene) -> None:
    await scene.things.lamp(answers=False)
    home = await scene.home(answer_seconds=0.2)
    outcome = await home.act("lamp", "turn_on")
    assert (outcome.status, outcome.detail, outcome.state) == ("no_answer", "it does not answer", {"on": False})
    assert outcome.seconds >= 0.2
    scene.things.answers["lamp/set"] = lambda payload: [("lamp/state", "OFF")]
    assert (await home.act("lamp", "turn_on")).status == "no_answer", "a wrong state was taken for the right one"


async def test_refusals_say_why_and_send_nothing(scene: Scene) -> None:
    await scene.things.lamp()
    await scene.things.announce("lock/door", name="door", unique_id="door", command_topic="door/set",
    code_format="^\\d+$")
    home = await scene.home()
    for device, command, value, why in [
        ("lamp", "set_brightness", 50, "it cannot be dimmed"), ("lamp", "set_colour", "red", "it has no colours"),
        ("lamp", "set_position", 50, "a light cannot be moved to a position"),
        ("lamp", "explode", None, "nothing can explode"),
        ("door", "toggle", None, "a lock cannot be toggled"), ("door", "unlock", None, "it asks for a code"),
        ("attic", "turn_on", None, "there is no such device"),
    ]:
        outcome = await home.act(device, command, value)
        assert (outcome.status, outcome.detail) == ("refused", why)
    assert scene.things.told == []


async def test_a_device_that_announces_itself_anew_keeps_its_state(each_scene: Scene) -> None:
    scene = each_scene
    await scene.things.lamp(availability_topic="lamp/here")
    await scene.things.say("lamp/here", "online")
    home = await scene.home()
    await scene.things.announce("light/lamp", name="desk lamp", unique_id="lamp", state_topic="lamp/state",
                                command_topic="lamp/set", availability_topic="lamp/here")
    await until(lambda: home.devices["lamp"].name == "desk lamp" and home.devices["lamp"].available)
    assert home.devices["lamp"].state == {"on": False}
    assert scene.of(DeviceRemoved) == []
    assert (await home.act("lamp", "turn_on")).status == "done"


async def test_unavailable_devices(scene: Scene) -> None:
    await scene.things.lamp(availability_topic="lamp/here")
    home = await scene.home()
    assert (await home.act("lamp", "turn_on")).status == "unavailable"
    await scene.things.say("lamp/here", "online")
    await until(lambda: home.devices["lamp"].available)
    scene.things.answers["lamp/set"] = lambda payload: [("lamp/here", "offline")]
    assert (await home.act("lamp", "turn_on")).status == "unavailable", "it was waited for"


async def test_a_device_without_state_is_done_but_unconfirmed(scene: Scene) -> None:
    await scene.things.announce("switch/blind_plug", name="plug", unique_id="p", command_topic="p/set")
    home = await scene.home()
    outcome = await home.act("p", "turn_on")
    assert (outcome.status, outcome.detail, outcome.state) == ("done", "unconfirmed", {"on": True})
    await until(lambda: scene.things.told == [("p/set", "ON")])
    assert (await home.act("p", "turn_on")).status == "already"


async def test_many_at_once(each_scene: Scene) -> None:
    scene = each_scene
    lamps = [f"lamp{number}" for number in range(20)]

    def answer(payload: str) -> list[tuple[str, str]]:
        """None says anything before the last one was told."""
        return [(f"{lamp}/state", payload) for lamp in lamps] if len(scene.things.told) == len(lamps) else []

    for lamp in lamps:
        await scene.things.lamp(lamp)
        scene.things.answers[f"{lamp}/set"] = answer
    home = await scene.home()
    outcomes = await asyncio.gather(*(home.act(lamp, "turn_on") for lamp in lamps))
    assert [outcome.status for outcome in outcomes] == ["done"] * 20, "some waited for others"


async def test_the_latest_order_wins(scene: Scene) -> None:
    await scene.things.lamp(answers=False)
    home = await scene.home()
    first = asyncio.create_task(home.act("lamp", "turn_on"))
    await until(lambda: scene.things.told)
    assert home.busy == 1
    second = asyncio.create_task(home.act("lamp", "turn_off"))
    outcome = await first
    assert (outcome.status, outcome.detail) == ("no_answer", "superseded")
    await until(lambda: len(scene.things.told) == 2)
    await scene.things.say("lamp/state", "ON")
    await until(lambda: home.devices["lamp"].on)
    assert not second.done(), "the state of the first order was taken for the second's"
    await scene.things.say("lamp/state", "OFF")
    assert (await second).status == "done"
    assert home.busy == 0


async def test_orders_that_agree_do_not_disturb_each_other(scene: Scene) -> None:
    await scene.things.announce("light/l", name="l", unique_id="l", schema="json", state_topic="l/state",
                                command_topic="l/set", brightness=True, supported_color_modes=["rgb"])
    await scene.things.say("l/state", '{"state": "OFF"}')
    state: dict[str, object] = {}

    def answer(payload: str) -> list[tuple[str, str]]:
        state.update(json.loads(payload))
        return [("l/state", json.dumps(state))]

    scene.things.answers["l/set"] = answer
    home = await scene.home()
    both = await asyncio.gather(home.act("l", "set_brightness", 40), home.act("l", "set_colour", "red"))
    assert [outcome.status for outcome in both] == ["done", "done"]
    assert home.devices["l"].state == {"on": True, "brightness": 40, "rgb": [255, 0, 0], "colour": "red",
    "kelvin": None}


async def test_our_part_takes_no_time_that_anybody_notices(each_scene: Scene) -> None:
    scene = each_scene
    await scene.things.lamp()
    home = await scene.home()
    times = [(await home.act("lamp", "toggle")).seconds for _ in range(41)]
    assert min(times) < 0.05, "what others on the machine cost is no part of ours"


async def test_a_watcher_that_raises_disturbs_nobody(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.things.lamp()
    home = await scene.home()

    def broken(change: str, device: Device) -> None:
        raise RuntimeError("watcher broken")

    home.watch(broken)
    assert (await home.act("lamp", "turn_on")).status == "done"
    assert "watcher broken" in caplog.text


async def test_many_retained_devices(each_scene: Scene) -> None:
    """More retained announcements than iotcore hands out unless told to."""
    scene = each_scene
    for number in range(250):
        await scene.things.announce(f"switch/s{number}", unique_id=f"s{number}", command_topic=f"s{number}/set")
    home: Home = await scene.home()
    assert len(home.devices) == 250
