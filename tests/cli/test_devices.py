"""How a device's state reads."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.cli.devices import describe


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"on": True, "brightness": 60, "rgb": [1, 2, 3], "colour": "white"}, "on, brightness 60, colour white"),
        ({"position": 100, "open": True, "moving": ""}, "position 100, open"),
        ({"locked": False, "jammed": False}, "unlocked"),
        ({"value": 21.5}, "21.5"),
        ({"current_temperature": 20.0, "mode": None}, "current temperature 20"),
        ({}, "-"),
    ],
)
def test_a_state_in_words(state: dict[str, Any], words: str) -> None:
    assert describe({"available": True, "state": state}) == words


def test_a_device_that_is_away() -> None:
    assert describe({"available": False, "state": {"on": True}}) == "not there"
