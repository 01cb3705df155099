"""Who speaks in a turn: heard beside recognition, asked for more when that matters. On a virtual clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import pytest

from assistant.audio.frames import Pcm
from assistant.clock import run_virtual
from assistant.errors import SoundError, WorkerLost
from assistant.events import (
    Answered,
    PartialHeard,
    QuestionAnswered,
    QuestionAsked,
    RightDecided,
    SpeakerHeard,
    StepTaken,
    encode,
)
from assistant.people.change import Heard
from assistant.people.claims import Claims
from assistant.people.guard import Guard
from assistant.people.permissions import Permissions
from assistant.people.pin import Pin
from assistant.people.presence import MOST_SOURCES, Presence
from assistant.people.rules import Ask, Rules, Scope
from assistant.people.steps import NOT_SAID, NOT_THE_VOICE, StepUps
from assistant.people.voices import Voices
from assistant.skills.messages import Answer, HandleRequest
from assistant.store.store import Store
from assistant.store.turns import TurnRecord, Turns
from assistant.testing.fake_room import FakeRoom, room, spoken

RULES = Rules(
    allow=(Scope(who=("household",)), Scope(who=("guests",), intents=("TurnOn", "Again"))),
    ask=(Ask(intents=("Unlock",), steps=("phrase",)), Ask(intents=("Paint",), steps=("pin",))),
)
WANTED = "amber river castle lemon tiger"


class Known:
    """The voices of Anna and Ben; the test says whose each sound is, one after the other."""

    def __init__(self, *heard: dict[str, float] | Exception) -> None:
        self.people = {"Anna": (), "Ben": ("children",)}
        self.says = list(heard)
        self.spans: list[int] = []
        self.seconds = 0.02
        self.second = False
        self.checking = 0.0

    async def heard(self, pcm: Pcm) -> Heard:
        return Heard(await self.scores(pcm))

    async def checked(self, pcm: Pcm, heard: Heard) -> Heard:
        await asyncio.sleep(self.checking)
        return replace(heard, second=self.second)

    async def scores(self, pcm: Pcm) -> dict[str, float]:
        self.spans.append(len(pcm))
        await asyncio.sleep(self.seconds)
        found = self.says[min(len(self.spans), len(self.says)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


def guarded(at: FakeRoom, known: Known, store: Store | None = None) -> Presence:
    """Let a room know voices, and guard its orders."""
    services, voices, claims = at.session.services, cast(Voices, known), Claims()
    permissions = Permissions(RULES, lambda: known.people)
    presence = services.presence = Presence(voices, claims, permissions)
    guard = Guard(
        permissions, claims, StepUps(presence.scores, Pin(cast(Store, store)), lambda: known.people), at.bus.post
    )
    skills = at.parts.skills

    async def work(order: HandleRequest, effects: Any, asker: Any) -> Answer:
        if order.intent in ("Unlock", "Paint"):  # what was asked for before is enough here
            skills.orders.append(order)
            return Answer("Done.")
        return await skills.handle(order, effects, asker)

    services.handle = lambda order, effects, asker: guard.handle(work, order, effects, asker)
    return presence


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


@contextmanager
def drawn() -> Iterator[None]:
    """The phrase is the one that the script reads."""
    others = iter([WANTED] + [f"{WANTED.split()[number % 5]} velvet window {number}" for number in range(99)])
    with patch("assistant.people.steps.phrase", lambda: next(others).replace("0", "o").rstrip("123456789 ")):
        yield


@pytest.mark.parametrize(("heard", "person"), [
    ({"Anna": 6.0, "Ben": -3.0}, "Anna"), ({"Anna": 1.0, "Ben": -3.0}, ""), ({"Anna": -2.0, "Ben": -3.0}, ""),
    (SoundError("too short"), ""), (WorkerLost("died"), ""),
])
def test_the_person_is_on_the_order(heard: dict[str, float] | Exception, person: str) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            guarded(at, Known(heard))
            await at.play(8.0)
            assert [order.person for order in parts.skills.orders] == [person]
            told = at.last(SpeakerHeard)
            assert told.known is bool(person) and at.last(RightDecided).verdict == "allow"
            assert (told.person == "Anna") is isinstance(heard, dict)

    run(main)


def test_a_slow_embedder_makes_guests_and_not_waits() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            known = Known({"Anna": 9.0})
            known.seconds = 30.0
            guarded(at, known)
            await at.play(9.0)
            assert at.completed and [order.person for order in parts.skills.orders] == [""]

    run(main)


def test_who_goes_on_while_their_voice_is_still_being_heard_is_answered() -> None:
    """A cough after the order: hearing the span before it is given up while the order waits to know who speaks."""
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light ..."), (3.3, 3.38, ""))
        async with room(parts) as at:
            known = Known({"Anna": 9.0})
            known.seconds = 0.47
            guarded(at, known)
            await at.play(9.0)
            assert len(known.spans) > 1, "nothing came between"
            assert at.completed and [order.person for order in parts.skills.orders] == ["Anna"]

    run(main)


def test_nobody_known_and_nothing_is_heard_or_told() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            known = Known({})
            known.people = {}
            guarded(at, known)
            await at.play(8.0)
            assert at.completed and not known.spans
            assert not at.all(SpeakerHeard) and not at.all(RightDecided)

    run(main)


def test_it_is_heard_while_the_silence_is_still_being_waited_for() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            known = Known({"Anna": 9.0})
            guarded(at, known)
            await at.play(3.15)
            assert len(known.spans) == 1 and not parts.skills.orders, "begun before the order has ended"
            await at.play(8.0)
            assert len(known.spans) == 1, "the same sound is heard once"

    run(main)


def test_a_guest_is_refused_and_hears_it_kindly() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"))
        async with room(parts) as at:
            guarded(at, Known({"Anna": -4.0, "Ben": -5.0}))
            await at.play(9.0)
            assert not parts.skills.orders and at.last(Answered).outcome == "refused"
            assert "only people who live here" in at.last(Answered).text
            assert at.last(RightDecided).reason == "nothing allows it to guests"

    run(main)


def test_what_a_voice_said_before_counts_in_a_conversation_and_not_after_a_new_wake_word() -> None:
    async def main() -> None:
        parts = spoken(
            (1.0, 3.0, "hey nova turn on the light"), (7.0, 8.2, "turn off the light"),
            (30.0, 32.0, "hey nova turn off the light"),
        )
        async with room(parts) as at:
            guarded(at, Known({"Anna": 9.0}, SoundError("too short")))
            await at.play(38.0)
            assert [order.person for order in parts.skills.orders] == ["Anna", "Anna"]
            assert at.last(Answered).outcome == "refused", "whoever said the last one may be anybody"

    run(main)


@pytest.mark.parametrize(("second", "seconds"), [(WorkerLost("died"), 0.02), ({"Anna": 9.0}, 30.0)])
def test_who_is_not_heard_at_all_inherits_nothing_of_who_spoke_before(
    second: dict[str, float] | Exception, seconds: float
) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"), (7.0, 8.2, "turn on the light"))
        async with room(parts) as at:
            known = Known({"Anna": 9.0}, second)
            guarded(at, known)
            await at.play(6.0)
            known.seconds = seconds
            await at.play(13.0)
            assert [order.person for order in parts.skills.orders] == ["Anna", ""]

    run(main)


@pytest.mark.parametrize(("second", "doubtful"), [
    (SoundError("too short"), True), ({"Anna": 1.0}, True), ({"Anna": 3.0}, False),
])
def test_who_is_too_short_to_tell_is_in_doubt_whoever_spoke_before(
    second: dict[str, float] | Exception, doubtful: bool
) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"), (7.0, 8.2, "turn off the light"))
        async with room(parts) as at:
            presence = guarded(at, Known({"Anna": 9.0}, second))
            with patch.object(presence, "person", wraps=presence.person) as asked:
                await at.play(13.0)
            assert [claim.doubtful for (claim,), _ in asked.call_args_list] == [False, doubtful]
            assert [order.person for order in parts.skills.orders] == ["Anna", "Anna"], "what is harmless is done"

    run(main)


def test_who_is_not_checked_for_a_second_voice_in_time_is_in_doubt_and_no_guest() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"))
        async with room(parts) as at:
            known = Known({"Anna": 9.0})
            known.checking = 30.0
            presence = guarded(at, known)
            await at.play(9.0)
            assert [order.person for order in parts.skills.orders] == ["Anna"]
            assert not presence.keeps(at.last(SpeakerHeard).turn), "some of the sound may be a guest's"

    run(main)


@pytest.mark.parametrize("at_once", [False, True])
def test_an_embedder_that_cancels_itself_costs_no_more_than_one_that_died(
    at_once: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"), (12.0, 14.0, "hey nova turn off the light"))
        async with room(parts) as at:
            known = Known({"Anna": 9.0})
            presence = guarded(at, known)
            with patch.object(known if at_once else presence, "heard", side_effect=asyncio.CancelledError):
                await at.play(8.0)
            assert [order.person for order in parts.skills.orders] == [""]
            await at.play(20.0)
            assert [order.person for order in parts.skills.orders] == ["", "Anna"]

    run(main)
    assert ("cancelled by the speaker backend" in caplog.text) is at_once


async def test_who_does_not_wait_any_more_for_a_voice_is_not_held_up() -> None:
    known = Known({"Anna": 9.0})
    known.seconds = 0.4
    presence = Presence(cast(Voices, known), Claims(), Permissions(RULES, lambda: known.people))
    hearing = asyncio.create_task(presence.heard(np.ones(48_000, np.int16)))
    await asyncio.sleep(0.01)
    hearing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hearing


async def test_a_check_that_fails_is_none() -> None:
    class Dying(Known):
        async def checked(self, pcm: Pcm, heard: Heard) -> Heard:
            raise WorkerLost("died")

    known = Dying({"Anna": 9.0})
    presence = Presence(cast(Voices, known), Claims(), Permissions(RULES, lambda: known.people))
    heard = await presence.heard(np.ones(48_000, np.int16))
    assert heard.scores == {"Anna": 9.0} and heard.unchecked and not heard.missed
    claim = presence.spoke("room", "t", "wake", heard, 48_000)
    assert claim.known == "Anna" and claim.doubtful


async def test_of_sources_that_come_and_go_no_more_conversations_are_held_than_speak_at_once() -> None:
    known = Known({"Anna": 9.0})
    presence = Presence(cast(Voices, known), Claims(), Permissions(RULES, lambda: known.people))
    for number in range(3 * MOST_SOURCES):
        presence.spoke("kitchen", "t", "follow_up", Heard({"Anna": 9.0}), 48_000)
        presence.spoke(f"source {number}", "t", "wake", Heard({"Anna": 9.0}), 48_000)
    assert len(presence._conversations) == MOST_SOURCES
    assert presence.spoke("kitchen", "t", "follow_up", Heard(), 8_000).known == "Anna", "one that goes on is held"


def test_who_resembles_somebody_gains_nothing_by_coming_after_them() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"), (30.0, 32.0, "hey nova turn on the light"))
        async with room(parts) as at:
            guarded(at, Known({"Anna": 9.0}, {"Anna": 1.0}))
            await at.play(38.0)
            assert [order.person for order in parts.skills.orders] == ["Anna", ""]

    run(main)


@pytest.mark.parametrize("remote", [False, True])
def test_what_is_typed_elsewhere_is_no_members(remote: bool, tmp_path: Path) -> None:
    async def main() -> None:
        async with Store(tmp_path / "a.db") as store:
            await Pin(store).set("739154")
            parts = spoken((20.0, 22.0, "..."))
            async with room(parts, silent=True) as at:
                at.session.remote = remote
                guarded(at, Known({"Anna": 9.0}), store)
                at.type("tell me a tale")
                await _until(at, lambda: bool(at.all(QuestionAsked) or parts.skills.orders))
                assert bool(parts.skills.orders) is not remote
                assert [one.expects for one in at.all(QuestionAsked)] == (["secret"] if remote else [])

    run(main)


@pytest.mark.parametrize(("reading", "voice", "answer"), [
    ((10.5, 13.0, WANTED), {"Anna": 7.0}, "Done."),
    ((10.5, 13.0, WANTED), {"Anna": -4.0, "Ben": 5.0}, NOT_THE_VOICE),
    ((16.0, 18.5, WANTED), {"Anna": 7.0}, NOT_SAID),
    ((10.5, 13.0, "lemon castle river"), {"Anna": 7.0}, NOT_SAID),
    (None, {"Anna": 7.0}, NOT_SAID),
])
def test_a_phrase_is_read_in_time_by_the_same_voice(
    reading: tuple[float, float, str] | None, voice: dict[str, float], answer: str
) -> None:
    async def main() -> None:
        script = [(1.0, 3.0, "hey nova unlock the door"), *([reading] if reading is not None else [])]
        parts = spoken(*script)
        with drawn():
            async with room(parts) as at:
                guarded(at, Known({"Anna": 9.0}, voice))
                await at.play(24.0)
                assert at.last(Answered).text == answer
                assert at.last(StepTaken).passed is (answer == "Done.") is bool(parts.skills.orders)
                assert WANTED in at.all(QuestionAsked)[0].text

    run(main)


@pytest.mark.parametrize("typed_at", ["console", "page"])
def test_a_pin_is_in_no_event_log_or_record(typed_at: str, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)

    async def main() -> None:
        async with Store(tmp_path / "a.db") as store:
            await Pin(store).set("739154")
            silent = typed_at == "console"
            parts = spoken((20.0, 22.0, "seven three nine one five four"))
            async with room(parts, silent=silent) as at:
                presence = guarded(at, Known({"Anna": 9.0}), store)
                asking = at.type("paint the wall")
                await at.play(12.0)
                assert at.last(QuestionAsked).expects == "secret"
                before = len(at.all(PartialHeard))
                at.type("739154")
                await _until(at, lambda: bool(at.all(StepTaken)))
                assert at.last(StepTaken).passed and at.last(QuestionAnswered).text == ""
                turn = at.last(StepTaken).turn
                assert not presence.keeps(turn) and len(at.all(PartialHeard)) == before
                await at.play(at.now + 3.0)
                assert at.last(Answered).text == "Done." and asking.done()
                told = [encode(event) for event in at.events]
                await Turns(store).add(TurnRecord(turn, "room", 9e9, "done", trace={"events": told}))
                assert "739154" not in repr(told)

    run(main)
    assert "739154" not in caplog.text
    assert all(b"739154" not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(("answer", "done"), [("yes", True), ("no", False), (None, False)])
def test_a_second_voice_in_an_order_is_asked_about(answer: str | None, done: bool) -> None:
    async def main() -> None:
        script = [(1.0, 3.0, "hey nova turn on the light"), *([(7.5, 8.0, answer)] if answer else [])]
        parts = spoken(*script)
        async with room(parts) as at:
            known = Known({"Anna": -4.0})
            known.second = True
            guarded(at, known)
            await at.play(26.0)
            assert at.last(SpeakerHeard).second and "I heard two people" in at.last(QuestionAsked).text
            assert bool(parts.skills.orders) is done
            assert at.last(Answered).outcome == ("done" if done else "cancelled")

    run(main)


@pytest.mark.parametrize(("heard", "kept"), [
    ({"Anna": 9.0}, True), ({"Ben": 9.0}, False), ({"Anna": 1.0}, False), (SoundError("too short"), False),
])
def test_of_sounds_outside_of_turns_only_a_members_may_be_kept(
    heard: dict[str, float] | Exception, kept: bool
) -> None:
    async def main() -> None:
        async with room(spoken()) as at:
            known = Known(heard)
            presence = guarded(at, known)
            listening = at.begin(presence.keeps_sound(np.ones(16_000, np.int16)))
            await at.play(1.0)
            assert listening.result() is kept
            known.people = {}
            assert await presence.keeps_sound(np.ones(16_000, np.int16)), "where nobody is known nobody is a stranger"

    run(main)


async def _until(at: FakeRoom, done: Callable[[], bool]) -> None:
    """Wait for work that takes real time: a hash that is slow to guess."""
    for _ in range(500):
        if done():
            return
        await asyncio.to_thread(_moment)
        await at.play(at.now + 0.02)
    raise AssertionError("it did not come")


def _moment() -> None:
    import time

    time.sleep(0.01)


def test_only_a_members_sound_may_be_kept() -> None:
    async def main() -> None:
        kept = []
        for heard in ({"Anna": 9.0}, {"Ben": 9.0}, {"Anna": 1.0}, {"Anna": -5.0}):
            parts = spoken((1.0, 3.0, "hey nova turn on the light"))
            async with room(parts) as at:
                presence = guarded(at, Known(heard))
                await at.play(8.0)
                kept.append(presence.keeps(at.last(SpeakerHeard).turn))
        assert kept == [True, False, False, False]

    run(main)
