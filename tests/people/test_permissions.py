"""What is risky asks; nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.home.schema import Device
from assistant.people.claim import CONSOLE, HOUSE, NOBODY, Claim
from assistant.people.permissions import Action, Permissions


def device(kind: str, name: str = "thing", device_class: str = "", **state: Any) -> Device:
    return Device.model_validate({"kind": kind, "name": name, "device_class": device_class, "state": state})


@pytest.mark.parametrize(("command", "thing", "value", "verdict"), [
    ("unlock", device("lock"), None, "ask"),
    ("unlock", device("lock", locked=False), None, "allow"),
    ("lock", device("lock"), None, "allow"),
    ("open", device("cover", device_class="garage"), None, "ask"),
    ("open", device("cover", device_class="door"), None, "ask"),
    ("toggle", device("cover", device_class="gate"), None, "ask"),
    ("set_position", device("cover", device_class="garage"), 30, "ask"),
    ("set_position", device("cover", device_class="garage"), 0, "allow"),
    ("close", device("cover", device_class="garage"), None, "allow"),
    ("stop", device("cover", device_class="gate"), None, "allow"),
    ("open", device("cover", device_class="blind"), None, "allow"),
    ("open", device("cover"), None, "allow"),
    ("open", device("cover", name="Garage door"), None, "ask"),
    ("open", device("cover", name="Patio door blind"), None, "allow"),
    ("open", device("cover", name="Garage door", device_class="shutter"), None, "allow"),
    ("turn_on", device("switch", "Oven"), None, "ask"),
    ("turn_off", device("switch", "oven"), None, "allow"),
    ("turn_on", device("switch", "coffee machine"), None, "allow"),
    ("turn_on", device("switch", "environment sensor"), None, "allow"),
    ("turn_on", device("light", "oven light"), None, "allow"),
    ("turn_on", device("switch", "Garage opener"), None, "ask"),
    ("toggle", device("switch", "Driveway gate"), None, "ask"),
    ("turn_on", device("switch", "Garage door light"), None, "allow"),
    ("turn_on", device("switch", "garage heater"), None, "allow"),
    ("set_temperature", device("climate", "thermostat"), 21.0, "allow"),
    ("set_temperature", device("climate", "oven"), 200.0, "ask"),
    ("disarm", None, None, "ask"),
    ("erase", None, None, "ask"),
    ("purchase", None, None, "ask"),
    ("say", None, None, "allow"),
])
@pytest.mark.parametrize("claim", [NOBODY, Claim("anna", 9.0), CONSOLE, HOUSE])
def test_decisions(claim: Claim, command: str, thing: Device | None, value: Any, verdict: str) -> None:
    decision = Permissions().decide(claim, Action(command, thing, value))
    assert decision.verdict == verdict
    assert bool(decision.reason) is (verdict == "ask")
