"""Fans, scenes, groups and exceptions by their sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.home.schema import Household
from assistant.skills.harness import Harness, NotUnderstoodError
from assistant.yamlfile import parse_yaml

FOLDER = Path(__file__).parents[1]
HOME = Household.read(parse_yaml("""
floors: [{name: ground floor}, {name: upper floor, aliases: [upstairs]}]
areas:
  - {name: kitchen, floor: ground floor}
  - {name: living room, floor: ground floor}
  - {name: hall, floor: ground floor}
  - {name: bedroom, floor: upper floor}
devices:
  - {name: kitchen light, area: kitchen, kind: light,
     capabilities: {brightness: true}, state: {on: true, brightness: 60}}
  - {name: living room light, area: living room, kind: light,
     capabilities: {brightness: true}, state: {on: true, brightness: 80}}
  - {name: floor lamp, area: living room, kind: light,
     capabilities: {brightness: true, colour: true}, state: {on: true, brightness: 40}}
  - {name: hall light, area: hall, kind: light, state: {on: true}}
  - {name: bedroom light, area: bedroom, kind: light,
     capabilities: {brightness: true}, state: {on: false, brightness: 70}}
  - {name: bedside lamp, area: bedroom, kind: light,
     capabilities: {brightness: true}, state: {on: true, brightness: 30}}
  - {name: coffee machine, area: kitchen, kind: switch, state: {on: true}}
  - name: ceiling fan
    area: bedroom
    kind: fan
    capabilities: {speeds: 3, presets: [auto, Night], oscillation: true, direction: true}
    state: {on: true, percentage: 33, direction: forward, oscillating: false}
  - {name: movie time, kind: scene}
  - {name: reading scene, kind: scene}
groups:
  - {name: reading lamps, aliases: [lamps for reading], devices: [floor lamp, bedside lamp]}
  - {name: evening things, devices: [floor lamp, coffee machine]}
