"""The volume skill by its sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.skills.harness import Harness

FOLDER = Path(__file__).parents[1]


@pytest.mark.parametrize(("text", "before", "after", "answer"), [
    ("louder", 60, 70, "Volume 7 of 10."),
    ("a bit quieter please", 60, 50, "Volume 5 of 10."),
    ("turn the volume up", 95, 100, "Volume 10 of 10."),
    ("turn up the volume", 100, 100, "That's as loud as I get."),
    ("quieter", 10, 10, "That's as quiet as I get."),
    ("quieter", 5, 5, "That's as quiet as I get."),
    ("volume five", 60, 50, "Volume 5 of 10."),
    ("volume 50", 60, 50, "Volume 50 percent."),
    ("volume 50", 50, 50, "It was already at 50 percent."),
    ("volume fifty percent", 60, 50, "Volume 50 percent."),
    ("set the volume to 35 percent", 60, 35, "Volume 35 percent."),
    ("volume 5 percent", 60, 5, "Volume 5 percent."),
    ("set the volume to maximum", 60, 100, "Volume 100 percent."),
    ("volume six", 60, 60, "It was already at 6 of 10."),
    ("how loud are you", 60, 60, "The volume is 6 of 10."),
    ("I can't hear you", 60, 70, "Volume 7 of 10."),
    ("you're too loud", 60, 50, "Volume 5 of 10."),
])
async def test_volume(text: str, before: int, after: int, answer: str) -> None:
    async with Harness(FOLDER) as h:
        h.room.volume = before
        assert (await h.say(text)).text == answer
        assert h.room.volume == after


async def test_a_longer_order_is_not_louder_twice() -> None:
    async with Harness(FOLDER) as h:
        await h.say("louder", turn="one")
        await h.say("louder please", turn="one")
        assert h.room.volume == 70
