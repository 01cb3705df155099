"""The skill, and the timer that it sets."""

from __future__ import annotations

from assistant.events import TimerRang
from assistant.skills.harness import Harness, trial


@trial
async def test_it_rings_when_the_tea_is_done(h: Harness) -> None:
    await h.say("brew a green tea for three minutes")
    await h.wait(179)
    assert not [event for event in h.events if isinstance(event, TimerRang)]
    await h.wait(2)
    assert [event.name for event in h.events if isinstance(event, TimerRang)] == ["green tea"]