"""))
LIGHTS = {"kitchen_light", "living_room_light", "floor_lamp", "hall_light", "bedroom_light", "bedside_lamp"}
EVERYTHING = LIGHTS | {"coffee_machine", "ceiling_fan"}


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    """In the kitchen."""
    async with Harness(FOLDER, home=HOME, area="kitchen") as harness:
        yield harness


@pytest.mark.parametrize(("text", "acted"), [
    ("turn off everything except the hall", EVERYTHING - {"hall_light"}),
    ("turn everything off but the kitchen and the bedroom", {"living_room_light", "floor_lamp", "hall_light"}),
    ("switch off all lights but the bedside lamp", LIGHTS - {"bedside_lamp"}),
    ("turn off all the lights except for the floor lamp and the hall light", LIGHTS - {"floor_lamp", "hall_light"}),
    ("turn off every light apart from the ones upstairs", LIGHTS - {"bedroom_light", "bedside_lamp"}),
    ("turn off everything but the lights", {"coffee_machine", "ceiling_fan"}),
    ("turn off everything except the kitchen lights", EVERYTHING - {"kitchen_light"}),
    ("turn off all lights except the reading lamps", LIGHTS - {"floor_lamp", "bedside_lamp"}),
    ("turn off the lights in the living room except the floor lamp", {"living_room_light"}),
    ("turn off both lamps in the living room", {"living_room_light", "floor_lamp"}),
    ("turn off both bedroom lights", {"bedroom_light", "bedside_lamp"}),
    ("turn off the floor lamp and the bedside lamp", {"floor_lamp", "bedside_lamp"}),
    ("turn off the floor lamp, the bedside lamp and the hall light", {"floor_lamp", "bedside_lamp", "hall_light"}),
    ("turn off the kitchen and living room lights", {"kitchen_light", "living_room_light", "floor_lamp"}),
    ("turn off the lights in the hall and the bedroom", {"hall_light", "bedroom_light", "bedside_lamp"}),
    ("turn off the reading lamps", {"floor_lamp", "bedside_lamp"}),
    ("please turn the lamps for reading off", {"floor_lamp", "bedside_lamp"}),
    ("turn off the evening things", {"floor_lamp", "coffee_machine"}),
])
async def test_several_and_exceptions(h: Harness, text: str, acted: set[str]) -> None:
    assert (await h.say(text)).outcome in ("done", "already")
    assert [command for _, command, _ in h.home.acted] == ["turn_off"] * len(acted)
    assert {device for device, _, _ in h.home.acted} == acted


@pytest.mark.parametrize(("text", "answer"), [
    ("turn off both lights", "There is only one light in the kitchen."),
    ("turn off the kitchen lights except the kitchen light", "Nothing else is there."),
    ("dim the reading lamps to 20 percent", "Set the reading lamps to 20 percent."),
    ("are the reading lamps on", "Yes, all 2 lights are on."),
    ("turn off the floor lamp and the bedside lamp", "Turned off the floor lamp and the bedside lamp."),
])
async def test_answers_about_several(h: Harness, text: str, answer: str) -> None:
    assert (await h.say(text)).text == answer


async def test_a_group_says_which_of_it_failed(h: Harness) -> None:
    h.home.statuses = {"bedside_lamp": "no_answer"}
    assert (await h.say("turn off the reading lamps")).text == (
        "Turned off the reading lamps, but the bedside lamp did not answer."
    )
    h.home.statuses = {"bedside_lamp": "no_answer", "floor_lamp": "unavailable"}
    answer = await h.say("turn on the reading lamps")
    assert (answer.text, answer.outcome) == (
        "The bedside lamp did not answer. The floor lamp can't be reached.", "failed",
    )
    h.home.statuses = {}
    assert (await h.say("turn on the reading lamps")).text == h.prepared[-1] == "Turned on the reading lamps."
    assert (await h.say("turn on the reading lamps")).text == "They were already on."


@pytest.mark.parametrize(("text", "acted", "answer"), [
    ("turn off the fan", ("turn_off", None), "Turned off the ceiling fan."),
    ("start the fan", ("turn_on", None), "It was already on."),
    ("toggle the fan", ("toggle", None), "Turned off the ceiling fan."),
    ("set the fan to 40 percent", ("set_percentage", 66), "Set the ceiling fan to 66 percent."),
    ("turn on the ceiling fan at full speed", ("set_percentage", 100), "Set the ceiling fan to 100 percent."),
    ("set the speed of the fan to medium", ("set_percentage", 66), "Set the ceiling fan to 66 percent."),
    ("set the fan speed to low", ("set_percentage", 33), "It was already at 33 percent."),
    ("set the fan to zero percent", ("turn_off", None), "Turned off the ceiling fan."),
    ("fan faster", ("set_percentage", 66), "Set the ceiling fan to 66 percent."),
    ("could you make the fan a bit faster please", ("set_percentage", 66), "Set the ceiling fan to 66 percent."),
    ("speed up the ceiling fan by fifty percent", ("set_percentage", 100), "Set the ceiling fan to 100 percent."),
    ("turn the fan down", ("set_percentage", 33), "It was already as slow as can be."),
    ("set the fan to sleep mode", ("set_preset", "Night"), "Set the ceiling fan to night mode."),
    ("make the fan swing", ("oscillate", True), "Set the ceiling fan swinging."),
    ("stop the fan from swinging", ("oscillate", False), "It was already not swinging."),
    ("reverse the fan", ("set_direction", "reverse"), "Reversed the ceiling fan."),
    ("set the direction of the fan to reverse", ("set_direction", "reverse"), "Set the ceiling fan to reverse."),
])
async def test_fans(h: Harness, text: str, acted: tuple[str, object], answer: str) -> None:
    assert (await h.say(text)).text == answer
    assert h.home.acted == [("ceiling_fan", *acted)]


@pytest.mark.parametrize(("text", "answer"), [
    ("set the fan to turbo mode", "The ceiling fan has no turbo mode, only auto and Night."),
    ("is the fan on", "Yes, the ceiling fan is on."),
    ("how fast is the fan running", "The ceiling fan is on at 33 percent."),
    ("what is the status of the ceiling fan", "The ceiling fan is on at 33 percent."),
])
async def test_what_fans_are_and_cannot(h: Harness, text: str, answer: str) -> None:
    assert (await h.say(text)).text == answer
    assert not h.home.acted


async def test_a_fan_in_a_conversation(h: Harness) -> None:
    await h.say("turn the fan up")
    assert (await h.say("faster")).text == "Set the ceiling fan to 100 percent."
    assert (await h.say("put it back")).text == "Put back the ceiling fan."
    assert h.home.state("ceiling_fan")["percentage"] == 66
    await h.say("make the fan swing")
    assert (await h.say("undo that")).text == "Put back the ceiling fan."
    assert h.home.state("ceiling_fan")["oscillating"] is False
    await h.say("turn off the fan")
    assert (await h.say("make the fan faster")).text == "The ceiling fan is off."
    assert h.home.state("ceiling_fan")["on"] is False


async def test_a_plug_with_a_fan_behind_it_is_a_fan() -> None:
    devices = [{"name": "office fan", "kind": "switch", "area": "office", "state": {"on": False}}]
    home = Household.model_validate({"areas": [{"name": "office"}], "devices": devices})
    async with Harness(FOLDER, home=home, area="office") as h:
        assert (await h.say("turn on the fan")).text == "Turned on the office fan."
        assert (await h.say("set the fan to 40 percent")).text == "There is no fan in the office."


@pytest.mark.parametrize(("text", "scene", "answer"), [
    ("activate movie time", "movie_time", "Activated movie time."),
    ("start movie time please", "movie_time", "Activated movie time."),
    ("turn on the reading scene", "reading_scene", "Activated the reading scene."),
    ("set the scene to movie time", "movie_time", "Activated movie time."),
])
async def test_scenes(h: Harness, text: str, scene: str, answer: str) -> None:
    for _ in range(2):  # it has no state, so it is never so already
        assert (await h.say(text)).text == answer
    assert h.home.acted == [(scene, "activate", None)] * 2
    assert (await h.say("undo that")).text == "There is nothing to put back."


@pytest.mark.parametrize("text", ["movie time", "turn off movie time", "set movie time to 40 percent"])
async def test_less_is_no_order(h: Harness, text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        await h.say(text)


@pytest.mark.parametrize("text", ["make the living room lights brighter", "brighten the lights in the living room"])
async def test_brighter_is_for_lights_that_are_on(h: Harness, text: str) -> None:
    h.home.put("floor_lamp", on=False)
    await h.say(text)
    assert h.home.acted == [("living_room_light", "set_brightness", 100)]
    assert h.home.state("floor_lamp")["on"] is False
    assert (await h.say("put it back")).text == "Put back the living room light."
    assert h.home.state("living_room_light")["brightness"] == 80


async def test_brighter_where_all_is_dark(h: Harness) -> None:
    h.home.put("kitchen_light", on=False)
    for light in ("living_room_light", "floor_lamp"):
        h.home.put(light, on=False)
    assert (await h.say("make it brighter")).text == "The kitchen light is off."
    assert (await h.say("dim the living room lights")).text == "The lights in the living room are all off."
    await h.say("turn off the bedside lamp")
    assert (await h.say("brighter")).text == "The bedside lamp is off."
    assert all(command == "turn_off" for _, command, _ in h.home.acted)
    assert (await h.say("make the kitchen light brighter")).text == "Brightened the kitchen light."


async def test_which_one_names_the_choices() -> None:
    devices = [
        {"name": "hall fan", "kind": "fan", "area": "hall", "state": {"on": False}},
        {"name": "attic fan", "kind": "fan", "area": "attic", "state": {"on": False}},
    ]
    home = Household.model_validate({"areas": [{"name": "hall"}, {"name": "attic"}], "devices": devices})
    async with Harness(FOLDER, home=home) as h:
        assert (await h.say("turn on the fan", replies=["the one in the attic"])).text == "Turned on the attic fan."
        assert h.questions == ["Which one: the hall fan or the attic fan?"]


async def test_the_second_of_two_may_be_the_risky_one() -> None:
    devices = [{"name": "desk lamp", "kind": "light", "state": {"on": False}},
               {"name": "oven", "kind": "switch", "state": {"on": False}}]
    async with Harness(FOLDER, home=Household.model_validate({"devices": devices})) as h:
        match = h.understand("turn on the desk lamp and the oven")
        assert match is not None and h.skills.is_risky(match, h.home.devices)
        answer = await h.say("turn on the desk lamp and the oven", replies=["no"])
        assert h.questions == ["Shall I turn on the oven?"]
        assert answer.text == "Turned on the desk lamp. I left the oven alone."
