"""The household file: what it means, and where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ConfigError
from assistant.home.registry import Registry
from assistant.home.schema import Household, clean_name, slug
from assistant.yamlfile import parse_yaml

SHIPPED = Path(__file__).parents[2] / "configs" / "home.yaml"
GOOD = """\
floors: [{name: ground floor, aliases: [downstairs]}]
areas:
  - {name: Kitchen, floor: downstairs, aliases: [cookhouse]}
devices:
  - name: kitchen light
    area: cookhouse
    kind: light
    capabilities: {brightness: true}
    state: {on: false}
"""


def test_the_shipped_home_is_four_rooms_of_everything() -> None:
    home = Household.load(SHIPPED)
    assert {area.name for area in home.areas} == {"kitchen", "living room", "bedroom", "hall"}
    assert {device.kind for device in home.devices} >= {"light", "switch", "climate", "cover", "lock"}
    assert all(device.area and home.area(device.area) for device in home.devices)


def test_aliases_lead_to_names() -> None:
    home = Household.read(parse_yaml(GOOD))
    assert home.areas[0].floor == "ground floor"
    assert home.devices[0].area == "Kitchen"
    assert home.devices[0].id == "kitchen_light"
    assert home.area("KITCHEN") is home.areas[0]
    assert home.area("cellar") is None
    assert home.floor("downstairs") is home.floors[0]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("area: cookhouse", "area: kitchn", 6, "did you mean 'Kitchen'?"),
        ("floor: downstairs", "floor: upstairs", 3, "there is no floor 'upstairs'"),
        ("kind: light", "kind: ligth", 7, "did you mean 'light'?"),
        ("brightness: true", "brightnes: true", 8, "did you mean 'brightness'?"),
        ("brightness: true", "brightness: perhaps", 8, "valid boolean"),
        ("on: false", "brigtness: 4", 5, "did you mean 'brightness'?"),
        ("name: kitchen light", "name: \"<b>\"", 5, "markup"),
        ("name: kitchen light", "name: \"a\\u0007b\"", 5, "control characters"),
        ("    kind: light\n", "", 5, "add its kind"),
        ("state: {on: false}\n", "mqtt: {}\n", 5, "for kind: media_player"),
        ("kind: light", "kind: media_player\n    mqtt: {comand_topic: a}", 8, "did you mean 'command_topic'?"),
        ("kind: light", "kind: media_player\n    mqtt: {state_topic: a/#}", 8, "without wildcards"),
        ("kind: light", "kind: media_player\n    mqtt: {state_template: '{% x %}'}", 8, "not evaluated"),
        ("devices:\n", "groups: [{name: lamps, devices: []}]\ndevices:\n", 4, "at least 1 item"),
        ("devices:\n", "devices:\n  - {name: Kitchen Light, kind: switch}\n", 6, "already given in line 5"),
    ],
)
def test_mistakes_are_named_with_their_line(old: str, new: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Household.read(parse_yaml(GOOD.replace(old, new, 1), "home.yaml"))
    assert caught.value.where == f"home.yaml:{line}"
    assert says in str(caught.value)


def test_groups_know_their_devices_by_any_name() -> None:
    home = Household.read(parse_yaml(f"{GOOD}  - {{name: stove, id: plug_9, aliases: [hob]}}\n"
                                     "  - {name: radio, kind: switch}\n"
                                     "groups: [{name: Cooking Things, devices: [HOB, kitchen_light]}]\n"))
    (group,) = home.groups
    assert group.id == "cooking_things"
    assert [device.name for device in home.devices if group.holds(device)] == ["kitchen light", "stove"]


def test_names() -> None:
    assert clean_name("  Küche\u00a0 Licht ") == "Küche Licht"
    assert slug("Küche | Licht 2") == "kuche_licht_2"
    assert slug("💡") == "device"
    for bad in ("", "  ", "a\nb", "a\u202eb", "<script>", "x" * 65):
        with pytest.raises(ValueError, match="name"):
            clean_name(bad)


def test_a_device_without_a_kind_only_adds_to_what_is_announced() -> None:
    file = "areas: [{name: hall}]\ndevices: [{name: porch lamp, id: plug_7, area: hall, aliases: [outside]}]\n"
    registry = Registry(Household.read(parse_yaml(file)), "homeassistant")
    topic, payload = "homeassistant/light/plug_7/config", b'{"command_topic": "c", "state_topic": "s", "name": "Plug"}'
    assert not registry.devices
    assert registry.announce(topic, payload)
    (device,) = registry.devices.values()
    assert (device.name, device.kind, device.area, device.aliases) == ("porch lamp", "light", "hall", ("outside",))
    registry.announce(topic, b"")
    assert not registry.devices
    named = Registry(Household.read(parse_yaml(file.replace("porch lamp, id: plug_7", "Plug"))), "homeassistant")
    named.announce(topic, payload)
    assert [device.aliases for device in named.devices.values()] == [("outside",)]
