"""What the benchmarks of voices count."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.bench.clone import Likeness, closure
from assistant.bench.contestant import contestant
from assistant.bench.voice import figures, longest_wait, speak


def test_a_wait_is_what_a_loudspeaker_would_be_silent_for() -> None:
    assert longest_wait([(0.1, 1.0), (0.5, 1.0), (1.9, 1.0)]) == 0.0
    assert longest_wait([(0.1, 1.0), (1.4, 1.0), (2.5, 1.0)]) == pytest.approx(0.3)
    assert longest_wait([(0.2, 1.0)]) == 0.0


def test_a_voice_is_measured() -> None:
    said = speak(contestant("espeak"), ["Warming up.", "It is 19.5°C.", "Good night. Sleep well."])
    assert len(said.sounds) == 3 and len(said.firsts) == len(said.gaps) == 2
    keys = figures("espeak", said)
    assert 0 < keys["first_sound_ms_espeak_p50"]["value"] < 2000 and 0 < keys["real_time_factor_espeak"] < 1
    assert said.seconds == pytest.approx(sum(map(len, said.sounds[1:])) / 16_000, rel=0.01)


def test_closure_is_the_share_of_the_way() -> None:
    def near(value: float) -> np.ndarray:
        return np.full(8, value, np.float32) + np.linspace(-0.01, 0.01, 8, dtype=np.float32)

    assert closure(Likeness(near(0.7), near(0.5), near(0.9)))["value"] == pytest.approx(0.5)
    whole = closure(Likeness(near(0.9), near(0.5), near(0.9)))
    assert whole["value"] == pytest.approx(1.0) and whole["low"] < 1.0 < whole["high"]
    assert closure(Likeness(near(0.5), near(0.5), near(0.9)))["low"] == pytest.approx(0.0, abs=0.05)
    assert closure(Likeness(near(0.4), near(0.5), near(0.9)))["high"] < 0
