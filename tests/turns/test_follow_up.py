"""The window after an answer in which an order needs no wake phrase, and everything else is passed over in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from assistant.asr.base import Lease
from assistant.clock import run_virtual
from assistant.errors import WorkerLost
from assistant.events import Answered, NotUnderstood, PlaybackFinished, TurnEnded, TurnStarted, TurnStateChanged
from assistant.grammar.base import View
from assistant.testing.fake_ears import FakeRecognizer
from assistant.testing.fake_room import FakeRoom, room, spoken

FIRST = (1.0, 3.0, "hey nova turn on the light")
OPEN = 5.2
"""The window is open: the answer to ``FIRST`` was heard."""


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def reasons(at: FakeRoom) -> list[str]:
    return [start.reason for start in at.all(TurnStarted)]


def states(at: FakeRoom) -> list[tuple[float, str]]:
    return [(round(change.at - 1000, 2), change.state) for change in at.all(TurnStateChanged)]


def window(at: FakeRoom) -> tuple[float, float]:
    """Second at which the latest window opened and closed."""
    opened = [second for second, state in states(at) if state == "follow_up"]
    closed = [second for second, state in states(at) if state == "idle"]
    return opened[-1], closed[-1]


def test_an_order_without_the_wake_phrase_is_carried_out() -> None:
    async def main() -> None:
        parts = spoken(FIRST, (OPEN + 0.5, OPEN + 2.0, "and the bedroom"))
        async with room(parts) as at:
            await at.play(OPEN)
            assert states(at)[-1][1] == "follow_up" and not at.session.in_turn
            await at.play(12.0)
            assert reasons(at) == ["wake", "follow_up"] and parts.skills.lamps["bedroom"]
            assert [end.outcome for end in at.all(TurnEnded)] == ["done", "done"]

    run(main)


def test_nobody_speaks_and_the_window_closes_in_time() -> None:
    async def main() -> None:
        parts = spoken(FIRST)
        async with room(parts) as at:
            await at.play(14.0)
            opened, closed = window(at)
            assert closed - opened == pytest.approx(parts.config.follow_up_seconds, abs=0.1)
            assert not at.loud(opened + 0.1, 14.0) and reasons(at) == ["wake"]
            assert isinstance(parts.recognizer, FakeRecognizer)
            assert all(lease.closed for lease in parts.recognizer.leases) and not at.session.lane.send_frames

    run(main)


@pytest.mark.parametrize("confidence", [0.1, 0.7, 0.84])
def test_what_is_not_surely_an_order_is_passed_over_in_silence(confidence: float) -> None:
    async def main() -> None:
        said = (OPEN + 0.3, OPEN + 1.0, "turn off the light", confidence)
        parts = spoken(FIRST, said, (OPEN + 3.5, OPEN + 4.5, "and the kitchen"))
        async with room(parts) as at:
            await at.play(OPEN + 3.0)
            assert reasons(at) == ["wake"] and not at.loud(OPEN, OPEN + 3.0) and not at.all(NotUnderstood)
            await at.play(OPEN + 8.0)
            assert reasons(at) == ["wake", "follow_up"] and parts.skills.lamps["kitchen"]
            assert parts.skills.lamps["living room"], "the doubtful order was not carried out"

    run(main)


def test_an_order_begun_before_the_window_closes_is_heard_to_its_end() -> None:
    async def main() -> None:
        parts = spoken(FIRST, (9.6, 12.0, "and the bedroom"))
        async with room(parts) as at:
            await at.play(9.7)
            assert states(at)[-1][1] == "follow_up"
            await at.play(15.0)
            assert reasons(at) == ["wake", "follow_up"] and parts.skills.lamps["bedroom"]

    run(main)


def test_what_is_said_after_the_window_is_for_somebody_else() -> None:
    async def main() -> None:
        parts = spoken(FIRST, (11.0, 12.0, "turn off the light"))
        async with room(parts) as at:
            await at.play(15.0)
            assert reasons(at) == ["wake"] and len(parts.skills.orders) == 1

    run(main)


def test_the_wake_phrase_a_button_and_the_keyboard_open_a_turn_at_once() -> None:
    async def main() -> None:
        parts = spoken(FIRST, (OPEN + 0.3, OPEN + 2.3, "hey nova turn on the light in the kitchen"))
        async with room(parts) as at:
            await at.play(OPEN + 4.5)
            assert reasons(at)[1] in ("wake", "follow_up") and parts.skills.lamps["kitchen"]
            await at.play_while(3.0)
            at.session.push_to_talk()
            await at.play(at.now + 0.1)
            assert reasons(at)[2:] == ["push"]
            at.session.stop()
            await at.play(at.now + 0.1)
            typed = at.begin(at.session.text("turn on the light in the bedroom"))
            await at.play(at.now + 1.0)
            assert reasons(at)[2:] == ["push", "text"] and typed.done() and parts.skills.lamps["bedroom"]

    run(main)


def test_typing_in_the_window_waits_for_nothing() -> None:
    async def main() -> None:
        parts = spoken(FIRST)
        async with room(parts) as at:
            await at.play(OPEN)
            typed = at.begin(at.session.text("turn off the light"))
            await at.play(OPEN + 0.4)
            assert typed.result() == "The living room light is off." and reasons(at) == ["wake", "text"]

    run(main)


def test_one_order_after_another_keeps_the_window_open() -> None:
    async def main() -> None:
        parts = spoken(FIRST, (6.0, 7.0, "and the bedroom"), (12.0, 13.0, "and the kitchen"))
        async with room(parts) as at:
            await at.play(OPEN + 14)
            assert reasons(at) == ["wake", "follow_up", "follow_up"] and all(parts.skills.lamps.values())
            assert len([end for end in at.all(PlaybackFinished) if end.completed]) == 3

    run(main)


def test_a_window_of_no_length_is_none() -> None:
    async def main() -> None:
        parts = spoken(FIRST, (OPEN + 0.5, OPEN + 2.0, "and the bedroom"))
        parts.config = replace(parts.config, follow_up_seconds=0.0)
        async with room(parts) as at:
            await at.play(10.0)
            assert reasons(at) == ["wake"] and not parts.skills.lamps["bedroom"]

    run(main)


def test_typed_orders_failures_and_stops_open_none() -> None:
    async def main() -> None:
        parts = spoken((8.0, 8.5, "hey nova"), (30.0, 31.5, "hey nova never mind"))
        async with room(parts) as at:
            at.type("turn on the light")
            await at.play(40.0)
            assert reasons(at) == ["text", "wake", "wake"]
            assert [answer.outcome for answer in at.all(Answered)] == ["done", "failed", "cancelled"]
            assert all(state != "follow_up" for _, state in states(at))

    run(main)


class GoesDown(FakeRecognizer):
    """Is down from the second utterance on."""

    def __init__(self, recognizer: FakeRecognizer) -> None:
        super().__init__(recognizer.script)
        self.opened = 0

    async def open(self, view: View | None, prefix: str = "") -> Lease:
        self.opened += 1
        if self.opened == 1:
            return await super().open(view, prefix)
        if self.opened > 20:
            await asyncio.Event().wait()
        raise WorkerLost("is being restarted", where="worker recogniser")


def test_a_recogniser_that_is_down_closes_the_window_and_is_not_asked_again_and_again() -> None:
    async def main() -> None:
        parts = spoken(FIRST)
        assert isinstance(parts.recognizer, FakeRecognizer)
        parts.recognizer = down = GoesDown(parts.recognizer)
        async with room(parts) as at:
            await at.play(6.0)
            assert down.opened == 2 and states(at)[-1][1] == "idle"
            typed = at.begin(at.session.text("turn off the light"))
            await at.play(6.5)
            assert typed.done(), "the session goes on"

    run(main)


def test_a_microphone_that_sends_nothing_does_not_hold_the_window_open() -> None:
    async def main() -> None:
        parts = spoken(FIRST)
        async with room(parts) as at:
            await at.play(OPEN)
            at.session.mute(True)
            await at.play(14.0)
            opened, closed = window(at)
            assert closed - opened <= parts.config.follow_up_seconds + 1.1

    run(main)
