"""The self-test's judgement: what counts as understood, and what as nothing."""

from __future__ import annotations

from assistant.doctor import State
from assistant.doctor.selftest import _nothing, _told_apart, _understood
from assistant.events import Event, TurnStarted, Understood, WakeHeard

WAKE = WakeHeard(phrase="hey nova", sample=0, end=1, score=0.0)
LIGHT = Understood(skill="home", intent="TurnOn", slots={"name": "lamp"})
MEANT = ("home", "TurnOn", "[('name', 'lamp')]")


def test_only_the_right_meaning_is_understood() -> None:
    other: list[Event] = [WAKE, Understood(skill="home", intent="TurnOn", slots={"name": "fan"})]
    assert _understood("x", MEANT, [WAKE, LIGHT]).state is State.GOOD
    assert _understood("x", MEANT, other).state is State.BAD
    assert _understood("x", MEANT, [WAKE]).state is State.BAD
    assert "wake phrase" in _understood("x", MEANT, []).text


def test_a_test_that_cannot_tell_sentences_apart_fails() -> None:
    assert _told_apart("x", same=True).state is State.BAD
    assert _told_apart("x", same=False).state is State.GOOD


def test_silence_must_cause_nothing() -> None:
    assert _nothing("silence", []).state is State.GOOD
    assert _nothing("silence", [WAKE]).state is State.BAD
    assert _nothing("silence", [TurnStarted(reason="wake")]).state is State.BAD
