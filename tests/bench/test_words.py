"""Word times are compared with what the synthesisers really spoke."""

from __future__ import annotations

import multiprocessing
from functools import cache

import numpy as np
import pytest

from assistant.asr.base import Word
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench import timed
from assistant.bench.timed import AROUND, Timed
from assistant.bench.words import Distances, compare, figures

ORDER = "please turn down every kitchen light"


@cache
def spoken(voice: str) -> Timed:
    """The order, synthesised in a process of its own."""
    call = (timed.piper, ([ORDER],)) if voice == "piper" else (timed.espeak, ([ORDER], "en-us"))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (one,) = pool.apply(*call)
    assert isinstance(one, Timed)
    return one


@pytest.mark.parametrize("voice", ["piper", "espeak"])
def test_words_begin_where_the_sound_does(voice: str) -> None:
    if voice == "piper":
        pytest.importorskip("onnx")
    one = spoken(voice)
    assert [word for word, _, _ in one.words] == ORDER.split()
    starts = [start for _, start, _ in one.words]
    loud = np.flatnonzero(np.abs(one.sound.astype(float)) > 300)
    assert starts == sorted(set(starts)) and abs(starts[0] - int(loud[0])) < 0.1 * SAMPLE_RATE
    assert all(end is None or end > start for _, start, end in one.words)
    assert starts[-1] < int(loud[-1]) < len(one.sound) - 0.5 * AROUND * SAMPLE_RATE


def test_distances_are_measured_word_by_word() -> None:
    found = Distances()
    compare(MoonshineRecognizer(MoonshineConfig(threads=1)), spoken("espeak"), found)
    assert found.spoken == 6 and found.recognised >= 4 and not found.ends
    results = figures("espeak", found, 1)
    assert results["start_ms_espeak_p50"]["value"] < 80 and results["recognised_espeak"]["n"] == 6
    assert len(found.costs) == 1 and len(found.sure) + len(found.unsure) >= found.recognised


def test_a_word_that_was_not_said_has_no_distance() -> None:
    class Stream:
        def feed(self, pcm: object, sample: int) -> None: ...

        def decode(self) -> Stream:
            return self

        free_text = ""

        def words(self, text: str) -> tuple[Word, ...]:
            return (Word("Turn", 0.9, 1600, 3200), Word("of", 0.4, 3200, 4800), Word("light.", 0.8, 4800, 8000))

    class Recognizer:
        def stream(self, view: None) -> Stream:
            return Stream()

    found = Distances()
    said = (("turn", 1440, 3000), ("on", 3200, 4800), ("light", 4960, 8000))
    one = Timed("turn on light", np.zeros(16_000, np.int16), said)
    compare(Recognizer(), one, found)  # type: ignore[arg-type]
    assert found.signed == [10.0, -10.0] and found.starts == [10.0, 10.0] and found.ends == [12.5, 0.0]
    assert (found.recognised, found.spoken, found.sure, found.unsure) == (2, 3, [False, False], [True])
