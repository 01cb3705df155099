"""Zigbee2MQTT's own list: what its devices become, and that one which announces itself as well counts once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.home.registry import Change, Registry
from assistant.home.schema import Household
from assistant.home.settings import BrokerSettings
from assistant.home.zigbee2mqtt import read_list
from assistant.yamlfile import parse_yaml
from tests.home.conftest import Scene, until
from tests.home.hostile import ODD
from tests.home.test_discovery import ZIGBEE

LIST = "zigbee2mqtt/bridge/devices"


def binary(name: str, on: Any = "ON", off: Any = "OFF", access: int = 7, **more: Any) -> dict[str, Any]:
    values = {"value_on": on, "value_off": off}
    return {"type": "binary", "name": name, "property": name, "access": access, **values, **more}


def number(name: str, access: int = 7, **more: Any) -> dict[str, Any]:
    return {"type": "numeric", "name": name, "property": name, "access": access, **more}


def enum(name: str, *values: str, access: int = 7, **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": name, "property": name, "access": access, "values": list(values), **more}


def node(name: str, *exposes: Any, address: str = "0x1", **more: Any) -> dict[str, Any]:
    definition = {"vendor": "IKEA", "model": "LED1", "exposes": list(exposes)}
    return {"ieee_address": address, "friendly_name": name, "type": "Router", "disabled": False, "supported": True,
            "definition": definition, **more}


LAMP = {"type": "light", "features": [
    binary("state"), number("brightness", value_min=0, value_max=254),
    number("color_temp", value_min=250, value_max=454, unit="mired"),
    {"type": "composite", "name": "color_xy", "property": "color", "access": 7, "features": [number("x"), number("y")]},
]}
LINK = number("linkquality", access=1, unit="lqi")
COORDINATOR = {"type": "Coordinator", "ieee_address": "0x0", "friendly_name": "Coordinator", "definition": None}


def only(*exposes: Any, name: str = "thing") -> Any:
    found = read_list("zigbee2mqtt", json.dumps([COORDINATOR, node(name, *exposes)]).encode())
    assert found.problems == ()
    (one, *others) = found.devices
    assert all(not other.device.spoken or other.device.kind.endswith("sensor") for other in others)
    return one


def asked(found: Any, command: str, value: Any = None, **state: Any) -> list[tuple[str, str]]:
    return [(message.topic, message.payload) for message in found.entity.plan(command, value, state).messages]


def test_a_lamp() -> None:
    lamp = only(LAMP, LINK, name="living room/floor_lamp")
    device = lamp.device
    assert (device.id, device.name, device.kind) == ("0x1_light_zigbee2mqtt", "living room floor lamp", "light")
    assert (device.manufacturer, device.model, lamp.object_id) == ("IKEA", "LED1", "0x1")
    able = device.capabilities
    assert (able.brightness, able.colour, able.kelvin) == (True, True, (2203, 4000))
    ((topic, payload),) = asked(lamp, "set_brightness", 50)
    base = "zigbee2mqtt/living room/floor_lamp"
    assert (topic, json.loads(payload)) == (f"{base}/set", {"state": "ON", "brightness": 127})
    told = lamp.entity.read(base, b'{"state": "ON", "brightness": 127, "linkquality": 9}')
    assert told == {"on": True, "brightness": 50}


def test_availability_is_what_bridge_and_device_say() -> None:
    lamp = only(LAMP)
    there = lamp.availability
    assert not there.available
    there.read("zigbee2mqtt/bridge/state", b'{"state": "online"}')
    assert there.available, "most bridges do not watch their devices"
    there.read("zigbee2mqtt/thing/availability", b'{"state": "offline"}')
    assert not there.available
    there.read("zigbee2mqtt/thing/availability", b"online")
    there.read("zigbee2mqtt/bridge/state", b"offline")
    assert not there.available


def test_what_can_be_told_and_what_is_told() -> None:
    plug = only({"type": "switch", "features": [binary("state")]}, number("power", access=5, unit="W"))
    assert asked(plug, "turn_on") == [("zigbee2mqtt/thing/set/state", "ON")]
    assert {"zigbee2mqtt/thing/set", "zigbee2mqtt/thing/set/state"} == plug.entity.orders
    blind = only({"type": "cover", "features": [enum("state", "OPEN", "CLOSE", "STOP", access=3), number("position")]})
    assert asked(blind, "set_position", 40) == [("zigbee2mqtt/thing/set/position", "40")]
    assert blind.entity.read("zigbee2mqtt/thing", b'{"position": 0, "state": "CLOSE"}') == {
        "position": 0, "open": False, "moving": "",
    }
    lock = only({"type": "lock", "features": [binary("state", "LOCK", "UNLOCK")]})
    assert asked(lock, "lock") == [("zigbee2mqtt/thing/set/state", "LOCK")]
    assert lock.entity.read("zigbee2mqtt/thing", b'{"state": "UNLOCK"}')["locked"] is False
    valve = only({"type": "climate", "features": [
        number("occupied_heating_setpoint", value_min=5, value_max=30, value_step=0.5),
        number("local_temperature", access=5),
        enum("system_mode", "off", "heat", "auto"), enum("running_state", "idle", "heat", access=5),
    ]})
    assert asked(valve, "set_temperature", 20.5) == [("zigbee2mqtt/thing/set/occupied_heating_setpoint", "20.5")]
    assert valve.entity.read("zigbee2mqtt/thing", b'{"local_temperature": 19.5, "system_mode": "heat"}') == {
        "current_temperature": 19.5, "mode": "heat", "on": True,
    }
    fan = only({"type": "fan", "features": [
        binary("state", property="fan_state"),
        enum("mode", "off", "low", "medium", "high", "auto", property="fan_mode"),
    ]})
    assert asked(fan, "set_percentage", 60, on=True) == [("zigbee2mqtt/thing/set/fan_mode", "medium")]
    assert asked(fan, "set_preset", "auto", on=True) == [("zigbee2mqtt/thing/set/fan_mode", "auto")]


def test_sensors_and_what_nobody_asks_for() -> None:
    found = read_list("zigbee2mqtt", json.dumps([node(
        "porch", binary("contact", False, True, 1), number("temperature", 1, unit="°C"), number("battery", 1, unit="%"),
        LINK, enum("action", "single", access=1), number("calibration", 7), binary("child_lock", "LOCK", "UNLOCK", 3),
    )]).encode())
    said = [(one.device.name, one.device.kind, one.device.device_class) for one in found.devices if one.device.spoken]
    assert said == [("porch door", "binary_sensor", "door"), ("porch temperature", "sensor", "temperature")]
    assert [one.device.id for one in found.devices if not one.device.spoken] == [
        "0x1_battery_zigbee2mqtt", "0x1_linkquality_zigbee2mqtt",
    ]
    door = found.devices[0].entity
    assert door.read("zigbee2mqtt/porch", b'{"contact": false}') == {"on": True}, "no contact: it is open"


def test_a_device_with_two_switches_and_two_lamps() -> None:
    ends = [
        {"type": kind, "endpoint": end, "features": [binary("state", property=f"state_{end}", endpoint=end)]}
        for kind in ("switch", "light") for end in ("left", "right")
    ]
    found = read_list("zigbee2mqtt", json.dumps([node("wall", *ends)]).encode())
    assert [(one.device.id, one.device.name) for one in found.devices] == [
        (f"0x1_{kind}_{end}_zigbee2mqtt", f"wall {end}") for kind in ("switch", "light") for end in ("left", "right")
    ]
    assert asked(found.devices[3], "turn_on") == [("zigbee2mqtt/wall/set/state_right", "ON")]
    assert found.devices[3].entity.read("zigbee2mqtt/wall", b'{"state_right": "OFF"}') == {"on": False}


def test_what_cannot_be_used_is_named_and_stops_nothing() -> None:
    devices = [
        node("unknown thing", definition=None), node("asleep", LAMP, disabled=True), node("bad", "x", address="0x5"),
        node("a/#", LAMP, address="0x6"), 7,
        {"ieee_address": "0x7", "friendly_name": "odd", "definition": {"exposes": {}}},
        node("dim", {"type": "light", "features": []}, LINK, address="0x8"), node("good", LAMP, address="0x9"),
        {"friendly_name": ["x"], "ieee_address": 4, "definition": {"exposes": []}},
    ]
    found = read_list("zigbee2mqtt", json.dumps(devices).encode())
    assert {one.device.id for one in found.devices} == {"0x8_linkquality_zigbee2mqtt", "0x9_light_zigbee2mqtt"}
    said = "\n".join(found.problems)
    for name, why in (("unknown thing", "does not know what it can do"), ("asleep", "disabled"), ("bad", "JSON object"),
                      ("a/#", "wildcards"), ("device 5", "JSON object"), ("odd", "no list of what it exposes"),
                      ("dim", "a light without state"), ("device 9", "ieee_address must be text")):
        assert any(problem.startswith(f"{name}: ") and why in problem for problem in found.problems), (name, said)
    assert len(found.problems) == 8


@pytest.mark.parametrize(("payload", "says"), [
    (b"{", "not JSON"), (b"{}", "JSON array"), (b"x" * 9_000_000, "bytes are more"),
    (b"[" + b"1," * 1000 + b"1]", "1001 devices"),
])
def test_a_list_that_is_none(payload: bytes, says: str) -> None:
    found = read_list("zigbee2mqtt", payload)
    assert found.devices == () and says in found.problems[0]
    assert read_list("zigbee2mqtt", b"").problems == ()


_features = st.fixed_dictionaries({}, optional={
    "type": st.sampled_from(["light", "switch", "cover", "lock", "climate", "fan", "numeric", "binary", 7]),
    "name": st.sampled_from(["state", "position", "mode", "temperature", *ODD]),
    "property": st.sampled_from(["state", *ODD]),
    "access": st.sampled_from([1, 3, 7, *ODD]), "values": st.sampled_from([["OPEN"], ["low"], *ODD]),
    "value_on": st.sampled_from(ODD), "value_max": st.sampled_from(ODD), "unit": st.sampled_from(ODD),
    "endpoint": st.sampled_from(ODD), "category": st.sampled_from(ODD),
    "features": st.sampled_from([[LINK], [binary("state")], *ODD]),
})
_nodes = st.builds(
    lambda exposes, more: {**node("odd", *exposes), **more}, st.lists(_features, max_size=3),
    st.dictionaries(
        st.sampled_from(["friendly_name", "ieee_address", "definition", "disabled"]), st.sampled_from(ODD), max_size=1,
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_nodes, max_size=3))
def test_nothing_hostile_raises(devices: list[Any]) -> None:
    found = read_list("zigbee2mqtt", json.dumps(devices).encode())
    assert all(problem.isprintable() and len(problem) < 400 for problem in found.problems)


def announced(registry: Registry, topic: str, payload: Any) -> Change:
    change = registry.announce(topic, payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    assert change is not None
    return change


OWN = "homeassistant/light/0x1/light/config"


@pytest.mark.parametrize("bridge_first", [True, False])
@pytest.mark.parametrize("identifier", ["0x1_light_zigbee2mqtt", "renamed"])
def test_known_both_ways_counts_once(bridge_first: bool, identifier: str) -> None:
    registry = Registry(Household(), bridges=("zigbee2mqtt",))
    messages = [(LIST, [node("lamp", LAMP)]), (OWN, {**ZIGBEE, "unique_id": identifier})]
    changes = [announced(registry, *message) for message in (messages if bridge_first else messages[::-1])]
    assert [device.id for device in registry.devices.values()] == [identifier]
    assert registry.devices[identifier].name == "Floor lamp", "what it announces itself comes first"
    assert registry.listeners("zigbee2mqtt/lamp") == (identifier,)
    assert [problem for change in changes for problem in change.problems] == []
    gone = announced(registry, OWN, b"")
    assert [device.name for device in registry.devices.values()] == ["lamp"]
    assert registry.listeners("zigbee2mqtt/lamp") == ("0x1_light_zigbee2mqtt",)
    assert [device.id for device in gone.removed] == ([] if identifier.startswith("0x1") else ["renamed"])
    announced(registry, LIST, [])
    assert not registry.devices and not registry.topics


def test_a_renamed_device_moves_and_reports_are_those_of_now() -> None:
    registry = Registry(Household(), bridges=("zigbee2mqtt",))
    announced(registry, LIST, [node("lamp", LAMP), node("dead", definition=None, address="0x2")])
    assert len(registry.reports.present) == 1 and registry.reports.present[0].startswith("dead: ")
    announced(registry, LIST, [node("desk lamp", LAMP)])
    assert not registry.listeners("zigbee2mqtt/lamp")
    assert registry.listeners("zigbee2mqtt/desk lamp") == ("0x1_light_zigbee2mqtt",)
    assert not registry.reports.present


def test_the_household_names_it_by_its_address() -> None:
    household = Household.read(parse_yaml("devices: [{name: porch lamp, id: '0x1', aliases: [outside light]}]"))
    registry = Registry(household, bridges=("upstairs",))
    announced(registry, "upstairs/bridge/devices", [node("lamp", LAMP, LINK)])
    assert registry.devices["0x1"].aliases == ("outside light",)
    assert registry.announce(LIST, b"[]") is None, "another base topic is nobody's"


def test_base_topics() -> None:
    assert BrokerSettings().zigbee2mqtt == ("zigbee2mqtt",)
    assert BrokerSettings.model_validate({"zigbee2mqtt": "zigbee/up"}).zigbee2mqtt == ("zigbee/up",)
    assert BrokerSettings.model_validate({"zigbee2mqtt": ["a", "b"]}).zigbee2mqtt == ("a", "b")
    assert BrokerSettings.model_validate({"zigbee2mqtt": None}).zigbee2mqtt == ()


async def test_a_lamp_of_a_bridge_obeys(scene: Scene) -> None:
    things = scene.things
    things.answers["zigbee2mqtt/lamp/set"] = lambda payload: [("zigbee2mqtt/lamp", payload)]
    await things.say(LIST, json.dumps([COORDINATOR, node("lamp", LAMP), node("dead", definition=None, address="0x2")]))
    await things.say("zigbee2mqtt/bridge/state", '{"state": "online"}')
    await things.say("zigbee2mqtt/lamp", '{"state": "OFF", "brightness": 254}')
    home = await scene.home()
    lamp = "0x1_light_zigbee2mqtt"
    assert home.devices[lamp].available and home.devices[lamp].on is False
    outcome = await home.act(lamp, "turn_on")
    assert (outcome.status, outcome.detail, home.devices[lamp].on) == ("done", "", True)
    (problem,) = home.problems
    assert problem.startswith("dead: Zigbee2MQTT does not know what it can do")
    await things.announce("light/0x1/light", **ZIGBEE)
    await things.say("zigbee2mqtt/lamp/availability", '{"state": "online"}')
    await until(lambda: home.devices[lamp].available and home.devices[lamp].name == "Floor lamp")
    assert (await home.act(lamp, "turn_off")).status == "done"
    assert len(home.devices) == 1


async def test_a_player_that_only_the_file_knows(scene: Scene) -> None:
    things = scene.things
    things.answers["speaker/set"] = lambda payload: [("speaker/state", {"play": "playing"}.get(payload, "paused"))]
    await things.say("speaker/state", "paused")
    household = Household.read(parse_yaml("""
devices:
  - name: kitchen speaker
    aliases: [radio]
    kind: media_player
    mqtt: {command_topic: speaker/set, state_topic: speaker/state, title_topic: speaker/title}
"""))
    home = await scene.home(household, answer_seconds=0.5)
    speaker = home.devices["kitchen_speaker"]
    assert (speaker.available, speaker.state, speaker.aliases) == (True, {"playback": "paused"}, ("radio",))
    assert speaker.capabilities.commands == ("next", "pause", "play", "previous", "stop")
    assert (await home.act("kitchen_speaker", "play")).status == "done"
    assert (await home.act("kitchen_speaker", "play")).status == "already"
    assert (await home.act("kitchen_speaker", "next")).status == "no_answer", "nothing else plays"
    assert (await home.act("kitchen_speaker", "set_volume", 30)).status == "refused"
