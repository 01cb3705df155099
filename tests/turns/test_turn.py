"""Whole turns of a whole session on a virtual clock: recogniser, voice, phrases and skills are scripted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from assistant.asr.base import Lease
from assistant.audio.lane import Wake
from assistant.clock import run_virtual, settle
from assistant.dialogue import phrases
from assistant.dialogue.chain import Found, LateLink
from assistant.errors import WorkerLost
from assistant.events import (
    Answered,
    ComponentFailed,
    FinalHeard,
    NotUnderstood,
    PlaybackStarted,
    QuestionAsked,
    StageTimed,
    TurnEnded,
    TurnReopened,
    TurnStarted,
    TurnStateChanged,
    Understood,
    WakeHeard,
)
from assistant.grammar.base import Match, View
from assistant.testing.fake_ears import FakeRecognizer
from assistant.testing.fake_room import room, spoken
from assistant.testing.fake_services import TALE, FakeParts, Phrase
from assistant.turns.views import OVER_ANSWER
from assistant.wake.base import WakeHit


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def leases_closed(parts: FakeParts) -> bool:
    assert isinstance(parts.recognizer, FakeRecognizer)
    return all(lease.closed for lease in parts.recognizer.leases)


@pytest.mark.parametrize(("score", "heard"), [(-5.0, 1), (0.5, 2)], ids=["sounds like it", "said again"])
def test_a_wake_phrase_within_an_order_counts_if_it_is_as_sure(score: float, heard: int) -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.5, "hey nova"), (2.0, 2.5, "hey nova"), (2.6, 4.0, "turn on the light"))
        parts.phrases.script = [Phrase(1.0, 1.5, "hey nova"), Phrase(2.0, 2.5, "hey nova", score)]
        async with room(parts) as at:
            await at.play(8.0)
            assert len(at.all(WakeHeard)) == len(at.all(TurnStarted)) == heard

    run(main)


def test_an_order_is_understood_done_and_answered() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        async with room(parts) as at:
            await at.play(7.0)
            assert parts.skills.log == ["living room on"]
            assert at.last(WakeHeard).end == 24_000 and at.last(FinalHeard).end == 48_000
            understood = at.last(Understood)
            assert (understood.skill, understood.intent, understood.provisional) == ("fake", "TurnOn", False)
            assert at.completed == ["The living room light is on."] == [answer.text for answer in at.all(Answered)]
            assert [change.state for change in at.all(TurnStateChanged)] == [
                "listening", "thinking", "speaking", "follow_up"
            ]
            assert at.ended == [("done", "")] and at.last(TurnStarted).reason == "wake"
            assert len({event.turn for event in at.events if event.turn}) == 1
            stages = {event.stage: event.seconds for event in at.all(StageTimed)}
            assert list(stages) == ["endpoint", "decode", "understand", "act", "first_sound"]
            assert stages["act"] == pytest.approx(parts.skills.seconds, abs=0.03) and stages["first_sound"] < 0.1
            assert at.all(PlaybackStarted)[0].at - 1000 < 3.0 + 0.2 + parts.skills.seconds + 0.1, "answered late"
            assert at.session.conversation.intent == "fake.TurnOn" and not at.loud(0, 3.2)
        assert leases_closed(parts)

    run(main)


def test_the_order_is_for_the_room_of_the_source_unless_it_names_another() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light in the kitchen"))
        async with room(parts) as at:
            await at.play(6.0)
        assert parts.skills.log == ["kitchen on"] and parts.skills.orders[0].area == "living room"

    run(main)


@pytest.mark.parametrize("confidence", [0.1, 0.45], ids=["no sentence", "doubtful"])
def test_several_orders_in_one_sentence_are_done_one_after_the_other(confidence: float) -> None:
    async def main() -> None:
        words = "hey nova turn on the light in the kitchen and unlock the door"
        parts = spoken((1.0, 4.0, words, confidence), (9.0, 9.5, "no"))
        async with room(parts) as at:
            await at.play(14.0)
            assert parts.skills.log == ["kitchen on"] and parts.skills.locked
            assert [event.intent for event in at.all(Understood)] == ["TurnOn", "Unlock"]
            assert [event.text for event in at.all(QuestionAsked)] == ["Unlock the door?"]
            (answer,) = at.all(Answered)
            assert answer.text == "The kitchen light is on. It stays locked."
            assert answer.outcome == "refused", "what went least well"
            assert at.session.conversation.devices == ["kitchen"]

    run(main)


def test_what_is_surely_one_order_is_not_taken_apart() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"))
        async with room(parts) as at:
            await at.play(6.0)
            assert [event.intent for event in at.all(Understood)] == ["Tale"]

    run(main)


@pytest.mark.parametrize(
    ("reply", "outcome", "log"), [("yes", "done", ["living room on"]), ("no", "cancelled", [])]
)
def test_a_doubtful_order_is_asked_back(reply: str, outcome: str, log: list[str]) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light", 0.45), (8.0, 8.5, reply))
        async with room(parts) as at:
            await at.play(13.0)
            question = at.last(QuestionAsked)
            assert (question.text, question.expects) == (phrases.did_you_mean("turn on the light"), "yes_no")
            assert parts.skills.log == log and at.last(Answered).outcome == outcome
            assert len(at.all(QuestionAsked)) == 1 and len(at.all(TurnStarted)) == 1
            assert at.all(PlaybackStarted)[0].what == "question"
        assert leases_closed(parts)

    run(main)


def test_two_refusals_in_a_row_say_what_can_be_said() -> None:
    async def main() -> None:
        words = "make me a sandwich"
        parts = spoken((1.0, 3.0, f"hey nova {words}", 0.1), (20.0, 22.0, f"hey nova {words}", 0.1))
        async with room(parts) as at:
            await at.play(35.0)
            first, second = (answer.text for answer in at.all(Answered))
            assert words in first and "You can say" not in first and "tell me a tale" in second
            assert [event.text for event in at.all(NotUnderstood)] == [words, words]
            assert not parts.skills.orders and at.ended == [("not_understood", "")] * 2

    run(main)


def test_words_that_fit_only_as_open_speech_are_understood_all_the_same() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light", 0.1))
        async with room(parts) as at:
            await at.play(7.0)
            assert parts.skills.log == ["living room on"] and at.ended == [("done", "")]
            assert (at.last(FinalHeard).text, at.last(FinalHeard).confidence) == ("turn on the light", 0.0)

    run(main)


@pytest.mark.parametrize(("reply", "outcome", "log"), [("yes", "done", ["living room on"]), ("no", "cancelled", [])])
def test_open_speech_that_was_hardly_made_out_is_asked_about(reply: str, outcome: str, log: list[str]) -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light", 0.1), (8.0, 8.5, reply), made_out=0.4)
        async with room(parts) as at:
            await at.play(13.0)
            assert [one.text for one in at.all(QuestionAsked)] == [phrases.did_you_mean("turn on the light")]
            assert parts.skills.log == log and at.last(Answered).outcome == outcome

    run(main)


@pytest.mark.parametrize(("sure", "reply", "outcome", "log"), [
    (True, "", "done", ["living room on"]),
    (False, "yes", "done", ["living room on"]),
    (False, "no", "cancelled", []),
])
def test_a_guess_is_done_if_it_is_sure_and_asked_if_not(sure: bool, reply: str, outcome: str, log: list[str]) -> None:
    async def guess(words: str, view: View) -> Found | None:
        assert words == "make me a sandwich" and view.area == "living room"
        return Found(Match("fake", "TurnOn", {}, "turn on the light"), "guesser", sure, 0.8)

    async def main() -> None:
        answers = [(8.0, 8.5, reply)] if reply else []
        parts = spoken((1.0, 3.0, "hey nova make me a sandwich", 0.1), *answers)
        parts.late = [LateLink("guesser", guess, 0.5)]
        async with room(parts) as at:
            await at.play(13.0)
            assert parts.skills.log == log and at.last(Answered).outcome == outcome
            asked = [one.text for one in at.all(QuestionAsked)]
            assert asked == [phrases.did_you_mean("turn on the light")] * (not sure)
            assert [one.confidence for one in at.all(Understood)] == [0.8] * len(log)
            assert "guess" in {one.stage for one in at.all(StageTimed)}

    run(main)


def test_what_nobody_guesses_is_refused() -> None:
    async def guess(words: str, view: View) -> Found | None:
        return None

    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova make me a sandwich", 0.1))
        parts.late = [LateLink("guesser", guess, 0.5)]
        async with room(parts) as at:
            await at.play(9.0)
            assert at.ended == [("not_understood", "")] and not parts.skills.orders

    run(main)


def test_a_wake_phrase_without_an_order_chimes_waits_and_says_so() -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.5, "hey nova"))
        async with room(parts) as at:
            await at.play(9.0)
            assert at.all(PlaybackStarted)[0].what == "chime" and at.loud(1.5, 2.2)
            assert at.completed == [phrases.NO_SPEECH] and at.ended == [("failed", "no_speech")]
            wait = at.last(Answered).at - 1000 - 1.5
            assert wait == pytest.approx(parts.config.no_speech_seconds, abs=0.3)

    run(main)


def test_speech_that_never_ends_is_answered() -> None:
    async def main() -> None:
        parts = spoken((1.0, 60.0, "hey nova and so on", 0.0))
        async with room(parts) as at:
            await at.play(33.0)
            assert at.last(Answered).text == phrases.TOO_LONG and not parts.skills.orders

    run(main)


def test_a_recogniser_that_is_down_is_told() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))

        class Down(FakeRecognizer):
            async def open(self, view: View | None, prefix: str = "") -> Lease:
                raise WorkerLost("is being restarted", where="worker recogniser")

        parts.recognizer = Down()
        async with room(parts) as at:
            await at.play(8.0)
            assert at.completed == [phrases.RECOGNISER_LOST] and at.ended == [("failed", "recogniser")]
            assert not at.session.in_turn

    run(main)


# --- the speaker goes on


GOES_ON = (1.0, 3.0, "hey nova turn on the light ...")


@pytest.mark.parametrize("act", [0.15, 1.0, 3.0], ids=["while it answers", "while it acts", "long before it has acted"])
def test_an_order_that_goes_on_is_carried_out_whole_and_answered_once(act: float) -> None:
    async def main() -> None:
        parts = spoken(GOES_ON, (3.6, 4.4, "in the bedroom"))
        parts.skills.seconds = act
        async with room(parts) as at:
            await at.play(20.0)
            assert parts.skills.lamps == {"living room": False, "bedroom": True, "kitchen": False}
            assert [understood.provisional for understood in at.all(Understood)] == [True, False]
            assert at.last(TurnReopened).text == "turn on the light in the bedroom"
            assert at.completed == ["The bedroom light is on."]
            assert len(at.all(TurnStarted)) == 1 and at.ended == [("done", "")]
        assert isinstance(parts.recognizer, FakeRecognizer) and leases_closed(parts)
        over = [lease for lease in parts.recognizer.leases if lease.view and lease.view.scopes == OVER_ANSWER.scopes]
        assert len(over) == 1, "nobody talked over the second answer"

    run(main)


def test_what_the_longer_order_asks_for_again_is_neither_done_twice_nor_undone() -> None:
    async def main() -> None:
        parts = spoken(GOES_ON, (3.6, 4.4, "in the living room"))
        async with room(parts) as at:
            await at.play(12.0)
            assert at.all(TurnReopened) and parts.skills.log == ["living room on"]
            assert at.completed == ["The living room light is on."]

    run(main)


def test_one_who_does_not_go_on_is_answered_without_waiting() -> None:
    async def main() -> None:
        parts = spoken(GOES_ON)
        async with room(parts) as at:
            await at.play(8.0)
            assert at.all(PlaybackStarted)[0].at - 1000 < 3.6 and not at.all(TurnReopened)
            assert at.completed == ["The living room light is on."]

    run(main)


def test_a_cough_after_a_provisional_end_keeps_the_answer() -> None:
    async def main() -> None:
        parts = spoken(GOES_ON)
        parts.speech = [*parts.speech, (3.6, 3.9)]
        async with room(parts) as at:
            await at.play(12.0)
            assert not at.all(TurnReopened) and parts.skills.log == ["living room on"]
            assert at.completed == ["The living room light is on."] and at.ended == [("done", "")]

    run(main)


# --- typed orders


def test_a_name_that_nothing_here_has_is_told_so() -> None:
    async def main() -> None:
        async with room(spoken(), silent=True) as at:
            for text, told in (("turn on the garage light", "There is nothing called garage light here."),
                               ("turn on the kitchen", "I can't do that.")):
                typed = at.type(text)
                await at.play(at.now + 1.0)
                assert (await typed).startswith(f"I heard “{text}”. {told}")

    run(main)


def test_a_typed_order_is_carried_out_and_its_answer_returned() -> None:
    async def main() -> None:
        parts = spoken()
        async with room(parts) as at:
            order = at.type("turn on the light in the bedroom")
            await at.play(3.0)
            assert order.result() == "The bedroom light is on." and parts.skills.lamps["bedroom"]
            assert at.completed == ["The bedroom light is on."] and not at.session.in_turn
            nonsense = at.type("make me a sandwich")
            await at.play(3.1)
            assert "make me a sandwich" in nonsense.result()

    run(main)


# --- interruptions


def test_stop_silences_ends_the_turn_and_opens_no_window() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"))
        async with room(parts) as at:
            await at.play(5.0)
            at.session.stop()
            await at.play(6.0)
            assert not at.loud(5.04, 6.0) and at.ended == [("cancelled", "stopped")] and not at.completed
            conversation = at.session.conversation
            assert 0 < len(conversation.unheard) < len(conversation.answer)
            assert conversation.answer.endswith(conversation.unheard)
            assert at.last(TurnStateChanged).state != "follow_up"

    run(main)


def test_an_order_over_the_answer_takes_its_place() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"), (5.0, 6.5, "turn on the light"))
        async with room(parts) as at:
            await at.play(10.0)
            assert [start.reason for start in at.all(TurnStarted)] == ["wake", "barge_in"]
            assert at.ended == [("cancelled", "replaced"), ("done", "")]
            assert parts.skills.log == ["living room on"] and at.completed == ["The living room light is on."]
            assert not at.loud(5.3, 6.7)
        assert leases_closed(parts)

    run(main)


def test_the_wake_phrase_over_the_answer_opens_the_next_turn() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"), (5.0, 7.0, "hey nova turn off the light"))
        async with room(parts) as at:
            await at.play(11.0)
            assert [start.reason for start in at.all(TurnStarted)] == ["wake", "wake"]
            assert at.completed == ["The living room light is off."]

    run(main)


def test_the_wake_phrase_said_again_while_it_listens_loses_nothing() -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.5, "hey nova"), (2.5, 4.5, "hey nova turn on the light"))
        async with room(parts) as at:
            await at.play(8.0)
            assert parts.skills.log == ["living room on"] and at.completed == ["The living room light is on."]

    run(main)


def test_one_phrase_that_two_detectors_hear_opens_one_turn() -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.5, "hey nova"), (2.2, 4.0, "turn on the light"))
        async with room(parts) as at:
            await at.play(1.9)
            assert at.session.in_turn
            at.session._from_lane(Wake(WakeHit("hey nova", 16_200, 24_100, 1.0)))
            await at.play(7.0)
            assert len(at.all(TurnStarted)) == 1 and parts.skills.log == ["living room on"]

    run(main)


def test_a_microphone_switched_off_while_it_listens_ends_the_turn() -> None:
    async def main() -> None:
        parts = spoken((1.0, 1.5, "hey nova"), (60.0, 62.0, "turn on the light"))
        async with room(parts) as at:
            await at.play(3.0)
            assert at.session.in_turn
            at.session.mute(True)
            await at.play(50.0)
            assert not at.session.in_turn and at.ended == [("cancelled", "stopped")]
            at.session.mute(False)
            await at.play(65.0)
            assert not parts.skills.orders, "what is said later is for somebody else"

    run(main)


def test_a_microphone_switched_off_during_an_answer_lets_it_be_heard() -> None:
    async def main() -> None:
        parts = spoken((1.0, 3.0, "hey nova tell me a tale"))
        async with room(parts) as at:
            await at.play(4.0)
            at.session.mute(True)
            await at.play(20.0)
            assert at.completed == [TALE] and at.last(TurnStateChanged).state == "idle"

    run(main)


def test_push_to_talk_needs_no_wake_phrase() -> None:
    async def main() -> None:
        parts = spoken((1.0, 2.5, "turn on the light"))
        async with room(parts) as at:
            await at.play(0.8)
            at.session.push_to_talk()
            await at.play(6.0)
            assert at.last(TurnStarted).reason == "push" and at.completed == ["The living room light is on."]
            assert all(start.what != "chime" for start in at.all(PlaybackStarted))

    run(main)


def test_push_to_talk_hears_what_is_said_from_then_on() -> None:
    async def main() -> None:
        parts = spoken((2.0, 3.5, "turn off the light"), (21.0, 22.5, "turn on the light"))
        async with room(parts) as at:
            await at.play(20.0)
            at.session.push_to_talk()
            await at.play(20.5)
            assert at.last(TurnStateChanged).state == "listening", "the silence before is not waiting"
            await at.play(26.0)
            assert at.completed == ["The living room light is on."]

    run(main)


# --- skills that fail


def test_a_lost_skill_is_told_and_a_fault_ends_one_turn_only() -> None:
    async def main() -> None:
        parts = spoken(
            (1.0, 3.0, "hey nova lose the skill"), (14.0, 16.0, "hey nova break the skill"),
            (28.0, 30.0, "hey nova turn on the light"),
        )
        async with room(parts) as at:
            await at.play(12.0)
            assert at.completed == [phrases.SKILL_LOST] and at.ended == [("failed", "")]
            await at.play(20.0)
            failure = at.last(ComponentFailed)
            assert "a fault" in failure.error and failure.turn == at.last(TurnEnded).turn != ""
            await at.play(35.0)
            assert at.completed[-1] == "The living room light is on."
        assert leases_closed(parts)

    run(main)


def test_closing_a_session_in_a_turn_tells_its_end_and_who_waits() -> None:
    async def main() -> None:
        parts = spoken()
        async with room(parts) as at:
            tale = at.type("tell me a tale")
            next_one = at.begin(at.session.announce("Your tea timer is done.", ring=300.0))
            await at.play(1.0)
            assert tale.result() == TALE and at.session.in_turn
            await at.session.close("the tab was closed")
            await settle()
            assert at.last(TurnEnded).turn == at.last(TurnStarted).turn and next_one.result() is False
            assert not at.session.pull().pcm[80:].any()

    run(main)
