"""What nothing understands is heard again by a second recogniser, for which no order waits."""

from __future__ import annotations

import pytest

from assistant.asr.second import SecondHearing
from assistant.audio.frames import SAMPLE_RATE
from assistant.clock import run_virtual
from assistant.events import NotUnderstood, StageTimed
from assistant.testing.fake_ears import FakeRecognizer, Said
from assistant.testing.fake_room import room, spoken

MISHEARD = (1.0, 3.0, "hey nova burn on the lied", 0.1)


def second(text: str, seconds: float = 0.3, budget: float = 2.0) -> tuple[SecondHearing, FakeRecognizer]:
    """A second recogniser that hears these words in the order of ``MISHEARD``."""
    recognizer = FakeRecognizer([Said(1.5, text)] if text else (), seconds)
    return SecondHearing(recognizer, budget), recognizer


def test_what_nothing_understands_is_heard_again_by_the_second_recogniser() -> None:
    async def main() -> None:
        parts = spoken(MISHEARD)
        parts.second, recognizer = second("turn on the light")
        async with room(parts) as at:
            await at.play(7.0)
            assert parts.skills.log == ["living room on"] and at.completed == ["The living room light is on."]
            assert {one.stage: one.seconds for one in at.all(StageTimed)}["second"] >= 0
        (lease,) = recognizer.leases
        assert (lease.view, lease.prefix, lease.closed) == (None, "hey nova", True)
        assert lease.fed[0][0] == 0 and 2.0 < lease.fed[-1][1] / SAMPLE_RATE < 4.0, "the utterance, not the room's past"

    run_virtual(main())


def test_an_order_that_is_understood_does_not_wait_for_the_second_recogniser() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        parts.second, recognizer = second("turn off the light")
        async with room(parts) as at:
            await at.play(7.0)
            assert parts.skills.log == ["living room on"] and recognizer.leases == []

    run_virtual(main())


@pytest.mark.parametrize(("text", "seconds", "refused"), [
    ("what a lovely day", 0.3, "what a lovely day"), ("turn on the light", 5.0, "burn on the lied"),
    ("", 0.3, "burn on the lied"),
], ids=["no order either", "too late", "heard nothing"])
def test_what_the_second_recogniser_does_not_know_either_is_refused_in_time(
    text: str, seconds: float, refused: str
) -> None:
    async def main() -> None:
        parts = spoken(MISHEARD)
        parts.second, recognizer = second(text, seconds, budget=1.0)
        async with room(parts) as at:
            await at.play(5.6)
            assert at.last(NotUnderstood).text == refused and parts.skills.log == []
        assert all(lease.closed for lease in recognizer.leases)

    run_virtual(main())
