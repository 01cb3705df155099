"""PocketSphinx's keyword spotting against the conformance suite."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import SAMPLE_RATE
from assistant.errors import BackendError
from assistant.extras import install_command
from assistant.testing.conformance.vad import room
from assistant.testing.conformance.wake import WakeConformance, feed, spoken
from assistant.wake.base import WakeWord
from assistant.wake.pocketsphinx import PER_PHONE, PocketSphinxWake, PocketSphinxWakeConfig


def wake(phrase: str, threshold: float = 0.0) -> PocketSphinxWake:
    return PocketSphinxWake(PocketSphinxWakeConfig(phrase, threshold))


class TestPocketSphinx(WakeConformance):
    phrase = "hello computer"

    def make(self) -> WakeWord:
        return wake(self.phrase)

    def wrong(self, folder: Path) -> list[Callable[[], WakeWord]]:
        return [partial(wake, phrase) for phrase in ("", "  ", "hey xyzzyx", "компьютер", "hello/1e-5/")]


def test_the_words_that_it_does_not_know_are_named() -> None:
    with pytest.raises(BackendError, match="does not know 'xyzzyx' and 'blorp'"):
        wake("hello xyzzyx blorp")


def test_a_longer_phrase_may_be_less_likely() -> None:
    assert wake("computer")._threshold == PER_PHONE * 8
    assert wake("hello computer")._threshold == PER_PHONE * 12
    assert wake("hello computer", -7.0)._threshold == -7.0


def test_a_higher_threshold_hears_less() -> None:
    said = spoken("hello computer", before=1.0, after=1.0)[0]
    assert feed(wake("hello computer", -30.0).stream(), said)
    assert not feed(wake("hello computer", 30.0).stream(), said)


def test_minutes_of_sound_take_no_more_memory() -> None:
    """It never ends an utterance by itself: what it keeps of one must not grow."""
    psutil = pytest.importorskip("psutil")
    stream, minute = wake("hello computer").stream(), room(60 * SAMPLE_RATE, level_db=-50.0)
    feed(stream, minute)
    before = psutil.Process().memory_info().rss
    for number in range(1, 4):
        feed(stream, np.roll(minute, number), first=number * 60 * SAMPLE_RATE)
    assert psutil.Process().memory_info().rss - before < 4_000_000


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(BackendError, match="pocketsphinx") as caught:
        wake("computer")
    assert (caught.value.where, caught.value.mend) == ("wake pocketsphinx", install_command("pocketsphinx"))
