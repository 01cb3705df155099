"""The watch for typed wake phrases: asks at the right instants, tells once, and bears a scorer that is down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import pytest

from assistant.audio.frames import FRAME_SECONDS, SAMPLE_RATE
from assistant.clock import run_virtual
from assistant.testing.fake_ears import Scene
from assistant.testing.fake_services import FakePhrases, Phrase
from assistant.turns.wake_watch import WakeWatch
from assistant.wake.base import WakeHit
from assistant.wake.windows import WakeWindowConfig

CONFIG = WakeWindowConfig(lead=0.25, ages=(0.85, 1.5), shortest=0.35, longest=2.2, whole=())
RUNNING = WakeWindowConfig(every=0.24, whole=(0.95, 1.4))


class Watching:
    """A watch over a scene; hits with the second at which they were told."""

    def __init__(
        self, speech: Sequence[tuple[float, float]], script: Sequence[Phrase] = (), *, seconds: float = 0.02,
        phrases: Sequence[str] = ("hey nova",), below: float = 0.0, config: WakeWindowConfig = CONFIG,
    ) -> None:
        self.scene = Scene(speech)
        self.scorer = FakePhrases(script, seconds)
        self.hits: list[tuple[float, WakeHit]] = []
        self.scores: list[WakeHit] = []
        self.listening: list[bool] = []
        self.scene.ears._want_frames = self.listening.append
        self.watch = WakeWatch(
            "room", self.scene.ears, self.scene.ring, cast(Any, self.scorer), list(phrases),
            lambda hit: self.hits.append((self.scene.now, hit)), config,
            below=lambda: below, on_score=self.scores.append,
        )
        self._pass_on(self.scene.ears.speech_began, self.watch.onset, "speech_began")
        self._pass_on(self.scene.ears.speech_paused, self.watch.offset, "speech_paused")

    def _pass_on(self, first: Callable[[int], None], then: Callable[[int], None], name: str) -> None:
        """As a session does: the ears know first, then the watch."""

        def both(sample: int) -> None:
            first(sample)
            then(sample)

        setattr(self.scene.ears, name, both)

    @property
    def asked(self) -> list[tuple[float, float]]:
        """Seconds of each piece that was scored."""
        return [(start / SAMPLE_RATE, end / SAMPLE_RATE) for _, start, end in self.scorer.asked]


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_the_phrase_alone_is_heard_at_its_pause() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 1.6)], [Phrase(1.0, 1.6, "hey nova")])
        await watching.scene.play(3.0)
        [(at, hit)] = watching.hits
        assert hit == WakeHit("hey nova", 16_000, 25_600, 1.0) and 1.6 < at <= 1.76
        [(start, end)] = watching.asked
        assert start == pytest.approx(1.0 - CONFIG.lead) and end >= 1.6

    run(main)


def test_what_was_said_before_is_read_along_as_far_as_there_is_sound() -> None:
    async def main() -> None:
        watching = Watching([(0.5, 1.1), (3.0, 3.6)])
        await watching.scene.play(5.0)
        starts = [start for _, start, _ in watching.scorer.asked]
        assert watching.scorer.before == [min(start, SAMPLE_RATE) for start in starts]
        assert min(starts) < SAMPLE_RATE < max(starts)

    run(main)


def test_an_order_in_the_same_breath_is_woken_for_while_it_is_spoken_and_only_once() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 5.0)], [Phrase(1.0, 1.6, "hey nova")])
        await watching.scene.play(6.0)
        [(at, hit)] = watching.hits
        assert at == pytest.approx(1.0 + CONFIG.ages[0], abs=0.06) and hit.phrase == "hey nova"
        assert len(watching.asked) == 1, "nothing more to score once it was heard"

    run(main)


def test_a_slow_phrase_is_heard_at_the_later_age() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 5.0)], [Phrase(1.0, 2.2, "hey nova")])
        await watching.scene.play(6.0)
        [(at, _)] = watching.hits
        assert at == pytest.approx(1.0 + CONFIG.ages[-1], abs=0.06)

    run(main)


def test_running_speech_without_the_phrase_costs_a_bounded_number_of_scores() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 9.0)], config=RUNNING)
        await watching.scene.play(10.0)
        most = len(RUNNING.ages) + len(RUNNING.whole) * (8.0 + RUNNING.early) / RUNNING.every
        assert not watching.hits and 0.9 * most <= len(watching.asked) <= most
        assert all(end - start <= RUNNING.longest + 1e-9 for start, end in watching.asked)

    run(main)


@pytest.mark.parametrize("begins", [4.0, 4.06, 4.12, 4.18])
def test_a_phrase_inside_running_speech_is_heard_once_wherever_it_begins(begins: float) -> None:
    async def main() -> None:
        watching = Watching([(1.0, 9.0)], [Phrase(begins, begins + 0.6, "hey nova")], config=RUNNING)
        await watching.scene.play(10.0)
        [(at, hit)] = watching.hits
        assert hit.start == round(begins * SAMPLE_RATE) and at < begins + 0.6 + 0.7

    run(main)


def test_a_phrase_that_is_noticed_late_is_heard_from_its_beginning() -> None:
    async def main() -> None:
        watching = Watching([(1.35, 1.7)], [Phrase(1.0, 1.7, "hey nova")], config=RUNNING)
        await watching.scene.play(4.0)
        [(_, hit)] = watching.hits
        assert hit.start == SAMPLE_RATE

    run(main)


def test_a_phrase_after_a_breath_inside_speech_is_heard() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 3.0), (3.2, 3.8)], [Phrase(3.2, 3.8, "hey nova")])
        await watching.scene.play(5.0)
        assert [hit.start for _, hit in watching.hits] == [51_200]

    run(main)


def test_the_phrase_said_again_is_heard_again() -> None:
    async def main() -> None:
        said = [Phrase(1.0, 1.6, "hey nova"), Phrase(4.0, 4.6, "hey nova")]
        watching = Watching([(1.0, 1.6), (4.0, 4.6)], said)
        await watching.scene.play(6.0)
        assert [hit.start for _, hit in watching.hits] == [16_000, 64_000]

    run(main)


def test_one_phrase_that_two_slow_scores_find_is_told_once() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 5.0)], [Phrase(1.0, 1.6, "hey nova")], seconds=0.9)
        await watching.scene.play(6.0)
        assert len(watching.asked) >= 2 and len(watching.hits) == 1

    run(main)


def test_a_click_is_not_scored() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 1.0 + CONFIG.shortest / 2)])
        await watching.scene.play(3.0)
        assert not watching.asked

    run(main)


def test_frames_are_wanted_only_while_somebody_speaks() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 2.0)])
        await watching.scene.play(0.9)
        assert watching.listening == []
        await watching.scene.play(1.5)
        assert watching.listening == [True]
        await watching.scene.play(3.0)
        assert watching.listening == [True, False]

    run(main)


def test_nothing_is_asked_where_no_phrase_is_typed() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 3.0)], phrases=())
        await watching.scene.play(4.0)
        assert not watching.asked and not watching.hits and not watching.listening

    run(main)


def test_a_scorer_that_is_down_is_borne_logged_and_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        watching = Watching([(1.0, 1.6), (4.0, 4.6)], [Phrase(1.0, 1.6, "hey nova"), Phrase(4.0, 4.6, "hey nova")])
        watching.scorer.lost = True
        await watching.scene.play(3.0)
        assert watching.asked and not watching.hits
        warned = [("WARNING", "assistant.turns.wake_watch")]
        assert [(line.levelname, line.name) for line in caplog.records] == warned, "once, however often it is asked"
        watching.scorer.lost = False
        await watching.scene.play(6.0)
        assert [hit.start for _, hit in watching.hits] == [64_000]

    run(main)


def test_a_closed_watch_tells_nothing_more() -> None:
    async def main() -> None:
        watching = Watching([(1.0, 5.0)], [Phrase(1.0, 1.6, "hey nova")], seconds=0.5)
        await watching.scene.play(1.0 + CONFIG.ages[0] + 4 * FRAME_SECONDS)
        assert watching.asked
        watching.watch.close()
        await watching.scene.play(4.0)
        assert not watching.hits and watching.listening == [True, False]

    run(main)


@pytest.mark.parametrize(("below", "told"), [(0.0, []), (10.0, [-9.0])])
def test_a_score_that_is_too_low_is_no_hit_and_told_to_who_watches(below: float, told: list[float]) -> None:
    async def main() -> None:
        watching = Watching([(1.0, 1.6)], [Phrase(1.0, 1.6, "hey nova", -9.0, -6.0)], below=below)
        await watching.scene.play(3.0)
        assert watching.hits == [] and [hit.score for hit in watching.scores] == told

    run(main)
