"""Listening to one utterance: endpoints by sentence, going on, waiting, giving up. On a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from assistant.asr.base import Hypothesis, Lease
from assistant.audio.frames import SAMPLE_RATE
from assistant.clock import run_virtual
from assistant.errors import WorkerLost, WorkerTimeout
from assistant.grammar.base import View
from assistant.testing.fake_ears import FakeLease, FakeRecognizer, Said, Scene
from assistant.turns.endpoint import EndpointConfig
from assistant.turns.listener import Listener, ListenRequest, Utterance


def listening(
    scene: Scene, recognizer: FakeRecognizer, config: EndpointConfig | None = None, **request: object
) -> Listener:
    wanted = ListenRequest(start=0, view=View(), accept=0.6, **request)  # type: ignore[arg-type]
    return Listener(scene.ears, scene.ring, recognizer, config or EndpointConfig(), wanted, lambda text, stable: None)


async def ended_at(scene: Scene, listener: Listener, until: float) -> tuple[Utterance, float]:
    """Play until the utterance ends; the utterance and the second at which that was known."""
    hearing = asyncio.create_task(listener.utterance())
    while not hearing.done() and scene.now < until:
        await scene.play(scene.now + 0.02)
    return await asyncio.wait_for(hearing, 0.1), scene.now


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_a_closed_sentence_ends_after_a_breath() -> None:
    async def main() -> None:
        scene, recognizer = Scene([(0.5, 2.0)]), FakeRecognizer([Said(2.0, "turn it off")])
        listener = listening(scene, recognizer)
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn it off"
        assert not utterance.provisional and 2.2 <= at <= 2.26
        await listener.close()
        assert recognizer.leases[0].closed

    run(main)


def test_a_slow_recogniser_delays_the_end_by_no_more_than_itself() -> None:
    async def main() -> None:
        scene = Scene([(0.5, 2.0)])
        listener = listening(scene, FakeRecognizer([Said(2.0, "turn it off")], seconds=0.3))
        utterance, at = await ended_at(scene, listener, 5)
        assert 2.42 <= at <= 2.48
        assert at - 2.0 - EndpointConfig().closed == pytest.approx(utterance.late, abs=0.021)
        await listener.close()

    run(main)


def test_what_was_not_understood_is_read_carefully_at_once() -> None:
    async def main() -> None:
        scene = Scene([(0.5, 2.0)])
        listener = listening(scene, FakeRecognizer([Said(2.0, "turn it off", plain=False)], seconds=0.04))
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn it off"
        assert 2.56 <= at <= 2.64
        await listener.close()

    run(main)


def test_what_is_not_certain_waits_for_a_careful_reading() -> None:
    async def main() -> None:
        scene = Scene([(0.5, 2.0)])
        said = Said(2.0, "turn it off", confidence=0.7, careful_confidence=0.9)
        listener = listening(scene, FakeRecognizer([said], seconds=0.04))
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.confidence == 0.9
        assert 2.2 <= at <= 2.28
        await listener.close()

    run(main)


@pytest.mark.parametrize("speculate", [0.12, 0.2, 0.3])
def test_the_first_reading_may_begin_late(speculate: float) -> None:
    async def main() -> None:
        scene = Scene([(0.5, 1.2), (1.7, 2.4)])
        script = [Said(1.2, "turn the", complete=False), Said(2.4, "turn the lamp off")]
        listener = listening(scene, FakeRecognizer(script), EndpointConfig(speculate=speculate))
        utterance, at = await ended_at(scene, listener, 8)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn the lamp off"
        assert at <= 2.4 + speculate + 0.15
        await listener.close()

    run(main)


@pytest.mark.parametrize(("confidence", "failure"), [(0.7, ""), (0.2, "recogniser")])
def test_a_careful_reading_that_fails_takes_nothing_away(confidence: float, failure: str) -> None:
    async def main() -> None:
        scene = Scene([(0.5, 2.0)])
        recognizer = FakeRecognizer([Said(2.0, "turn it off", confidence=confidence)])
        recognizer.careful_error = WorkerLost("is not running", where="worker")
        listener = listening(scene, recognizer)
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.failure == failure and at < 2.6
        assert failure or (utterance.hypothesis.best and utterance.hypothesis.best.text == "turn it off")
        await listener.close()

    run(main)


def test_a_fault_in_reading_is_logged_and_ends_the_utterance(caplog: pytest.LogCaptureFixture) -> None:
    def meaning(text: str) -> object:
        raise KeyError(text)

    async def main() -> None:
        scene = Scene([(0.5, 2.0)])
        listener = listening(scene, FakeRecognizer([Said(2.0, "turn it off")]), meaning=meaning)
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.failure == "recogniser" and at < 2.6
        await listener.close()

    run(main)
    assert caplog.text.count("reading an utterance") == 1


def test_words_in_another_script_are_words() -> None:
    async def main() -> None:
        scene, recognizer = Scene([(0.5, 2.0)]), FakeRecognizer([Said(2.0, "включи свет", confidence=0.0)])
        listener = listening(scene, recognizer)
        utterance, at = await ended_at(scene, listener, 5)
        assert not utterance.failure and utterance.hypothesis.free_text == "включи свет" and 3.2 <= at <= 3.3
        await listener.close()

    run(main)


def test_what_is_not_understood_is_looked_at_once_more_when_the_silence_has_lasted() -> None:
    async def main() -> None:
        script = [Said(1.0, "turn", confidence=0.1), Said(2.35, "turn it off")]
        scene, recognizer = Scene([(0.5, 2.0)]), FakeRecognizer(script)
        listener = listening(scene, recognizer)
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn it off"
        assert 2.4 <= at <= 2.52
        await listener.close()

    run(main)


def test_a_careful_reading_is_given_up_when_the_speaker_goes_on() -> None:
    async def main() -> None:
        script = [Said(1.5, "turn the", plain=False), Said(3.0, "turn the lamp off")]
        scene, recognizer = Scene([(0.5, 1.5), (2.0, 3.0)]), FakeRecognizer(script, seconds=0.1)
        listener = listening(scene, recognizer)
        utterance, at = await ended_at(scene, listener, 5)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn the lamp off"
        assert recognizer.leases[-1].given_up == 1 and 3.2 <= at <= 3.26
        await listener.close()

    run(main)


def test_an_open_sentence_ends_provisionally_and_may_be_continued() -> None:
    async def main() -> None:
        script = [Said(1.5, "turn on the light", can_go_on=True), Said(3.0, "turn on the light in the bedroom")]
        scene = Scene([(0.5, 1.5), (2.3, 3.0)])
        listener = listening(scene, FakeRecognizer(script))
        first, at = await ended_at(scene, listener, 5)
        assert first.provisional and 1.75 <= at <= 1.81 and not listener.resumed.is_set()
        await scene.play(2.4)
        assert listener.resumed.is_set()
        second, at = await ended_at(scene, listener, 5)
        assert second.hypothesis.best is not None
        assert second.hypothesis.best.text.endswith("bedroom") and 3.2 <= at <= 3.26
        await listener.close()

    run(main)


def test_an_incomplete_sentence_gets_the_time_to_find_a_word() -> None:
    async def main() -> None:
        script = [Said(1.5, "turn on the", confidence=0.05), Said(3.0, "turn on the lamp")]
        scene = Scene([(0.5, 1.5), (2.5, 3.0)])
        listener = listening(scene, FakeRecognizer(script))
        utterance, at = await ended_at(scene, listener, 6)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn on the lamp"
        assert at <= 3.26
        await listener.close()

    run(main)


def test_a_risky_order_waits_the_full_time() -> None:
    async def main() -> None:
        scene = Scene([(0.5, 2.0)])
        listener = listening(scene, FakeRecognizer([Said(2.0, "unlock the door")]), risky=lambda reading: True)
        _, at = await ended_at(scene, listener, 6)
        assert 3.2 <= at <= 3.26
        await listener.close()

    run(main)


def test_no_word_at_all_gives_up_in_time() -> None:
    async def main() -> None:
        scene = Scene([])
        listener = listening(scene, FakeRecognizer(), no_speech=2.0)
        utterance, at = await ended_at(scene, listener, 6)
        assert utterance.failure == "no_speech" and 2.0 <= at <= 2.06
        await listener.close()

    run(main)


def test_a_noise_that_is_no_word_does_not_end_the_wait() -> None:
    async def main() -> None:
        scene, recognizer = Scene([(0.5, 0.8), (3.0, 4.0)]), FakeRecognizer([Said(4.0, "stop the music")])
        listener = listening(scene, recognizer)
        utterance, at = await ended_at(scene, listener, 8)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "stop the music"
        assert 4.2 <= at <= 4.26
        await listener.close()

    run(main)


def test_after_a_pause_the_order_is_decoded_without_the_wake_phrase() -> None:
    async def main() -> None:
        scene, recognizer = Scene([(0.2, 0.9), (1.8, 3.0)]), FakeRecognizer([Said(3.0, "turn it off")])
        await scene.play(1.0)
        wanted = ListenRequest(start=0, view=View(), accept=0.6, prefix="hey nova", prefix_end=14_400)
        waited: list[float] = []
        listener = Listener(
            scene.ears, scene.ring, recognizer, EndpointConfig(), wanted, lambda text, stable: None,
            lambda: waited.append(scene.now),
        )
        utterance, _ = await ended_at(scene, listener, 6)
        assert [lease.prefix for lease in recognizer.leases] == ["hey nova", ""]
        assert utterance.start > 14_400 and waited and waited[0] < 1.4
        await listener.close()

    run(main)


@pytest.mark.parametrize("order", [[(1.6, 2.6)], [(1.6, 2.0), (2.3, 2.6)]], ids=["in one breath", "with a pause"])
@pytest.mark.parametrize("seconds", [0.9, 2.0, 3.0], ids=["still spoken", "just over", "long over"])
def test_an_order_said_while_the_wake_phrase_is_still_being_read(
    order: list[tuple[float, float]], seconds: float
) -> None:
    async def main() -> None:
        scene = Scene([(0.2, 0.9), *order])
        recognizer = FakeRecognizer([Said(2.6, "turn it off", start=1.6)], seconds=seconds)
        await scene.play(0.8)
        listener = listening(scene, recognizer, prefix="hey nova", prefix_end=round(0.75 * SAMPLE_RATE))
        utterance, _ = await ended_at(scene, listener, 20)
        assert not utterance.failure and utterance.hypothesis.best is not None
        assert utterance.hypothesis.best.text == "turn it off"
        await listener.close()

    run(main)


def test_a_wake_phrase_that_lasted_longer_than_it_seemed_is_no_order() -> None:
    """Its end was placed 0.2 s early, so the recogniser finds it once more; the order begins a second later."""
    async def main() -> None:
        scene = Scene([(0.2, 0.9), (2.3, 3.5)])
        recognizer = FakeRecognizer([Said(0.9, "hey nova", confidence=0.1), Said(3.5, "turn it off")])
        await scene.play(1.0)
        listener = listening(scene, recognizer, prefix="hey nova", prefix_end=round(0.7 * SAMPLE_RATE))
        utterance, at = await ended_at(scene, listener, 6)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn it off"
        assert not utterance.failure and 3.6 < at < 3.8
        await listener.close()

    run(main)


def test_speech_that_never_ends_is_cut() -> None:
    async def main() -> None:
        scene = Scene([(0.5, 60.0)])
        listener = listening(scene, FakeRecognizer([Said(1.0, "and so on", confidence=0.0)]))
        utterance, at = await ended_at(scene, listener, 40)
        assert utterance.failure == "too_long" and 30.0 <= at <= 30.3
        await listener.close()

    run(main)


def test_speech_that_is_cut_is_too_long_even_where_it_cannot_be_read() -> None:
    class Late(FakeLease):
        async def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
            raise WorkerTimeout("decode took longer than 6 s", where="worker")

    class Slow(FakeRecognizer):
        async def open(self, view: View | None, prefix: str = "") -> Lease:
            return Late((), 0.05, view, prefix)

    async def main() -> None:
        scene = Scene([(0.5, 60.0)])
        listener = listening(scene, Slow())
        utterance, at = await ended_at(scene, listener, 40)
        assert utterance.failure == "too_long" and 30.0 <= at <= 30.3
        await listener.close()

    run(main)


class MishearsPhrases(FakeRecognizer):
    """Hears nothing behind a wake phrase."""

    async def open(self, view: View | None, prefix: str = "") -> Lease:
        lease = await super().open(view, prefix)
        assert isinstance(lease, FakeLease)
        lease.script = () if prefix else lease.script
        return lease


def test_an_order_is_read_by_itself_where_the_wake_phrase_before_it_is_misheard() -> None:
    async def main() -> None:
        scene = Scene([(0.5, 2.5)])
        recognizer = MishearsPhrases([Said(2.5, "turn on the light", start=1.0)])
        listener = listening(scene, recognizer, prefix="hey nova", prefix_end=round(1.0 * SAMPLE_RATE))
        utterance, at = await ended_at(scene, listener, 8)
        assert utterance.hypothesis.best is not None and utterance.hypothesis.best.text == "turn on the light"
        assert not utterance.failure and at < 3.1
        await listener.close()
        assert all(lease.closed for lease in recognizer.leases) and len(recognizer.leases) >= 2

    run(main)
