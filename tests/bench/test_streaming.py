"""Partials and readings of orders that come in at the pace of speech."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench.crowd import crowded
from assistant.bench.streaming import VIEW, Figures, Order, memory
from assistant.bench.timed import AROUND, Timed
from assistant.testing.voices import say

TEXT = "turn on the kitchen ceiling light"


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Of one order whose words all end with it, as far as is told."""
    pcm = np.pad(say(TEXT), round(AROUND * SAMPLE_RATE))
    end = len(pcm) - round(AROUND * SAMPLE_RATE)
    grammar, found = crowded([], devices=20), Figures()
    order = Order(MoonshineRecognizer(MoonshineConfig(threads=1), grammar), grammar, TEXT)
    found.lags = order.hear(pcm, Timed(TEXT, pcm, tuple((word, 0, end) for word in TEXT.split())))
    order.count("clean", found)
    return found


def test_every_word_is_shown_the_first_before_the_last_is_spoken(figures: Figures) -> None:
    assert len(figures.lags) == len(TEXT.split())
    assert min(figures.lags) < 0 and max(figures.lags) < 500


def test_the_order_is_understood_and_took_its_time(figures: Figures) -> None:
    assert figures.understood == {"clean": 1} and figures.decodes["clean"][0] > 0


def test_another_order_is_not_understood() -> None:
    grammar, found = crowded([], devices=20), Figures()
    recognizer = MoonshineRecognizer(MoonshineConfig(threads=1), grammar)
    order = Order(recognizer, grammar, "turn off the kitchen ceiling light")
    order.hear(np.pad(say(TEXT), round(AROUND * SAMPLE_RATE)))
    order.count("clean", found)
    assert found.understood == {"clean": 0}
    assert grammar.match("turn off the kitchen ceiling light", VIEW)


def test_the_recognisers_own_process_is_weighed() -> None:
    found = memory([np.pad(say(TEXT), round(AROUND * SAMPLE_RATE))])
    assert 50 < found["recogniser_mb"] <= found["recogniser_mb_minute"] < 1000
