"""The home skill by its sentences: what it does, and that it says what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from assistant.grammar.base import View
from assistant.home.schema import Household
from assistant.skills.harness import Harness, NotUnderstoodError

FOLDER = Path(__file__).parents[1]
HOME = FOLDER.parents[1] / "configs" / "home.yaml"


@pytest.fixture
async def h() -> AsyncIterator[Harness]:
    """The skill in the kitchen of the shipped home."""
    async with Harness(FOLDER, home=HOME, area="kitchen") as harness:
        yield harness


@pytest.mark.parametrize(("text", "acted", "answer"), [
    ("Turn on the kitchen light.", [("kitchen_light", "turn_on")], "Turned on the kitchen light."),
    ("turn the light on", [("kitchen_light", "turn_on")], "Turned on the kitchen light."),
    ("could you please switch on the lamp in the bedroom",
     [("bedside_lamp", "turn_on")], "Turned on the bedside lamp."),
    ("turn on the light in the living room", [("living_room_light", "turn_on")], "Turned on the living room light."),
    ("bedroom lights on please", [("bedroom_light", "turn_on"), ("bedside_lamp", "turn_on")], "Turned on 2 lights."),
    ("turn on the upstairs lights", [("bedroom_light", "turn_on"), ("bedside_lamp", "turn_on")], "Turned on 2 lights."),
    ("switch the coffee machine on", [("coffee_machine", "turn_on")], "Turned on the coffee machine."),
    ("turn off the standing lamp", [("floor_lamp", "turn_off")], "It was already off."),
    ("turn off the heating", [("thermostat", "turn_off")], "Turned off the thermostat."),
    ("toggle the hall light", [("hall_light", "toggle")], "Turned on the hall light."),
    ("set the kitchen light to fifty percent", [("kitchen_light", "set_brightness")],
     "Set the kitchen light to 50 percent."),
    ("dim the light to 20%", [("kitchen_light", "set_brightness")], "Set the kitchen light to 20 percent."),
    ("make the floor lamp red", [("floor_lamp", "set_colour")], "Set the floor lamp to red."),
    ("close the bedroom blinds", [("bedroom_blinds", "close")], "Closing the bedroom blinds."),
    ("open all the blinds", [("living_room_blinds", "open"), ("bedroom_blinds", "open")], "They were already open."),
    ("open the bedroom blinds halfway", [("bedroom_blinds", "set_position")], "Set the bedroom blinds to 50 percent."),
    ("lower the living room blinds to a quarter", [("living_room_blinds", "set_position")],
     "Set the living room blinds to 25 percent."),
    ("set the heating to 21.5 degrees", [("thermostat", "set_temperature")], "Set the thermostat to 21.5 degrees."),
    ("make it warmer", [("thermostat", "set_temperature")], "Set the thermostat to 21 degrees."),
    ("turn the heating down by two degrees", [("thermostat", "set_temperature")], "Set the thermostat to 18 degrees."),
    ("lock the front door", [("front_door", "lock")], "It was already locked."),
])
async def test_orders(h: Harness, text: str, acted: list[tuple[str, str]], answer: str) -> None:
    assert (await h.say(text)).text == answer
    assert sorted((device, command) for device, command, _ in h.home.acted) == sorted(acted)


@pytest.mark.parametrize(("text", "answer"), [
    ("is the kitchen light on", "No, the kitchen light is off."),
    ("are the lights on", "No, the kitchen light is off."),
    ("are any of the lights in the living room off", "Yes, all 2 lights are off."),
    ("which lights are on", "No lights are on."),
    ("is the front door locked", "Yes, the front door is locked."),
    ("is the front door unlocked", "No, the front door is locked."),
    ("are the bedroom blinds closed", "No, the bedroom blinds are open."),
    ("what's the temperature", "It's 21.5 degrees in the kitchen."),
    ("how warm is it in the living room", "It's 20.5 degrees in the living room."),
    ("what's the temperature in the bedroom", "I can't measure the temperature in the bedroom."),
    ("what's the temperature in the kitchen and the living room",
     "It's 21.5 degrees in the kitchen. It's 20.5 degrees in the living room."),
    ("is there any motion in the kitchen and the hall",
     "No, there is no motion in the kitchen and the hall."),
    ("what's the thermostat set to", "The thermostat is set to 20 degrees, and it is 20.5 degrees."),
    ("what is the status of the floor lamp", "The floor lamp is off."),
    ("is there any motion in the hall", "No, there is no motion in the hall."),
])
async def test_questions(h: Harness, text: str, answer: str) -> None:
    assert (await h.say(text)).text == answer
    assert not h.home.acted


async def test_a_conversation_goes_on_where_it_was(h: Harness) -> None:
    assert (await h.say("turn on the light")).text == "Turned on the kitchen light."
    assert (await h.say("turn it off again")).text == "Turned off the kitchen light."
    assert (await h.say("on again please")).text == "Turned on the kitchen light."
    assert (await h.say("and in the bedroom")).text == "Turned on the bedroom light."
    assert (await h.say("what about the floor lamp")).text == "Turned on the floor lamp."
    assert (await h.say("make it blue")).text == "Set the floor lamp to blue."
    assert (await h.say("what's the temperature in the kitchen")).text == "It's 21.5 degrees in the kitchen."
    assert (await h.say("and the living room")).text == "It's 20.5 degrees in the living room."


async def test_everything_else_leaves_the_latest_alone(h: Harness) -> None:
    await h.say("turn on all the lights")
    await h.say("turn on the kitchen light")
    h.conversation.intent = "home.TurnOff"
    assert (await h.say("turn off the hall light")).text == "Turned off the hall light."
    assert (await h.say("and everything else")).text == "Turned off 5 lights."
    assert not any(device.state.get("on") for device in h.home.devices.values() if device.kind == "light")


@pytest.mark.parametrize("order", ["turn on all the lights", "turn on the kitchen light", "turn on the coffee machine"])
@pytest.mark.parametrize("follow_up", ["all the lights", "and all of the lights", "what about all the lights"])
async def test_all_the_lights_may_follow(h: Harness, order: str, follow_up: str) -> None:
    await h.say(order)
    assert (await h.say(follow_up)).outcome in ("done", "already")
    assert all(device.state.get("on") for device in h.home.devices.values() if device.kind == "light")


async def test_some_lights_may_follow(h: Harness) -> None:
    await h.say("turn on the kitchen light")
    assert (await h.say("and the bedroom lights")).text == "Turned on 2 lights."
    assert (await h.say("is the kitchen light on")).text == "Yes, the kitchen light is on."
    assert (await h.say("and the hall light")).text == "No, the hall light is off."


@pytest.mark.parametrize("order", ["close the bedroom blinds", "set the heating to 21 degrees", "make it warmer"])
async def test_lights_follow_nothing_that_lights_cannot_do(h: Harness, order: str) -> None:
    await h.say(order)
    h.home.acted.clear()
    answer = await h.say("all the lights")
    assert (answer.text, answer.outcome) == ("I'm not sure what you mean.", "failed")
    assert not h.home.acted


async def test_put_it_back(h: Harness) -> None:
    await h.say("set the bedroom blinds to 30 percent")
    assert (await h.say("put it back")).text == "Put back the bedroom blinds."
    assert h.home.state("bedroom_blinds")["position"] == 100


async def test_it_means_nothing_at_first(h: Harness) -> None:
    answer = await h.say("turn it off")
    assert (answer.text, answer.outcome) == ("I'm not sure what you mean.", "failed")


@pytest.mark.parametrize(("reply", "locked", "answer"), [
    ("yes please", False, "Unlocked the front door."),
    ("no", True, "Okay, I won't."),
    ("never mind", True, "Okay, I won't."),
])
async def test_unlocking_asks(h: Harness, reply: str, locked: bool, answer: str) -> None:
    assert (await h.say("unlock the front door", replies=[reply])).text == answer
    assert h.questions == ["Shall I unlock the front door?"]
    assert h.home.state("front_door")["locked"] is locked


async def test_silence_unlocks_nothing(h: Harness) -> None:
    assert (await h.say("unlock the front door")).outcome == "cancelled"
    assert not h.home.acted


@pytest.mark.parametrize(("text", "heard"), [
    ("turn up the hall light", False), ("turn off the hall light", True), ("dim the bedside lamp", True),
    ("set the hall light to 30 percent", False), ("turn the hall light blue", False),
    ("turn the living room light blue", True),
])
def test_what_a_lamp_cannot_do_is_not_listened_for(h: Harness, text: str, heard: bool) -> None:
    assert h.understand(text) is not None
    assert (h.understand(text, scopes=("order",)) is not None) is heard


async def test_answers_are_true_to_the_outcome(h: Harness) -> None:
    h.home.statuses = {"hall_light": "no_answer", "bedroom_light": "unavailable"}
    assert (await h.say("turn on the hall light")).text == "The hall light did not answer."
    assert (await h.say("turn on the bedroom lights")).text == (
        "Turned on the bedside lamp. The bedroom light can't be reached."
    )
    assert (await h.say("set the hall light to 30 percent")).text == "The hall light can't do that."
    h.home.connected = False
    answer = await h.say("turn off all the lights")
    assert (answer.text, answer.outcome) == ("I can't reach the home right now.", "failed")


async def test_the_answer_is_prepared_before_the_device_confirms(h: Harness) -> None:
    for text in ("turn on the kitchen light", "turn on the kitchen light", "turn off all the lights"):
        assert (await h.say(text)).text == h.prepared[-1]


async def test_dimming_never_switches_off(h: Harness) -> None:
    await h.say("turn on the bedroom light at 10 percent")
    await h.say("dim the bedroom light by half")
    assert h.home.state("bedroom_light") == {"on": True, "brightness": 5}


async def test_a_thermostat_has_limits(h: Harness) -> None:
    assert (await h.say("set the thermostat to 50 degrees")).text == "I can set the thermostat from 7 to 30 degrees."
    assert not h.home.acted


async def test_a_place_that_has_none(h: Harness) -> None:
    assert (await h.say("close the blinds")).text == "There are no blinds in the kitchen."
    assert (await h.say("turn on the floor lamp in the bedroom")).text == "There is no floor lamp in the bedroom."
    assert not h.home.acted


async def test_which_one_is_asked_where_no_room_is_known() -> None:
    async with Harness(FOLDER, home=HOME) as h:
        assert (await h.say("turn on the light", replies=["the bedroom one"])).text == "Turned on the bedroom light."
        assert h.questions == [
            "Which one: the kitchen light, the living room light, the floor lamp, the bedroom light or another one?"
        ]


async def test_a_longer_order_takes_the_place_of_a_shorter(h: Harness) -> None:
    await h.say("turn on the light", turn="one")
    await h.say("turn on the light in the bedroom", turn="one")
    assert h.home.state("kitchen_light")["on"] is False
    assert h.home.state("bedroom_light")["on"] is True


async def test_what_is_asked_again_is_not_done_twice(h: Harness) -> None:
    first = await h.say("toggle the kitchen light", turn="one")
    second = await h.say("toggle the kitchen light please", turn="one")
    assert (first.text, second.text) == ("Turned on the kitchen light.", "Turned on the kitchen light.")
    assert h.home.state("kitchen_light")["on"] is True
    await h.say("turn on the hall light", turn="two")
    assert (await h.say("turn on the hall light please", turn="two")).text == "Turned on the hall light."
    await h.say("make the kitchen light brighter", turn="three")
    await h.say("make the kitchen light brighter please", turn="three")
    assert h.home.state("kitchen_light")["brightness"] == 80


async def test_risky_devices_of_other_kinds_ask_too() -> None:
    devices: list[dict[str, Any]] = [
        {"name": "garage door", "kind": "cover", "device_class": "garage", "state": {"open": False}},
        {"name": "oven", "kind": "switch", "state": {"on": False}},
    ]
    async with Harness(FOLDER, home=Household.model_validate({"devices": devices})) as h:
        await h.say("open the garage")
        await h.say("turn on the oven")
        assert h.questions == ["Shall I open the garage door?", "Shall I turn on the oven?"]
        assert not h.home.acted
        await h.say("close the garage door")
        assert h.home.acted == [("garage_door", "close", None)]
        for text, risky in (("open the garage door", True), ("close the garage", False), ("turn on the oven", True)):
            match = h.understand(text)
            assert match is not None
            assert h.skills.is_risky(match, h.home.devices) is risky


@pytest.mark.parametrize("text", [
    "kitchen light", "the light", "bedroom", "on", "thank you for the light", "turn on", "set the light",
    "turn on the unicorn",
])
async def test_less_is_no_order(h: Harness, text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        await h.say(text)


async def test_whole_orders_can_go_on(h: Harness) -> None:
    for short, long in (
        ("turn on the light", "turn on the light in the bedroom"),
        ("turn off all the lights", "turn off all the lights in the bedroom"),
        ("close the blinds", "close the blinds in the bedroom"),
    ):
        assert h.understand(short, ("order",)) is not None
        assert h.understand(long, ("order",)) is not None


async def test_anything_that_can_be_said_is_answered(h: Harness) -> None:
    for sentence in h.grammar.sentences(View(("order", "follow_up"), "kitchen", skills=("home",)), 150, seed=11):
        answer = await h.say(sentence, replies=["yes"])
        assert answer.text and "None" not in answer.text and "{" not in answer.text, sentence


@pytest.mark.parametrize("correction", [
    "no the bedroom", "no I meant the bedroom light", "wrong I said in the bedroom", "not that one the bedroom light",
])
async def test_what_was_meant_otherwise_is_put_right(h: Harness, correction: str) -> None:
    await h.say("turn on the kitchen light")
    answer = await h.say(correction)
    assert answer.text == "Turned on the bedroom light. Put back the kitchen light."
    assert h.home.devices["bedroom_light"].state["on"] and not h.home.devices["kitchen_light"].state["on"]


async def test_a_question_put_right_is_asked_again(h: Harness) -> None:
    await h.say("is the kitchen light on")
    assert (await h.say("no the hall light")).text == "No, the hall light is off."
    assert (await h.say("undo that")).text == "There is nothing to put back."
