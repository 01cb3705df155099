"""Speech that never ends: it is cut after half a minute, the reason is spoken, and another room is served meanwhile."""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import SAMPLE_RATE
from assistant.events import Answered, TurnEnded, TurnStarted
from assistant.testing.voices import say
from tests.bad_days.house import AUDIO_TIME, house

pytestmark = AUDIO_TIME

LONGEST = 10.0
"""Seconds after which it is cut; 30 by default, which would cost three times the processor time and show the same."""
STORY = "and then I said to him that nobody in this town had ever seen anything of the kind before"


async def test_it_is_cut_and_told() -> None:
    async with (
        house(turns={"longest_seconds": LONGEST}) as home, home.room("bedroom") as talker, home.room("kitchen") as other
    ):
        story = say(STORY)
        story = story[np.flatnonzero(np.abs(story) > 300)[0] : np.flatnonzero(np.abs(story) > 300)[-1]]
        talker.begin(0.5, say("computer"), 0.2, np.tile(story, round((LONGEST + 6) * SAMPLE_RATE / len(story))))
        started = await talker.until(TurnStarted)
        await home.wait(2.0)
        await other.order(say("computer"), 0.2, say("turn on the kitchen light"))
        assert home.state("kitchen_light")["on"] is True, other.told()

        ended = next(iter(talker.all(TurnEnded)), None) or await talker.until(TurnEnded)
        assert ended.reason == "too_long", talker.told()
        answered = talker.all(Answered)[0]
        assert LONGEST - 1.5 <= answered.at - started.at <= LONGEST + 1
        assert talker.completed() == ["That was too long for me. Please say it in one short sentence."]
        record = await home.record(talker.name)
        assert (record.outcome, record.trace["reason"]) == ("failed", "too_long")
        await talker.rest()
        assert not home.faults()
