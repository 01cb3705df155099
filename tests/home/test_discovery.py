"""Announcements: what Home Assistant allows is understood, everything else is one clear reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.home.discovery import Announced, Discovered, read_announcement
from assistant.home.kinds import KINDS, Refused
from assistant.home.payload import PayloadError
from tests.home.hostile import payloads


def announce(topic: str, body: Any) -> Announced:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = read_announcement("homeassistant", f"homeassistant/{topic}/config", payload)
    assert found is not None
    return found


def one(topic: str, body: Any) -> Discovered:
    found = announce(topic, body)
    assert found.problems == ()
    (device,) = found.devices
    return device


TASMOTA = {
    "name": None, "~": "tele/plug", "stat_t": "~/STATE", "val_tpl": "{{ value_json.POWER }}",
    "cmd_t": "cmnd/plug/POWER",
    "pl_on": "ON", "pl_off": "OFF", "avty_t": "~/LWT", "pl_avail": "Online", "pl_not_avail": "Offline",
    "uniq_id": "AB12_RL_1", "dev": {"ids": ["AB12"], "name": "Coffee machine", "mf": "Sonoff", "sa": "Kitchen"},
}
ZIGBEE = {
    "availability": [
        {"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"},
        {"topic": "zigbee2mqtt/lamp/availability", "value_template": "{{ value_json.state }}"},
    ],
    "availability_mode": "all", "brightness": True, "brightness_scale": 254, "command_topic": "zigbee2mqtt/lamp/set",
    "device": {"identifiers": ["zigbee2mqtt_0x1"], "manufacturer": "IKEA", "model": "Bulb", "name": "Floor lamp"},
    "max_mireds": 454, "min_mireds": 250, "name": None, "object_id": "floor_lamp", "schema": "json",
    "state_topic": "zigbee2mqtt/lamp", "supported_color_modes": ["xy", "color_temp"],
    "unique_id": "0x1_light_zigbee2mqtt",
}


def test_tasmota() -> None:
    found = one("switch/AB12_RL_1", TASMOTA)
    assert found.device.model_dump(include={"id", "name", "area", "kind", "manufacturer"}) == {
        "id": "AB12_RL_1", "name": "Coffee machine", "area": "Kitchen", "kind": "switch", "manufacturer": "Sonoff",
    }
    assert set(found.entity.topics) == {"tele/plug/STATE"}
    assert found.entity.read("tele/plug/STATE", b'{"POWER": "ON", "Wifi": {}}') == {"on": True}
    assert not found.availability.available
    found.availability.read("tele/plug/LWT", b"Online")
    assert found.availability.available


def test_zigbee2mqtt() -> None:
    found = one("light/0x1/light", ZIGBEE)
    able = found.device.capabilities
    assert (able.brightness, able.colour, able.kelvin) == (True, True, (2203, 4000))
    state = found.entity.read(
        "zigbee2mqtt/lamp",
        b'{"brightness": 127, "color": {"x": 0.64, "y": 0.33}, "color_mode": "xy", "linkquality": 9, "state": "ON"}',
    )
    assert state == {"on": True, "brightness": 50, "rgb": [255, 0, 0], "colour": "red", "kelvin": None}
    found.availability.read("zigbee2mqtt/bridge/state", b'{"state": "online"}')
    assert not found.availability.available
    found.availability.read("zigbee2mqtt/lamp/availability", b'{"state": "online"}')
    assert found.availability.available


@pytest.mark.parametrize(("mode", "expected"), [("all", False), ("any", True), ("latest", False)])
def test_availability_modes(mode: str, expected: bool) -> None:
    body = {"command_topic": "c", "availability": [{"t": "~/a"}, {"t": "b~"}], "availability_mode": mode, "~": "x"}
    found = one("switch/s", body)
    assert set(found.availability.topics) == {"x/a", "bx"}
    found.availability.read("x/a", b"online")
    found.availability.read("bx", b"offline")
    assert found.availability.available is expected


def test_a_device_with_parts() -> None:
    found = announce("device/station", {
        "dev": {"ids": "st", "name": "Weather station"}, "o": {"name": "test"}, "avty_t": "st/status",
        "stat_t": "st/state",
        "cmps": {
            "t": {"p": "sensor", "dev_cla": "temperature", "unit_of_meas": "°C", "val_tpl": "{{ value_json.t }}",
                  "uniq_id": "st_t"},
            "gone": {"p": "sensor"},
            "siren": {"p": "siren", "cmd_t": "x"},
            "relay": {"p": "switch", "name": "Relay", "cmd_t": "st/set", "uniq_id": "st_r"},
            "bad": {"p": "switch", "cmd_t": 5},
        },
    })
    assert [(part.device.id, part.device.name) for part in found.devices] == [
        ("st_t", "Weather station temperature"), ("st_r", "Weather station Relay"),
    ]
    assert found.devices[0].entity.read("st/state", b'{"t": 4.5}') == {"value": 4.5}
    assert found.devices[0].availability.topics == {"st/status": None}.keys()
    assert found.ignored == 1
    assert len(found.problems) == 1 and "'bad'" in found.problems[0]


@pytest.mark.parametrize(
    ("settings_", "name"),
    [
        ({"name": "Lamp"}, "Lamp"),
        ({}, "thing one"),
        ({"device": {"name": "Desk"}}, "Desk"),
        ({"name": None, "device": {"name": "Desk"}}, "Desk"),
        ({"name": "Power", "device": {"name": "Desk"}}, "Desk Power"),
        ({"name": "Desk lamp", "device": {"name": "Desk"}}, "Desk lamp"),
        ({"name": "desk", "device": {"name": "Desk"}}, "Desk"),
    ],
)
def test_names_as_home_assistant_makes_them(settings_: dict[str, Any], name: str) -> None:
    assert one("switch/node/thing_one", {"command_topic": "c", **settings_}).device.name == name


def test_what_nobody_talks_about_is_not_spoken() -> None:
    assert one("sensor/a", {"stat_t": "s"}).device.spoken
    assert not one("sensor/a", {"stat_t": "s", "ent_cat": "diagnostic"}).device.spoken
    assert not one("sensor/a", {"stat_t": "s", "en": False}).device.spoken


@pytest.mark.parametrize(
    ("template", "payload", "value"),
    [
        ("{{ value }}", b"x", "x"), ("{{value_json.a.b}}", b'{"a": {"b": "x"}}', "x"),
        ("{{ value_json['a b'][\"c\"] }}", b'{"a b": {"c": "x"}}', "x"),
        ("{{- value_json.a[1] -}}", b'{"a": [0, "x"]}', "x"),
        ("{{ value_json }}", b'"x"', "x"),
    ],
)
def test_paths_are_understood(template: str, payload: bytes, value: str) -> None:
    found = one("sensor/a", {"stat_t": "s", "val_tpl": template})
    assert found.entity.read("s", payload) == {"value": value}


@pytest.mark.parametrize("template", [
    "{{ value_json.a | tojson }}", "{% if value %}x{% endif %}", "{{ value.upper() }}", "{{ value_json.__class__() }}",
    "{{ 7 * 7 }}", "{{ value_json.a }}{{ value_json.b }}", "{{ states('x') }}", "{{ value_json.a['b' + 'c'] }}",
    "{{" * 5000,
])
def test_other_templates_are_reported_and_never_evaluated(template: str) -> None:
    (found,) = announce("switch/a", {"cmd_t": "c", "stat_t": "s", "val_tpl": template}).devices
    assert len(found.problems) == 1 and "not evaluated" in found.problems[0] and len(found.problems[0]) < 150
    assert not found.entity.confirms and list(found.entity.topics) == []


@pytest.mark.parametrize(
    ("topic", "body", "says"),
    [
        ("switch/a", b"{", "not JSON"), ("switch/a", b"\xff\xfe", "byte 0 is not UTF-8"),
        ("switch/a", b"[]", "JSON object"),
        ("switch/a", b'"x"', "JSON object"), ("switch/a", b"[" * 100_000, "nested too deeply"),
        ("switch/a", b"NaN", "no number"),
        ("switch/a", b'{"a":' * 30 + b"1" + b"}" * 30, "nested too deeply"),
        ("switch/a", b" " * 300_000 + b"1", "bytes are more"),
        ("switch/a", {}, "command_topic is missing"), ("switch/a", {"cmd_t": 5}, "command_topic must be a topic"),
        ("switch/a", {"cmd_t": "a/#"}, "without wildcards"), ("switch/a", {"cmd_t": "a\n"}, "control characters"),
        ("switch/a", {"cmd_t": "$SYS/x"}, "one topic"), ("switch/a", {"cmd_t": "x" * 2000}, "longer than"),
        ("switch/a", {"cmd_t": "c", "name": "<img src=x>"}, "markup"),
        ("switch/a", {"cmd_t": "c", "name": "a\u0000b"}, "control"),
        ("switch/a", {"cmd_t": "c", "name": ["x"]}, "name must be text"),
        ("switch/a", {"cmd_t": "c", "device": 5}, "device must be"),
        ("switch/a", {"cmd_t": "c", "device": {"sa": "<b>"}}, "markup"),
        ("switch/a", {"cmd_t": "c", "uniq_id": "\u202e"}, "identifier"),
        ("switch/a", {"cmd_t": "c", "~": 4}, "~ must be a topic"),
        ("switch/a", {"cmd_t": "c", "avty": "x"}, "availability must be"),
        ("switch/a", {"cmd_t": "c", "avty_mode": "some"}, "availability_mode"),
        ("light/a", {"schema": "template"}, "'template'"),
        ("light/a", {"cmd_t": "c", "bri_scl": 0}, "above zero"),
        ("light/a", {"cmd_t": "c", "bri_scl": "1e999"}, "not a number"),
        ("light/a", {"cmd_t": "c", "clr_temp_cmd_t": "t", "min_mireds": 1e-320}, "range of colour temperatures"),
        ("light/a", {"cmd_t": "c", "clr_temp_cmd_t": "t", "max_mireds": 1e308}, "range of colour temperatures"),
        ("cover/a", {"cmd_t": "c", "pos_open": 5, "pos_clsd": 5}, "the same"),
        ("sensor/a", {}, "state_topic is missing"),
        ("climate/a", {"min_temp": 30, "max_temp": 10}, "below max_temp"),
        ("device/a", {"cmps": []}, "components must be"),
        ("climate/a", {"modes": "heat", "mode_cmd_t": "c"}, "list of words"),
        ("lock/a", {"cmd_t": "c", "opt": "maybe"}, "true or false"),
        ("fan/a", {"stat_t": "s"}, "command_topic is missing"),
        ("fan/a", {"cmd_t": "c", "spd_rng_min": 3, "spd_rng_max": 3}, "below speed_range_max"),
        ("fan/a", {"cmd_t": "c", "pr_modes": "sleep", "pr_mode_cmd_t": "p"}, "list of words"),
        ("scene/a", {"pl_on": "1"}, "command_topic is missing"),
    ],
)
def test_wrong_announcements_say_why(topic: str, body: Any, says: str) -> None:
    found = announce(topic, body)
    assert found.devices == ()
    assert len(found.problems) == 1 and says in found.problems[0]
    assert found.problems[0].isprintable() and len(found.problems[0]) < 200


def test_a_part_of_no_kind_leaves_the_others() -> None:
    found = announce("device/a", {"cmps": {"odd": {"p": ["switch"]}, "plug": {"p": "switch", "cmd_t": "c"}}})
    assert (len(found.devices), found.ignored, found.problems) == (1, 1, ())


def test_other_topics_are_not_ours() -> None:
    assert read_announcement("homeassistant", "homeassistant/switch/a/state", b"{}") is None
    assert read_announcement("homeassistant", "other/switch/a/config", b"{}") is None
    assert announce("siren/a", {"cmd_t": "c"}) == Announced(ignored=1)
    assert announce("switch/a", b"") == Announced()


@settings(max_examples=400, deadline=None)
@given(kind=st.sampled_from([*KINDS, "device"]), payload=payloads, states=st.lists(payloads, max_size=3))
def test_nothing_hostile_raises(kind: str, payload: bytes, states: list[bytes]) -> None:
    for found in announce(f"{kind}/x", payload).devices:
        assert found.device.name.isprintable() and "<" not in found.device.name
        for topic in [*found.entity.topics, *found.availability.topics]:
            for state in states:
                try:
                    found.availability.read(topic, state)
                    told = found.entity.read(topic, state)
                except PayloadError as error:
                    assert str(error).isprintable()
                else:
                    json.dumps(told, allow_nan=False)
        for command, value in (("turn_on", None), ("set_brightness", 30), ("set_position", 50),
        ("set_temperature", 20), ("set_percentage", 30), ("activate", None), ("next", None)):
            try:
                plan = found.entity.plan(command, value, {})
            except Refused as refusal:
                assert refusal.what
            else:
                assert all(not set(message.topic) & set("#+") for message in plan.messages)
