"""Timers that ring in a session, until somebody stops them or nobody does. On a virtual clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from assistant.clock import run_virtual
from assistant.events import (
    PlaybackFinished,
    TurnStateChanged,
)
from assistant.testing.fake_room import FakeRoom, room, spoken
from assistant.testing.fake_services import TALE, Phrase
from assistant.turns.mouth import RING_PAUSE


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def loudest(at: FakeRoom, first: float, last: float) -> int:
    """Largest amplitude that the loudspeaker got between these seconds."""
    return max(int(np.abs(frame.pcm).max()) for frame in at.played[round(first * 50) : round(last * 50)])


def test_the_stop_button_silences_an_announcement() -> None:
    async def main() -> None:
        async with room(spoken()) as at:
            announcing = at.begin(at.session.announce(TALE))
            await at.play(2.0)
            assert at.loud(1.5, 2.0)
            at.session.stop()
            await at.play(3.0)
            assert announcing.done() and not at.loud(2.1, 3.0)

    run(main)


def test_a_spoken_stop_silences_an_announcement_without_a_wake_word() -> None:
    async def main() -> None:
        parts = spoken((2.0, 2.5, "stop"))
        async with room(parts) as at:
            announcing = at.begin(at.session.announce(TALE))
            await at.play(4.0)
            assert at.loud(1.0, 2.0) and not at.loud(3.0, 4.0)
            assert announcing.done()

    run(main)


def test_a_timer_rings_louder_and_louder_until_somebody_says_stop() -> None:
    async def main() -> None:
        said = 30.0
        parts = spoken((said, said + 0.5, "stop"))
        parts.phrases.script = [Phrase(said, said + 0.5, "stop")]
        async with room(parts) as at:
            heard = at.begin(at.session.announce("Your tea timer is done.", ring=300.0))
            await at.play(2.0)
            assert at.completed == ["Your tea timer is done."]
            await at.play(said)
            rings = [end for end in at.all(PlaybackFinished) if end.what == "ring"]
            assert len(rings) == pytest.approx(said / (RING_PAUSE + 0.9), abs=2)
            assert loudest(at, said - 3, said) > 1.3 * loudest(at, 3, 6)
            await at.play(said + 3.0)
            assert at.ended == [("cancelled", "stopped")] and heard.result() is True
            assert not at.loud(said + 2.0, said + 3.0)

    run(main)


def test_a_ring_that_nobody_stops_ends() -> None:
    async def main() -> None:
        async with room(spoken()) as at:
            heard = at.begin(at.session.announce("Your tea timer is done.", ring=10.0))
            await at.play(16.0)
            assert not at.session.in_turn and not at.loud(14.0, 16.0) and at.ended == [("done", "")]
            assert heard.result() is True and at.last(TurnStateChanged).state == "speaking"

    run(main)


def test_a_timer_waits_for_the_turn_at_hand_and_one_long_due_is_told_once() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            await at.play(2.5)
            heard = at.begin(at.session.announce("Your tea timer was due."))
            await at.play(8.0)
            assert at.completed == ["The living room light is on.", "Your tea timer was due."]
            assert heard.result() is True and all(end.what != "ring" for end in at.all(PlaybackFinished))

    run(main)


def test_a_timer_that_no_voice_could_tell_of_counts_as_not_heard() -> None:
    async def main() -> None:
        parts = spoken()
        parts.voice.fails_after = 0
        async with room(parts) as at:
            heard = at.begin(at.session.announce("Your tea timer was due."))
            await at.play(1.0)
            assert heard.result() is False

    run(main)


def test_a_ring_that_is_not_wanted_any_more_is_silent_and_one_that_waits_does_not_begin() -> None:
    async def main() -> None:
        async with room(spoken()) as at:
            first = at.begin(at.session.announce("Your tea timer is done.", ring=300.0))
            second = at.begin(at.session.announce("Your egg timer is done.", ring=300.0))
            await at.play(5.0)
            second.cancel()
            first.cancel()
            await at.play(10.0)
            assert at.completed == ["Your tea timer is done."] and at.ended == [("cancelled", "stopped")]
            assert not at.loud(5.5, 10.0)

    run(main)
