"""What the benchmarks of voices count."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.bench.clone import Likeness, closure
from assistant.bench.contestant import contestant
from assistant.bench.loudspeaker import run
from assistant.bench.voice import figures, speak
from assistant.bench.voice_answers import LENGTHS, Timed, answers, listen, longest_wait


def test_a_wait_is_what_a_loudspeaker_would_be_silent_for() -> None:
    assert longest_wait([(0.1, 1.0), (0.5, 1.0), (1.9, 1.0)]) == 0.0
    assert longest_wait([(0.1, 1.0), (1.4, 1.0), (2.5, 1.0)]) == pytest.approx(0.3)
    assert longest_wait([(0.2, 1.0)]) == 0.0


def test_a_voice_is_measured() -> None:
    said = speak(contestant("espeak"), ["Warming up.", "It is 19.5°C.", "Good night. Sleep well."])
    assert len(said.sounds) == 3
    keys = figures("espeak", said, Timed([0.01, 0.03], [0.0, 0.2]))
    assert 0 < keys["real_time_factor_espeak"] < 1 and keys["first_sound_ms_espeak_p95"]["value"] == 30
    assert keys["gap_ms_espeak_p95"]["value"] == 200
    assert said.seconds == pytest.approx(sum(map(len, said.sounds[1:])) / 16_000, rel=0.01)


def test_answers_have_all_lengths_and_none_is_said_twice() -> None:
    made = answers([f"sentence number {number}" for number in range(100)], 50)
    assert [text.count(".") for text in made[:4]] == list(LENGTHS)
    assert len({text[:40] for text in made}) == 50 and max(map(len, made)) > 1000


async def test_answers_are_timed_through_the_voices_process() -> None:
    timed = await listen(contestant("espeak,words_per_minute=300"), ["Warming up.", "It is on.", "One. " * 80])
    assert len(timed.firsts) == len(timed.waits) == 2 and all(0 < first < 10 for first in timed.firsts)


async def test_a_stopped_answer_is_silent_in_some_buffer() -> None:
    seconds, about = await run(2, "")
    assert all(one is not None and 0 < one < 5 for one in seconds) and about["device"]


def test_closure_is_the_share_of_the_way() -> None:
    def near(value: float) -> np.ndarray:
        return np.full(8, value, np.float32) + np.linspace(-0.01, 0.01, 8, dtype=np.float32)

    assert closure(Likeness(near(0.7), near(0.5), near(0.9)))["value"] == pytest.approx(0.5)
    whole = closure(Likeness(near(0.9), near(0.5), near(0.9)))
    assert whole["value"] == pytest.approx(1.0) and whole["low"] < 1.0 < whole["high"]
    assert closure(Likeness(near(0.5), near(0.5), near(0.9)))["low"] == pytest.approx(0.0, abs=0.05)
    assert closure(Likeness(near(0.4), near(0.5), near(0.9)))["high"] < 0
