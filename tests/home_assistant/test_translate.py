"""What the package's sentences mean to our skills, and which of them are heard at all."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.home_assistant.interpreter import Interpreter
from assistant.home_assistant.names import ROWS
from assistant.home_assistant.sentences import home_assistant_sentences
from assistant.home_assistant.translate import able_to, in_home_assistants_words, translated
from assistant.paths import shipped_dir
from assistant.skills.loader import find_skills
from tests.home_assistant.households import home, meanings

SHIPPED = {skill.name: skill for skill in find_skills([shipped_dir() / "skills"])[0]}
INTENTS = {(row.skill, row.intent) for row in ROWS}


@pytest.mark.parametrize(("text", "area", "ours", "slots"), [
    ("turn on the kitchen lights", "", "home.TurnOn", {"lights": "many", "area": "kitchen"}),
    ("turn on the lights here", "bedroom", "home.TurnOn", {"lights": "many"}),
    ("turn off all the lights", "kitchen", "home.TurnOff", {"lights": "many", "all": True}),
    ("activate the lights downstairs", "", "home.TurnOn", {"lights": "many", "floor": "ground floor"}),
    ("activate the coffee machine", "", "home.TurnOn", {"name": "coffee_machine"}),
    ("open up the garage door", "", "home.Open", {"name": "garage_door"}),
    ("close all the blinds on the ground floor", "", "home.Close", {"noun": "blind", "floor": "ground floor"}),
    ("lock the front door", "", "home.Lock", {"name": "front_door"}),
    ("unlock the front door", "", "home.Unlock", {"name": "front_door"}),
    ("set the kitchen brightness to maximum", "", "home.SetBrightness",
     {"lights": "many", "area": "kitchen", "brightness": 100}),
    ("set the floor lamp to orange", "", "home.SetColour", {"name": "floor_lamp", "colour": "orange"}),
    ("set the kitchen color temperature to warm white", "", "home.SetColour",
     {"lights": "many", "area": "kitchen", "colour": "warm white"}),
    ("set the blinds in the lounge to 10 percent", "", "home.SetPosition",
     {"noun": "blind", "area": "living room", "position": 10}),
    ("adjust the lounge temperature to 19.5", "", "home.SetTemperature", {"area": "living room", "temperature": 19.5}),
    ("what is the temperature", "kitchen", "home.GetTemperature", {}),
    ("what is the temperature of the thermostat", "", "home.GetState", {"name": "thermostat"}),
    ("is the kitchen window shut", "", "home.IsOpen", {"name": "kitchen_window", "wanted": "closed"}),
    ("is the hall motion triggered", "", "home.IsOn", {"name": "hall_motion", "wanted": "on"}),
    ("is the garage door closing", "", "home.GetState", {"name": "garage_door"}),
    ("are all the lights off", "", "home.IsOn", {"lights": "many", "wanted": "off", "all": True}),
    ("how many lights are on in the kitchen", "", "home.WhichOn",
     {"lights": "many", "wanted": "on", "area": "kitchen"}),
    ("are any switches on", "", "home.IsOn", {"noun": "switch", "wanted": "on"}),
    ("are all the doors locked", "", "home.IsLocked", {"noun": "locks", "wanted": "locked", "all": True}),
    ("turn on the fans in the bedroom", "", "home.TurnOn", {"noun": "fans", "area": "bedroom"}),
    ("set the bedroom fan speed to 30 percent", "", "home.SetFanSpeed",
     {"noun": "fans", "area": "bedroom", "percentage": 30}),
    ("activate movie night", "", "home.Activate", {"name": "movie_night"}),
    ("are any blinds open", "", "home.IsOpen", {"noun": "blind", "wanted": "open"}),
    ("set a timer for 1 hour and 30 minutes", "", "timers.SetTimer", {"duration": 5400}),
    ("20 minute timer for tea", "", "timers.SetTimer", {"duration": 1200, "timer_name": "tea"}),
    ("cancel the 5 minute timer", "", "timers.CancelTimer", {"length": 300}),
    ("cancel the kitchen timer", "", "timers.CancelTimer", {"timer_name": "kitchen"}),
    ("take 30 seconds off the timer", "", "timers.TakeTime", {"duration": 30}),
    ("set volume to 40 percent", "kitchen", "volume.SetVolume", {"percent": 40}),
    ("turn the volume up", "kitchen", "volume.ChangeVolume", {"direction": "up"}),
    ("set the kitchen volume to 40 percent", "", "media.SetVolume", {"area": "kitchen", "percent": 40}),
    ("pause the music", "kitchen", "media.Pause", {}),
    ("play yesterday by the beatles in the kitchen", "", "media.Play",
     {"area": "kitchen", "what": "yesterday by the beatles"}),
    ("add cat food to my shopping list", "", "lists.Add", {"item": "cat food"}),
    ("what is the weather like", "", "weather.Now", {}),
    ("what can I say", "", "conversation.Help", {}),
    ("nevermind", "", "builtin.NeverMind", {}),
])
def test_orders_are_those_of_our_skills(text: str, area: str, ours: str, slots: dict[str, Any]) -> None:
    match = translated(meanings("en", text, area)[0], home("en").devices, INTENTS)
    assert match is not None
    assert (f"{match.skill}.{match.intent}", match.slots) == (ours, slots)
    assert in_home_assistants_words(match, home("en").devices)[0].startswith("Hass")


def test_what_no_skill_can_do_is_not_even_heard() -> None:
    intents = frozenset({("home", "TurnOn"), ("clock", "Time")})
    kept = home_assistant_sentences("en", able_to(intents)).rules
    assert {rule.intent for rule in kept} == {"HassTurnOn", "HassGetCurrentTime"}
    domains = {domain for rule in kept for domain in rule.requires.get("domain", ())}
    assert "light" in domains and not domains & {"cover", "lock", "script", "vacuum"}
    assert all(rule.slots.get("domain") != "cover" for rule in kept)


def test_a_rule_keeps_what_can_be_done_of_it() -> None:
    rule = Rule("home assistant", "HassTurnOn", ("turn on {name}",), requires={"domain": ["light", "script"]},
                fills=frozenset({"name"}))
    kept = able_to({("home", "TurnOn")})(rule)
    assert kept is not None and kept.requires == {"domain": ["light"]}
    assert able_to({("home", "Open")})(rule) is None


def test_the_shipped_skills_carry_out_what_is_loaded() -> None:
    interpreter = Interpreter("en", home("en"), list)

    grammar = Grammar()
    interpreter.teach(grammar, SHIPPED)
    loaded = {rule.intent for rule in home_assistant_sentences("en", able_to(interpreter.intents)).rules}
    assert {"HassTurnOn", "HassTurnOff", "HassLightSet", "HassGetState", "HassStartTimer", "HassNevermind"} <= loaded
    assert not loaded & {"HassVacuumStart", "HassBroadcast", "HassLawnMowerDock", "HassPauseTimer"}


def test_a_meaning_that_nobody_can_carry_out_is_none() -> None:
    found = meanings("en", "lock the front door")
    assert translated(found[0], home("en").devices, {("home", "TurnOn")}) is None
