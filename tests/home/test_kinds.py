"""Each kind of device: what its messages mean, what commands become, what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.home.announcement import Announcement
from assistant.home.kinds import Entity, Refused, make_entity
from assistant.home.kinds.entity import differing
from assistant.home.payload import PayloadError


def entity(kind: str, **settings: Any) -> Entity:
    return make_entity(kind, Announcement(settings))


def sent(thing: Entity, command: str, value: Any = None, state: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(message.topic, message.payload) for message in thing.plan(command, value, state or {}).messages]


LAMP = {"command_topic": "c", "state_topic": "s", "brightness_command_topic": "b", "brightness_state_topic": "bs"}


def test_a_lamp_with_a_topic_for_each_thing() -> None:
    lamp = entity("light", **LAMP, brightness_scale=100, rgb_command_topic="r", rgb_state_topic="rs")
    assert sent(lamp, "set_brightness", 40) == [("b", "40"), ("c", "ON")]
    assert sent(lamp, "set_brightness", 0) == [("c", "OFF")]
    assert sent(lamp, "set_colour", "orange") == [("r", "255,128,0"), ("c", "ON")]
    assert sent(lamp, "set_colour", "warm white")[0][0] == "r"
    assert lamp.read("bs", b"0.4") == {"brightness": 1}
    assert lamp.read("rs", b"0,0,254") == {"rgb": [0, 0, 254], "colour": "blue"}
    assert lamp.read("rs", b"None") == {"rgb": None, "colour": None}
    assert lamp.read("s", b"") == {}
    for wrong in (b"1,2", b"1,2,x", b"{}"):
        with pytest.raises(PayloadError):
            lamp.read("rs", wrong)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("last", ["b", "c"]), ("first", ["c", "b"]), ("brightness", ["b"])],
)
def test_the_order_of_on_and_brightness(order: str, expected: list[str]) -> None:
    lamp = entity("light", **LAMP, on_command_type=order)
    assert [topic for topic, _ in sent(lamp, "set_brightness", 50)] == expected
    assert [topic for topic, _ in sent(lamp, "turn_on")] == ["c"]


@pytest.mark.parametrize(("way", "payload"), [("hs", "240.0,100.0"), ("xy", "0.15,0.06")])
def test_other_ways_of_colour(way: str, payload: str) -> None:
    lamp = entity("light", command_topic="c", **{f"{way}_command_topic": "h", f"{way}_state_topic": "hs"})
    assert sent(lamp, "set_colour", "blue") == [("h", payload), ("c", "ON")]
    assert lamp.read("hs", payload.encode())["colour"] == "blue"


@pytest.mark.parametrize(
    ("modes", "color"),
    [(["rgb"], {"r": 0, "g": 0, "b": 255}), (["hs"], {"h": 240.0, "s": 100.0}), (["xy"], {"x": 0.15, "y": 0.06})],
)
def test_json_lamps(modes: list[str], color: dict[str, float]) -> None:
    lamp = entity("light", schema="json", command_topic="c", state_topic="s", supported_color_modes=modes)
    ((_, payload),) = sent(lamp, "set_colour", "blue")
    assert json.loads(payload) == {"state": "ON", "color": color}
    told = lamp.read("s", json.dumps({"state": "ON", "color": color, "color_mode": modes[0]}).encode())
    assert (told["on"], told["colour"]) == (True, "blue")
    assert lamp.capabilities.brightness and not lamp.capabilities.kelvin


def test_white_lamps() -> None:
    lamp = entity("light", schema="json", command_topic="c", state_topic="s", supported_color_modes=["color_temp"])
    assert json.loads(sent(lamp, "set_colour", "warm white")[0][1]) == {"state": "ON", "color_temp": 370}
    assert json.loads(sent(lamp, "set_kelvin", 99999)[0][1])["color_temp"] == 153
    with pytest.raises(Refused, match="number of kelvin"):
        lamp.plan("set_kelvin", float("nan"), {})
    told = lamp.read("s", b'{"state": "ON", "color_temp": 370, "color_mode": "color_temp"}')
    assert told == {"on": True, "kelvin": 2703, "colour": "warm white"}
    with pytest.raises(Refused, match="no colours"):
        lamp.plan("set_colour", "red", {})


def test_a_lamp_goes_back_to_what_it_was() -> None:
    lamp = entity("light", schema="json", command_topic="c", brightness=True, supported_color_modes=["rgb"])
    plan = lamp.restore({"on": True, "brightness": 30, "rgb": [255, 0, 0], "colour": "red", "kelvin": None}, {})
    assert json.loads(plan.messages[0].payload) == {
        "state": "ON", "brightness": 76, "color": {"r": 255, "g": 0, "b": 0},
    }
    assert lamp.restore({"on": False, "brightness": 30}, {}).want == {"on": False}
    with pytest.raises(Refused, match="not known"):
        lamp.restore({}, {})


def test_blinds() -> None:
    blind = entity("cover", command_topic="c", state_topic="s", position_topic="p", set_position_topic="sp",
                   position_open=0, position_closed=100)
    assert blind.read("p", b"100") == {"position": 0, "open": False}
    assert blind.read("p", b"30") == {"position": 70, "open": True}
    assert blind.read("s", b"closing") == {"moving": "closing"}
    assert sent(blind, "open") == [("c", "OPEN")]
    assert sent(blind, "set_position", 70) == [("sp", "30")]
    assert blind.plan("open", None, {"position": 0}).want == {"position": 100}
    assert blind.plan("set_position", 20, {"position": 70}).begun == {"moving": "closing"}
    assert sent(blind, "stop") == [("c", "STOP")]
    with pytest.raises(Refused, match="0 to 100"):
        blind.plan("set_position", 130, {})


def test_a_simple_door() -> None:
    door = entity("cover", command_topic="c", state_topic="s", payload_stop=None)
    assert door.read("s", b"open") == {"open": True, "moving": ""}
    assert door.plan("close", None, {"open": True}).want == {"open": False}
    for command, value, why in [("stop", None, "stopped"), ("set_position", 50, "to a position")]:
        with pytest.raises(Refused, match=why):
            door.plan(command, value, {})
    only_position = entity("cover", set_position_topic="sp")
    assert sent(only_position, "close") == [("sp", "0")]


def test_a_thermostat_in_fahrenheit() -> None:
    thermostat = entity("climate", temperature_unit="F", temperature_command_topic="t", temperature_state_topic="ts",
                        mode_command_topic="m", mode_state_topic="ms", modes=["off", "heat"], temp_step=1)
    assert thermostat.read("ts", b"68") == {"temperature": 20.0}
    assert sent(thermostat, "set_temperature", 20) == [("t", "68")]
    assert not differing(thermostat.plan("set_temperature", 21, {}).want, thermostat.read("ts", b"70"))
    assert sent(thermostat, "turn_off") == [("m", "off")]
    assert sent(thermostat, "turn_on", state={"on": False}) == [("m", "heat")]
    assert thermostat.plan("turn_on", None, {"on": True}).messages == ()
    for command, value, why in [("set_temperature", 50, "7.22 to 35 degrees"), ("set_mode", "dry", "no mode dry"),
                                ("set_temperature", "warm", "is a number"),
                                ("open", None, "thermostat cannot be opened")]:
        with pytest.raises(Refused, match=why):
            thermostat.plan(command, value, {})
    back = thermostat.restore({"mode": "heat", "temperature": 19.0}, {})
    assert [message.topic for message in back.messages] == ["m", "t"]


def test_a_thermostat_rounds_to_its_steps() -> None:
    thermostat = entity("climate", temperature_command_topic="t", temp_step=0.5, min_temp=5, max_temp=30)
    assert [sent(thermostat, "set_temperature", value)[0][1] for value in (20.2, 20.3, 30, 19.5)] == [
        "20", "20.5", "30", "19.5",
    ]


def test_a_lock() -> None:
    lock = entity("lock", command_topic="c", state_topic="s", state_locked="shut", retain=True)
    assert lock.read("s", b"shut") == {"locked": True, "moving": "", "jammed": False}
    assert lock.read("s", b"UNLOCKING")["moving"] == "unlocking"
    assert lock.read("s", b"JAMMED") == {"locked": None, "moving": "", "jammed": True}
    plan = lock.plan("unlock", None, {})
    assert plan.want == {"locked": False} and plan.messages[0].retain
    with pytest.raises(PayloadError, match="no state of a lock"):
        lock.read("s", b"LOCKED")


def test_sensors() -> None:
    meter = entity("sensor", state_topic="s", unit_of_measurement="W")
    assert meter.read("s", b"12.5") == {"value": 12.5}
    with pytest.raises(PayloadError, match="not a number"):
        meter.read("s", b"much")
    assert entity("sensor", state_topic="s").read("s", b"rainy") == {"value": "rainy"}
    assert entity("binary_sensor", state_topic="s").read("s", b"ON") == {"on": True}
    with pytest.raises(Refused, match="a sensor cannot be switched on"):
        meter.plan("turn_on", None, {})


def test_optimistic_devices_prove_nothing() -> None:
    plug = entity("switch", command_topic="c", state_topic="s", optimistic=True)
    assert not plug.confirms
    assert plug.read("s", b"ON") == {"on": True}
