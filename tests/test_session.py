"""A session whose orders come too fast, whose microphone goes silent, whose audio stages fail."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assistant.clock import run_virtual
from assistant.dialogue import phrases
from assistant.events import Answered, ComponentFailed, TurnStateChanged
from assistant.session import LANE_FAILURES
from assistant.testing.fake_room import room, spoken


def test_the_third_order_of_a_moment_is_not_forgotten() -> None:
    async def main() -> None:
        async with room(spoken(), silent=True) as at:
            await at.play(0.1)
            first = at.type("turn on the light")
            await at.play(0.12)
            others = [at.type(text) for text in ("turn off the light", "turn on the light in the kitchen")]
            await at.play(5.0)
            assert first.done()
            assert [order.done() and order.result() for order in others] == [
                "The living room light is off.", "The kitchen light is on."
            ]

    run_virtual(main())


@pytest.mark.parametrize("unplugged", [2.0, 3.6], ids=["before the order", "in the middle of it"])
def test_a_microphone_that_goes_silent_ends_the_turn_and_holds_nothing_up(unplugged: float) -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.5, "hey nova"), (3.0, 5.0, "turn on the light"))
        async with room(parts) as at:
            await at.play(unplugged)
            assert at.last(TurnStateChanged).state == "listening"
            at.plugged = False
            ringing = at.begin(at.session.announce("Your tea timer is done."))
            await at.play(unplugged + 12.0)
            assert at.completed == [phrases.DEAF, "Your tea timer is done."] and ringing.result()
            assert at.ended[0] == ("failed", "deaf")

    run_virtual(main())


def test_a_microphone_that_goes_silent_while_a_question_is_asked_is_a_no() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova unlock the door"))
        async with room(parts) as at:
            await at.play(4.5)
            at.plugged = False
            await at.play(40.0)
            assert parts.skills.locked and at.last(Answered).outcome == "refused" and not at.session.in_turn

    run_virtual(main())


def test_a_turn_that_is_cancelled_by_what_it_awaits_is_reported_and_the_session_goes_on() -> None:
    async def main() -> None:
        async with room(spoken(), silent=True) as at:
            await at.play(0.1)
            handle, tries = at.session.services.handle, iter([asyncio.CancelledError("by itself")])

            async def once(*parts: Any) -> Any:
                for error in tries:
                    raise error
                return await handle(*parts)

            at.session.services.handle = once
            first = at.type("turn on the light")
            await at.play(2.0)
            assert first.done() and first.result() == "" and not at.session.in_turn
            assert "by itself" in at.last(ComponentFailed).error
            second = at.type("turn on the light")
            await at.play(5.0)
            assert second.result() == "The living room light is on."

    run_virtual(main())


class Broken:
    """A front end that fails."""

    def process(self, *_: Any) -> Any:
        raise RuntimeError("no module")


def test_a_stage_that_fails_costs_a_moment_and_not_the_source() -> None:
    async def main() -> None:
        parts = spoken((1.0, 2.0, "for somebody else"), (4.0, 6.0, "hey nova turn on the light"))
        async with room(parts) as at:
            await at.play(1.5)
            at.session.lane.front_end = Broken()  # type: ignore[assignment]
            await at.play(10.0)
            assert [failure.error for failure in at.all(ComponentFailed)] == ["RuntimeError: no module"]
            assert at.completed == ["The living room light is on."]

    run_virtual(main())


def test_a_stage_that_fails_again_and_again_is_given_up_and_told() -> None:
    async def main() -> None:
        async with room(spoken()) as at:
            for number in range(LANE_FAILURES + 1):
                at.session.lane.front_end = Broken()  # type: ignore[assignment]
                await at.play(1.0 + number)
            assert "open the source again" in at.last(ComponentFailed).error and at.session.lane.closed
            typed = at.type("turn on the light")
            await at.play(10.0)
            assert typed.result() == "The living room light is on."

    run_virtual(main())
