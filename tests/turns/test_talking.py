"""Free answers in whole turns: spoken as they come, interrupted at once, asked only for what nobody else understood."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from assistant.clock import run_virtual
from assistant.dialogue.chain import Floor, Replied
from assistant.events import Answered, NotUnderstood, PlaybackStarted, QuestionAsked, StageTimed, TurnStateChanged
from assistant.grammar.base import Match
from assistant.skills.messages import Answer
from assistant.testing.fake_room import room, spoken
from assistant.testing.fake_services import FakeParts

UNLOCK = Match("fake", "Unlock", {}, "unlock the door")


class Talker:
    """Says two sentences, the second after a while; gives orders in between."""

    def __init__(self, *orders: Match, seconds: float = 3.0) -> None:
        self.heard: list[str] = []
        self.exchanges: list[list[tuple[str, str]]] = []
        self.answers: list[Answer] = []
        self.cancelled = False
        self._orders = orders
        self._seconds = seconds

    async def answer(self, words: str, floor: Floor) -> Replied:
        self.heard.append(words)
        self.exchanges.append(list(floor.exchanges))
        try:
            floor.say("Let me think about it.")
            if self._orders:
                floor.pause()
            for match in self._orders:
                self.answers.append(await floor.order(match))
            await asyncio.sleep(self._seconds)
            floor.say("It is forty two.")
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return Replied("Let me think about it. It is forty two.", "info")


class Sender:
    """Does what cannot be taken back."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def answer(self, words: str, floor: Floor) -> Replied:
        await floor.final()
        self.sent.append(words)
        floor.say("It is sent.")
        return Replied("It is sent.", "done")


def asked(talker: Talker, *more: tuple[float, float, str], words: str = "what is the answer") -> FakeParts:
    parts = spoken((1.0, 3.0, f"hey nova {words}", 0.1), *more)
    parts.talker = talker
    return parts


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_the_first_sentence_is_heard_while_the_rest_is_written() -> None:
    async def main() -> None:
        talker = Talker()
        async with room(asked(talker)) as at:
            await at.play(5.5)
            assert talker.heard == ["what is the answer"] and not at.all(Answered)
            started = at.last(PlaybackStarted)
            assert (started.what, started.text) == ("answer", "Let me think about it.") and at.loud(3.0, 5.0)
            await at.play(12.0)
            assert at.completed == ["Let me think about it. It is forty two."]
            answered = at.last(Answered)
            assert (answered.text, answered.outcome) == (at.completed[0], "info")
            assert at.ended[0] == ("info", "") and not at.all(NotUnderstood)
            assert "talk" in {event.stage for event in at.all(StageTimed)}

    run(main)


def test_what_a_sentence_fits_is_never_asked_of_it() -> None:
    async def main() -> None:
        talker = Talker()
        parts = spoken((1.0, 3.0, "hey nova turn on the light"))
        parts.talker = talker
        async with room(parts) as at:
            await at.play(7.0)
            assert not talker.heard and at.completed == ["The living room light is on."]

    run(main)


def test_what_cannot_be_taken_back_waits_until_the_speaker_cannot_go_on() -> None:
    async def main() -> None:
        sender = Sender()
        parts = spoken((1.0, 3.0, "hey nova send the mail..."))
        parts.talker = sender
        async with room(parts) as at:
            await at.play(4.1)
            assert at.all(TurnStateChanged)[-1].state == "thinking" and sender.sent == []
            await at.play(4.5)
            assert sender.sent == ["send the mail"]

    run(main)


def test_what_cannot_be_taken_back_is_done_once_where_the_speaker_goes_on() -> None:
    async def main() -> None:
        sender = Sender()
        parts = spoken((1.0, 3.0, "hey nova send the mail..."), (3.6, 4.6, "to my mother"))
        parts.talker = sender
        async with room(parts) as at:
            await at.play(9.0)
            assert sender.sent == ["send the mail to my mother"] and at.completed == ["It is sent."]

    run(main)


def test_a_microphone_that_is_pulled_out_keeps_nobody_waiting() -> None:
    async def main() -> None:
        sender = Sender()
        parts = spoken((1.0, 3.0, "hey nova send the mail..."))
        parts.talker = sender
        async with room(parts) as at:
            await at.play(3.5)
            at.plugged = False
            await at.play(6.0)
            assert sender.sent == ["send the mail"]

    run(main)


def test_stop_ends_the_sound_and_the_request() -> None:
    async def main() -> None:
        talker = Talker(seconds=30.0)
        async with room(asked(talker)) as at:
            await at.play(4.5)
            at.session.stop()
            await at.play(5.0)
            assert talker.cancelled and at.ended == [("cancelled", "stopped")] and not at.loud(4.6, 5.0)

    run(main)


@pytest.mark.parametrize(("reply", "outcome"), [("yes", "done"), ("no", "refused")])
def test_its_orders_ask_the_questions_of_any_order(reply: str, outcome: str) -> None:
    async def main() -> None:
        talker = Talker(UNLOCK, seconds=0.5)
        async with room(asked(talker, (8.0, 8.5, reply), words="let my friend in")) as at:
            await at.play(15.0)
            assert [question.text for question in at.all(QuestionAsked)] == ["Unlock the door?"]
            assert [answer.outcome for answer in talker.answers] == [outcome]
            assert at.parts.skills.locked is (reply == "no")
            said = [(started.what, started.text) for started in at.all(PlaybackStarted)]
            assert said == [("answer", "Let me think about it."), ("question", "Unlock the door?"),
                            ("answer", "It is forty two.")]
            states = [change.state for change in at.all(TurnStateChanged)]
            assert states[1:5] == ["thinking", "speaking", "thinking", "speaking"]

    run(main)


def test_a_typed_question_gets_all_of_the_answer_and_the_next_one_knows_it() -> None:
    async def main() -> None:
        talker = Talker(seconds=0.1)
        parts = spoken()
        parts.talker = talker
        async with room(parts, silent=True) as at:
            first, again = at.type("what is the answer"), None
            await at.play(1.0)
            assert await first == "Let me think about it. It is forty two."
            order, again = at.type("turn on the light"), at.type("why is that")
            await at.play(3.0)
            assert await order and await again
            assert talker.exchanges == [[], [("what is the answer", "Let me think about it. It is forty two."),
                                             ("turn on the light", "The living room light is on.")]]

    run(main)
