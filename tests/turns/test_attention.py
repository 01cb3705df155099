"""What may interrupt an answer: paused at once, then judged. On a virtual clock, with a scripted recogniser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import pytest

from assistant.audio.frames import FRAME_SECONDS, SAMPLE_RATE
from assistant.audio.playback import Playback
from assistant.clock import run_virtual, settle, virtual_loop
from assistant.grammar.base import View
from assistant.testing.fake_ears import FakeRecognizer, Said, Scene
from assistant.testing.fake_services import WORD_SECONDS, FakeVoice
from assistant.turns.attention import JUDGE_WITHIN, Attention, Interruption, Longer, Replaced, Stopped
from assistant.turns.bargein import BargeIn, BargeInConfig
from assistant.turns.endpoint import EndpointConfig
from assistant.turns.listener import Listener, ListenRequest, Utterance
from assistant.turns.mouth import Mouth, Spoken
from assistant.turns.trigger import Trigger

ANSWER = "this is an answer of twenty words so that there is a while to talk over it at any moment"
ANSWER_SECONDS = len(ANSWER.split()) * WORD_SECONDS
NOTICED = (BargeInConfig().frames + 1) * FRAME_SECONDS
"""Speech that pauses an answer."""
FOREVER = 1e6


class ScriptedJudge:
    """Says what was said over an answer by its words; counts what it was asked."""

    def __init__(self, scene: Scene, recognizer: FakeRecognizer, stops: Sequence[tuple[float, str]] = ()) -> None:
        self.scene, self.recognizer, self.stops = scene, recognizer, stops
        self.listeners: list[Listener] = []
        self.weighed: list[Utterance] = []
        self.hears: list[bool] | None = None
        """Which of the pieces are read as their stop word; None: all."""

    def is_longer(self, utterance: Utterance) -> bool:
        best = utterance.hypothesis.best
        return best is not None and best.text.endswith("bedroom")

    def listen_over(self, start: int) -> Listener:
        request = ListenRequest(start, View(), 0.85, no_speech=1.0)
        self.listeners.append(listen(self.scene, self.recognizer, request))
        return self.listeners[-1]

    def weigh(self, utterance: Utterance, listener: Listener) -> Interruption | None:
        self.weighed.append(utterance)
        best = utterance.hypothesis.best
        if best is None or best.text == "okay":
            return None
        return Replaced(Trigger("barge_in", utterance.start, listener=listener, utterance=utterance))

    async def stop_word(self, start: int, end: int) -> str:
        first, last = start / SAMPLE_RATE, end / SAMPLE_RATE
        heard = [word for at, word in self.stops if first <= at and at + 0.4 <= last]
        if heard and self.hears is not None:
            return heard[-1] if self.hears and self.hears.pop(0) else ""
        return heard[-1] if heard else ""


def listen(scene: Scene, recognizer: FakeRecognizer, request: ListenRequest) -> Listener:
    return Listener(scene.ears, scene.ring, recognizer, EndpointConfig(), request, lambda text, stable: None)


class Answering:
    """An answer under way, begun at second 0, and people who talk over it."""

    def __init__(
        self, speech: Sequence[tuple[float, float]], said: Sequence[Said] = (), *,
        stops: Sequence[tuple[float, str]] = (), seconds: float = 0.05,
    ) -> None:
        self.playback = Playback(clock=virtual_loop().time)
        self.mouth = Mouth(self.playback, cast(Any, FakeVoice()))
        self.scene = Scene(speech, each_frame=self.playback.pull)
        self.recognizer = FakeRecognizer(said, seconds)
        self.judge = ScriptedJudge(self.scene, self.recognizer, stops)
        self.attention = Attention(self.scene.ears, self.scene.ring, self.mouth, BargeIn(), self.judge)
        self.work: asyncio.Task[Spoken]
        self.attending: asyncio.Task[Interruption | None]

    def begin(self, text: str = ANSWER, provisional: Listener | None = None) -> None:
        self.work = asyncio.create_task(self.mouth.say(text))
        self.attending = asyncio.create_task(self.attention.attend(self.work, provisional))

    async def until(self, condition: Callable[[], bool], most: float) -> float:
        """Play until something holds; the second at which it did."""
        while not condition():
            assert self.scene.now < most, "it did not come in time"
            await self.scene.play(self.scene.now + FRAME_SECONDS)
        return self.scene.now

    async def paused_from_to(self, most: float = 30.0) -> tuple[float, float]:
        """Play until the answer has been paused and goes on; when both happened."""
        first = await self.until(lambda: self.playback.paused, most)
        return first, await self.until(lambda: not self.playback.paused, most)

    async def outcome(self, most: float = 30.0) -> Interruption | None:
        """Play until attention ends; what it found."""
        await self.until(self.attending.done, most)
        self.work.cancel()
        await asyncio.gather(self.work, return_exceptions=True)
        return self.attending.result()


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_an_answer_that_nobody_talks_over_is_heard_to_its_end() -> None:
    async def main() -> None:
        answering = Answering([])
        answering.begin()
        assert await answering.outcome() is None
        assert answering.work.result().completed and not answering.recognizer.leases
        assert answering.scene.now == pytest.approx(ANSWER_SECONDS, abs=0.1)

    run(main)


def test_talking_over_pauses_at_once() -> None:
    async def main() -> None:
        answering = Answering([(1.0, 3.0)])
        answering.begin()
        at = await answering.until(lambda: answering.playback.paused, 2.0)
        assert at <= 1.0 + NOTICED + 1e-6
        answering.attending.cancel()

    run(main)


def test_a_sound_shorter_than_a_word_does_not_even_pause() -> None:
    async def main() -> None:
        answering = Answering([(1.0, 1.0 + (BargeInConfig().frames - 1) * FRAME_SECONDS)])
        answering.begin()
        while not answering.attending.done():
            await answering.scene.play(answering.scene.now + FRAME_SECONDS)
            assert not answering.playback.paused
        assert answering.attending.result() is None

    run(main)


@pytest.mark.parametrize("said", [[], [Said(1.4, "okay")]], ids=["cough", "okay"])
def test_what_is_no_order_lets_the_answer_go_on(said: list[Said]) -> None:
    async def main() -> None:
        answering = Answering([(1.0, 1.4)], said)
        answering.begin()
        _, resumed = await answering.paused_from_to()
        assert 1.4 < resumed < 1.4 + 1.7, "a second of waiting for a word, and the time to be sure"
        assert await answering.outcome() is None and answering.work.result().completed
        assert all(lease.closed for lease in answering.recognizer.leases)

    run(main)


def test_an_order_over_the_answer_takes_its_place_and_keeps_its_listener() -> None:
    async def main() -> None:
        answering = Answering([(1.0, 2.0)], [Said(2.0, "turn it off")])
        answering.begin()
        found = await answering.outcome()
        assert isinstance(found, Replaced) and found.trigger.reason == "barge_in"
        utterance = found.trigger.utterance
        assert utterance is not None and utterance.hypothesis.best is not None
        assert utterance.hypothesis.best.text == "turn it off" and utterance.start < SAMPLE_RATE
        assert answering.playback.paused, "nothing more is heard of the answer"
        assert found.trigger.listener is answering.judge.listeners[0] and not answering.recognizer.leases[0].closed
        assert answering.scene.now < 2.4
        await found.trigger.listener.close()

    run(main)


@pytest.mark.parametrize("seconds", [0.05, FOREVER], ids=["recogniser works", "recogniser hangs"])
def test_a_stop_word_stops_also_where_the_recogniser_hangs(seconds: float) -> None:
    async def main() -> None:
        answering = Answering([(1.0, 1.5)], stops=[(1.0, "stop")], seconds=seconds)
        answering.begin()
        assert isinstance(await answering.outcome(), Stopped)
        assert answering.scene.now <= 1.5 + 1.2  # silent since it was paused
        assert all(lease.closed for lease in answering.recognizer.leases)

    run(main)


@pytest.mark.parametrize(("seconds", "stopped"), [(0.05, False), (FOREVER, True)], ids=["works", "hangs"])
def test_what_may_be_a_stop_word_stops_where_the_recogniser_has_no_opinion(seconds: float, stopped: bool) -> None:
    async def main() -> None:
        answering = Answering([(1.0, 1.5)], stops=[(1.0, "stop")], seconds=seconds)
        answering.judge.hears = [False, False, True, False, True]
        answering.begin()
        assert isinstance(await answering.outcome(), Stopped) is stopped

    run(main)


@pytest.mark.parametrize(
    ("until", "stops"), [(4.0, [(1.0, "stop")]), (1.5, [(1.0, "stop"), (1.2, "cancel"), (1.4, "be quiet")])],
    ids=["more is said", "another word each time"],
)
def test_what_only_sounds_like_a_stop_word_stops_nothing(until: float, stops: list[tuple[float, str]]) -> None:
    async def main() -> None:
        answering = Answering([(1.0, until)], stops=stops)
        answering.begin()
        await answering.paused_from_to()
        assert await answering.outcome() is None and answering.work.result().completed

    run(main)


def test_a_recogniser_that_hangs_lets_the_answer_go_on_in_time() -> None:
    async def main() -> None:
        answering = Answering([(1.0, 2.0)], [Said(2.0, "turn it off")], seconds=FOREVER)
        answering.begin()
        paused, resumed = await answering.paused_from_to()
        assert resumed - paused == pytest.approx(JUDGE_WITHIN, abs=0.05)
        assert await answering.outcome() is None and answering.work.result().completed

    run(main)


@pytest.mark.parametrize("at", [0.5, 1.6], ids=["while it is spoken", "while somebody talks over it"])
def test_a_call_from_outside_comes_at_once(at: float) -> None:
    async def main() -> None:
        answering = Answering([(1.0, 2.5)], seconds=FOREVER)
        answering.begin()
        await answering.scene.play(at)
        assert answering.playback.paused is (at > 1.5)
        answering.attention.call(Stopped())
        answering.attention.call(Replaced(Trigger("push")))
        await settle()
        assert answering.attending.done() and answering.attending.result() == Stopped(), "the first call counts"
        assert all(lease.closed for lease in answering.recognizer.leases)

    run(main)


def test_a_call_before_attention_is_paid_is_not_lost() -> None:
    async def main() -> None:
        answering = Answering([])
        answering.attention.call(Stopped())
        answering.begin()
        await settle()
        assert answering.attending.done() and answering.attending.result() == Stopped()

    run(main)


async def provisional(answering: Answering) -> Listener:
    """Play the first, shorter order; its listener, which stays open."""
    listener = listen(answering.scene, answering.recognizer, ListenRequest(0, View(), 0.6))
    hearing = asyncio.create_task(listener.utterance())
    await answering.until(hearing.done, 3.0)
    assert hearing.result().provisional
    return listener


GOES_ON = Said(1.0, "turn on the light", can_go_on=True)


@pytest.mark.parametrize("speaking", [True, False])
def test_an_order_that_goes_on_is_longer(speaking: bool) -> None:
    async def main() -> None:
        said = [GOES_ON, Said(2.2, "turn on the light in the bedroom", start=0.2)]
        answering = Answering([(0.2, 1.0), (1.5, 2.2)], said)
        listener = await provisional(answering)
        answering.begin(ANSWER, listener)
        if not speaking:
            answering.work.cancel()
            answering.work = thinking = asyncio.create_task(asyncio.sleep(5.0))  # type: ignore[assignment]
            answering.attending.cancel()
            await settle()
            answering.attending = asyncio.create_task(answering.attention.attend(thinking, listener))
        await answering.scene.play(1.8)
        assert answering.playback.paused, "whatever is said next waits for what the speaker adds"
        found = await answering.outcome()
        assert isinstance(found, Longer) and found.utterance.hypothesis.best is not None
        assert found.utterance.hypothesis.best.text == "turn on the light in the bedroom"
        assert answering.scene.now < 2.6
        await listener.close()
        assert all(lease.closed for lease in answering.recognizer.leases)

    run(main)


def test_a_noise_after_a_provisional_end_changes_nothing() -> None:
    async def main() -> None:
        answering = Answering([(0.2, 1.0), (1.5, 1.9)], [GOES_ON])
        listener = await provisional(answering)
        answering.begin(ANSWER, listener)
        await answering.paused_from_to()
        assert await answering.outcome() is None and answering.work.result().completed
        await listener.close()

    run(main)


def test_one_interruption_after_another() -> None:
    async def main() -> None:
        coughs = [(1.0, 1.3), (4.0, 4.3), (7.0, 7.3)]
        answering = Answering([*coughs, (10.0, 10.8)], [Said(10.8, "turn it off", start=10.0)])
        answering.begin(ANSWER + " " + ANSWER)
        for first, _ in coughs:
            paused, resumed = await answering.paused_from_to()
            assert first < paused <= first + NOTICED + 1e-6 and resumed < first + 2.5
        found = await answering.outcome()
        assert isinstance(found, Replaced) and answering.scene.now < 11.3
        assert found.trigger.listener is not None
        await found.trigger.listener.close()
        assert [lease.closed for lease in answering.recognizer.leases] == [True] * 4

    run(main)


def test_somebody_who_begins_to_speak_as_the_answer_ends_does_not_hold_the_next_one() -> None:
    async def main() -> None:
        for frames in range(-3, 4):
            onset = WORD_SECONDS * 3 - BargeInConfig().frames * FRAME_SECONDS + frames * FRAME_SECONDS
            answering = Answering([(onset, onset + 0.3)])
            answering.begin("one two three")
            assert await answering.outcome() is None
            assert not answering.playback.paused, f"{frames} frames around the end"

    run(main)


def test_attention_that_is_cancelled_leaves_nobody_listening() -> None:
    async def main() -> None:
        for at in (0.5, 1.6):
            answering = Answering([(1.0, 2.5)], seconds=FOREVER)
            before = asyncio.all_tasks()
            answering.begin()
            await answering.scene.play(at)
            answering.work.cancel()
            answering.attending.cancel()
            await settle()
            assert answering.attending.cancelled() and asyncio.all_tasks() <= before
            assert not answering.scene.ears._ears and all(lease.closed for lease in answering.recognizer.leases)

    run(main)
