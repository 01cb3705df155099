"""What the household may be called."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from assistant.home.registry import Registry
from assistant.home.schema import Device, Household, by_id
from assistant.home.vocabulary import speakable, unnamed, vocabulary
from assistant.yamlfile import parse_yaml

HOUSEHOLD = Household.read(parse_yaml("""
floors: [{name: ground floor, aliases: [downstairs]}]
areas: [{name: kitchen, floor: ground floor}, {name: Living Room, aliases: [lounge]}]
devices:
  - {name: kitchen light, area: kitchen, kind: light, aliases: [ceiling light]}
  - {name: kitchen lamp 1, area: kitchen, kind: light, capabilities: {brightness: true}}
  - {name: lounge lamp, area: lounge, kind: light, aliases: [Living Room lamp]}
  - {name: garage door, kind: cover, device_class: garage}
  - {name: link quality, kind: sensor, spoken: false}
  - {name: kitchen blind (left), area: kitchen, kind: cover}
  - {name: blind left, area: kitchen, kind: cover}
groups:
  - {name: Cooking lights, aliases: [cook's lights], devices: [ceiling light, kitchen lamp 1]}
  - {name: kitchen, devices: [kitchen light, blind_left]}
"""))


def lists() -> dict[str, list[tuple[str, object, dict[str, object]]]]:
    home = SimpleNamespace(
        devices=by_id(HOUSEHOLD.devices), areas={area.name: area for area in HOUSEHOLD.areas},
        floors={floor.name: floor for floor in HOUSEHOLD.floors},
        groups={group.id: group for group in HOUSEHOLD.groups},
    )
    return {
        name: [(value.said, value.value, dict(value.context)) for value in values]
        for name, values in vocabulary(home).items()
    }


PLAIN = {"dimmable": False, "coloured": False}
DIMMABLE = {"dimmable": True, "coloured": False}


def test_groups_have_the_kind_of_their_devices() -> None:
    assert lists()["group"] == [
        ("Cooking lights", "cooking_lights", {"domain": "light", **DIMMABLE}),
        ("cook's lights", "cooking_lights", {"domain": "light", **DIMMABLE}),
        ("kitchen", "kitchen", {"domain": "group", **PLAIN}),
    ]


def test_names_areas_and_floors() -> None:
    found = lists()
    assert ("garage door", "garage_door", {"domain": "cover", "device_class": "garage"}) in found["name"]
    assert ("ceiling light", "kitchen_light", {"domain": "light", "area": "kitchen", **PLAIN}) in found["name"]
    assert found["area"] == [
        ("kitchen", "kitchen", {"floor": "ground floor", **DIMMABLE}), ("Living Room", "Living Room", PLAIN),
        ("lounge", "Living Room", PLAIN),
    ]
    assert found["floor"] == [("ground floor", "ground floor", DIMMABLE), ("downstairs", "ground floor", DIMMABLE)]
    assert "link quality" not in {said for said, _, _ in found["name"]}


def test_short_forms_hold_within_the_area() -> None:
    short = {(said, device, context["within"]) for said, device, context in lists()["name"] if "within" in context}
    assert short == {
        ("light", "kitchen_light", "kitchen"), ("lamp 1", "kitchen_lamp_1", "kitchen"),
        ("lamp", "lounge_lamp", "Living Room"),
    }, "a blind that is called so already must keep its name for itself"


@pytest.mark.parametrize(("name", "words"), [
    ("Lamp (left)", "Lamp left"), ("TV #2", "TV 2"), ("Küche | Licht", "Küche Licht"), ("2.5 GHz", "2.5 GHz"),
    ("e-bike", "e bike"),
    ("💡", ""), ("O'Brien\u2019s lamp", "O'Brien's lamp"), ("a & b", "a and b"), ("{name} [x]", "name x"), ("...", ""),
    ("a_b", "a b"),
])
def test_names_become_words(name: str, words: str) -> None:
    assert speakable(name) == words


def test_a_device_that_nobody_can_call_is_named_with_the_reason() -> None:
    body = json.dumps({"name": "?!", "command_topic": "lamp/set", "unique_id": "lamp_7"}).encode()
    change = Registry(Household(), "homeassistant").announce("homeassistant/switch/lamp_7/config", body)
    assert change is not None and [device.id for device in change.added] == ["lamp_7"]
    (problem,) = change.problems
    assert "'?!' holds no word" in problem and "alias" in problem
    said = {"id": "a", "kind": "switch"}
    assert unnamed(Device.model_validate({**said, "name": "?!", "aliases": ["desk lamp"]})) == ""
    assert unnamed(Device.model_validate({**said, "name": "?!", "spoken": False})) == ""
