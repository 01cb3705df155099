"""Questions inside a turn: answered by voice, in writing, by silence, or never mind. On a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from assistant.clock import run_virtual
from assistant.events import (
    Answered,
    PlaybackFinished,
    PlaybackStarted,
    QuestionAsked,
    TurnStarted,
)
from assistant.testing.fake_room import room, spoken
from assistant.turns.questions import QUESTION_SECONDS, TIMES, TYPED_SECONDS


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_a_risky_order_is_not_begun_early_and_needs_a_yes() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova unlock the door"), (7.0, 7.4, "yes"))
        async with room(parts) as at:
            await at.play(4.1)
            assert not parts.skills.orders, "it waits the full time"
            await at.play(12.0)
            assert at.last(QuestionAsked).text == "Unlock the door?" and not parts.skills.locked
            assert at.completed == ["Unlocked."]

    run(main)


@pytest.mark.parametrize(
    ("reply", "done"),
    [
        ("the first one", ["bedroom"]), ("the second", ["kitchen"]),
        ("turn on the light in the living room", ["living room"]), ("no", []),
    ],
)
def test_of_two_likely_meanings_the_speaker_chooses(reply: str, done: list[str]) -> None:
    async def main() -> None:
        heard = "hey nova turn on the light in the bedroom | turn on the light in the kitchen"
        parts = spoken((1.0, 3.0, heard), (10.0, 11.0, reply))
        async with room(parts) as at:
            await at.play(16.0)
            question = at.last(QuestionAsked).text
            assert question == "Did you mean: turn on the light in the bedroom, or: turn on the light in the kitchen?"
            assert [order.slots["area"] for order in parts.skills.orders] == done

    run(main)


def test_silence_is_a_no_after_the_question_was_asked_again() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova unlock the door"))
        async with room(parts) as at:
            await at.play(4.2 + TIMES * (QUESTION_SECONDS + 1.5) + 3.0)
            assert len(at.all(QuestionAsked)) == TIMES and parts.skills.locked
            assert at.last(Answered).outcome == "refused"

    run(main)


@pytest.mark.parametrize(
    ("reply", "colour"), [("red", "red"), ("never mind", "")], ids=["one of the answers", "never mind"]
)
def test_a_question_is_answered_by_voice(reply: str, colour: str) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova paint the wall"), (6.0, 6.6, reply))
        async with room(parts) as at:
            await at.play(11.0)
            assert parts.skills.colour == colour and len(at.all(QuestionAsked)) == 1
            assert at.last(QuestionAsked).expects == "choice"

    run(main)


@pytest.mark.parametrize(
    ("reply", "outcome"), [("yes", ["Unlocked."]), ("no", ["It stays locked."]), ("stop", [])],
)
def test_who_does_not_wait_for_the_end_of_a_question_is_heard(reply: str, outcome: list[str]) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova unlock the door"))
        async with room(parts) as at:
            await at.play(6.0)
            began = asyncio.get_running_loop().time() - at.now
            asked = next(start.at for start in at.all(PlaybackStarted) if start.what == "question") - began
        said = asked + 0.2
        parts = spoken((1.0, 3.0, "hey nova unlock the door"), (said, said + 0.4, reply))
        async with room(parts) as at:
            await at.play(12.0)
            question = next(end for end in at.all(PlaybackFinished) if end.what == "question")
            assert not question.completed and len(at.all(QuestionAsked)) == 1
            assert at.completed == outcome and parts.skills.locked is (reply != "yes")

    run(main)


def test_a_question_in_writing_expires() -> None:
    async def main() -> None:
        parts = spoken()
        async with room(parts, silent=True) as at:
            asking = at.type("unlock the door")
            await at.play(TYPED_SECONDS + 1.0)
            assert asking.result() == "Unlock the door?" and at.last(Answered).outcome == "refused"
            late = at.type("yes")
            await at.play(TYPED_SECONDS + 3.0)
            assert late.done() and parts.skills.locked

    run(main)


def test_another_order_in_writing_is_no_answer() -> None:
    async def main() -> None:
        parts = spoken()
        async with room(parts, silent=True) as at:
            at.type("unlock the door")
            await at.play(1.0)
            other = at.type("turn on the light")
            await at.play(3.0)
            assert other.result() == "The living room light is on." and parts.skills.locked
            late = at.type("yes")
            await at.play(5.0)
            assert late.done() and parts.skills.locked
            assert parts.skills.unlocking.done() and len(at.all(QuestionAsked)) == 1

    run(main)


@pytest.mark.parametrize("when", [3.8, 6.0], ids=["while it is asked", "while it listens"])
def test_a_spoken_question_may_be_answered_in_writing(when: float) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova paint the wall"))
        async with room(parts) as at:
            await at.play(when)
            typing = at.type("blue")
            await at.play(when + 0.2)
            assert parts.skills.colour == "blue" and typing.done()
            await at.play(when + 3.0)
            assert at.completed == ["Painted it blue."] and len(at.all(TurnStarted)) == 1

    run(main)


def test_a_source_without_a_loudspeaker_is_asked_in_writing() -> None:
    async def main() -> None:
        parts = spoken()
        async with room(parts, silent=True) as at:
            order = at.type("paint the wall")
            await at.play(0.1)
            assert order.result() == "In which colour?" and at.session.in_turn
            at.type("never heard of it")
            await at.play(0.2)
            assert len(at.all(QuestionAsked)) == 2
            at.type("red")
            await at.play(0.3)
            assert parts.skills.colour == "red" and at.ended == [("done", "")] and not parts.voice.said

    run(main)
