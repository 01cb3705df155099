"""Wake phrases that do different things: silence, somebody's own, one skill's."""

from __future__ import annotations

from assistant.clock import run_virtual
from assistant.dialogue.chain import Chain
from assistant.events import TurnStarted, Understood, WakeHeard, WakeScored
from assistant.grammar.base import Match, View
from assistant.skills import builtin
from assistant.testing.fake_room import FakeRoom, room, spoken
from assistant.testing.fake_services import SKILL, TALE, FakeParts, Phrase
from assistant.wake.calls import Call, Calls


def called(parts: FakeParts, *calls: Call) -> FakeParts:
    parts.calls = Calls([Call("hey nova"), *calls])
    return parts


async def order(at: FakeRoom) -> None:
    await at.play(6.0)


def test_a_phrase_for_silence_ends_the_answer_and_opens_no_turn() -> None:
    async def main() -> None:
        parts = called(spoken((1.0, 2.5, "hey nova tell me a tale"), (4.5, 5.2, "")), Call("be silent", "stop"))
        parts.phrases.script = [*parts.phrases.script, Phrase(4.5, 5.1, "be silent")]
        async with room(parts) as at:
            await at.play(9.0)
            assert [heard.phrase for heard in at.all(WakeHeard)] == ["hey nova", "be silent"]
            assert at.ended == [("cancelled", "stopped")] and TALE not in at.completed
            assert not at.loud(6.0, 9.0) and len(at.all(TurnStarted)) == 1

    run_virtual(main())


def test_a_phrase_for_silence_within_an_order_is_a_word_of_it() -> None:
    async def main() -> None:
        parts = called(spoken((1.0, 4.0, "hey nova turn on the light")), Call("stop", "stop"))
        parts.phrases.script = [*parts.phrases.script, Phrase(1.6, 2.0, "stop")]
        async with room(parts) as at:
            await at.play(8.0)
            assert at.completed == ["The living room light is on."]

    run_virtual(main())


def test_a_phrase_for_silence_where_nothing_is_said_does_nothing() -> None:
    async def main() -> None:
        parts = called(spoken((1.0, 1.6, "")), Call("be silent", "stop"))
        parts.phrases.script = [Phrase(1.0, 1.5, "be silent")]
        async with room(parts) as at:
            await at.play(5.0)
            assert len(at.all(WakeHeard)) == 1 and not at.all(TurnStarted) and not at.loud(0.0, 5.0)

    run_virtual(main())


def test_skills_are_told_whose_phrase_it_was_and_no_order_after_it_is() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"), (5.0, 7.0, "turn off the light"))
        parts.calls = Calls([Call("hey nova", person="anna")])
        async with room(parts) as at:
            await at.play(10.0)
            assert [one.person for one in parts.skills.orders] == ["anna", ""]

    run_virtual(main())


def test_a_phrase_that_is_not_used_any_more_is_not_heard() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            await at.play(0.5)
            parts.calls.take(Calls([Call("computer")]))
            parts.phrases.script = [Phrase(1.0, 1.5, "hey nova"), Phrase(1.0, 1.5, "computer")]
            await at.play(6.0)
            assert [heard.phrase for heard in at.all(WakeHeard)] == ["computer"]

    run_virtual(main())


def shared(reading: str, heard: str, view: View) -> Match | None:
    """A sentence of two skills: the other one's unless only ours may be meant."""
    ours = view.skills is not None and SKILL in view.skills
    return Match(SKILL if ours else "other", "TurnOn", {}, reading) if reading == "turn on the light" else None


def test_an_order_is_first_looked_for_with_the_skill_that_the_phrase_is_for() -> None:
    async def main() -> None:
        for skill, meant in (("", "other"), (SKILL, SKILL)):
            parts = spoken((1.0, 3.0, "hey nova turn on the light"))
            parts.calls = Calls([Call("hey nova", skill=skill)])
            async with room(parts) as at:
                at.session.services.chain = Chain([("grammar", shared)])
                await order(at)
                assert at.last(Understood).skill == meant

    run_virtual(main())


def test_other_orders_are_understood_after_a_phrase_for_one_skill() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        parts.calls = Calls([Call("hey nova", skill=builtin.SKILL)])
        async with room(parts) as at:
            await order(at)
            assert at.completed == ["The living room light is on."]

    run_virtual(main())


def test_scores_are_told_while_somebody_watches_under_the_phrase_as_it_is_set() -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.6, ""), (3.0, 3.6, ""))
        parts.calls = Calls([Call("hey nova")], (), {"hey nova": ["hey noah"]})
        parts.phrases.script = [Phrase(at, at + 0.5, "hey noah", -9.0, -6.0) for at in (1.0, 3.0)]
        async with room(parts) as at:
            await at.play(2.5)
            assert not at.all(WakeScored)
            parts.calls.watchers += 1
            await at.play(5.0)
            assert {(one.phrase, one.score, one.threshold) for one in at.all(WakeScored)} == {("hey nova", -9.0, -6.0)}
            assert not at.all(WakeHeard)

    run_virtual(main())
