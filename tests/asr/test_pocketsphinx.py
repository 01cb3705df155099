"""PocketSphinx with the English model of its package.

The orders of the conformance suite are beyond it ("turn on the kitchen light" becomes "brown on the kitchen white"):
its own orders are among the sentences that it hears rightly.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from assistant.asr.base import Recognizer
from assistant.asr.pocketsphinx import LOCK, PocketSphinx, PocketSphinxConfig
from assistant.errors import ModelError
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import (
    CHUNK,
    FIRST_SAMPLE,
    OTHER_ORDER,
    AsrStreamConformance,
    feed,
    grammar,
    spoken,
    words,
)

BREAD = "my grandmother used to bake bread on sundays"


@cache
def recognizer(grammar: Grammar | None = None, partials: bool = False) -> PocketSphinx:
    return PocketSphinx(PocketSphinxConfig(partials=partials), grammar=grammar)


class TestPocketSphinx(AsrStreamConformance):
    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return recognizer(grammar)

    def test_an_order_is_read(self) -> None:
        hypothesis = self.decode(spoken(OTHER_ORDER))
        best = hypothesis.best
        assert best is not None and best.text == hypothesis.free_text == OTHER_ORDER
        assert best.complete and not best.can_go_on and best.confidence == PocketSphinxConfig().surety
        assert (hypothesis.start, hypothesis.end) == (FIRST_SAMPLE, FIRST_SAMPLE + len(spoken(OTHER_ORDER)))
        assert hypothesis.grammar_version == grammar().version

    def test_other_speech_is_no_order(self) -> None:
        hypothesis = self.decode(spoken(BREAD))
        assert hypothesis.readings == () and hypothesis.free_text == BREAD

    def test_only_what_the_view_allows_is_read(self) -> None:
        assert self.decode(spoken(OTHER_ORDER), View(scopes=("yes_no",))).readings == ()
        assert words(self.decode(spoken("yes please"), View(scopes=("yes_no",)))) == "yes please"

    def test_loud_and_shifted_sound_is_understood_the_same(self) -> None:
        """One sound after the other: what was heard before changes nothing."""
        pcm = spoken(OTHER_ORDER).astype(np.float64)
        loud = np.clip(pcm * (32767 / np.abs(pcm).max()), -32768, 32767).astype(np.int16)
        shifted = np.clip(pcm * 0.4 + 6000, -32768, 32767).astype(np.int16)
        for sound in (loud, spoken(BREAD), shifted, spoken(OTHER_ORDER)):
            heard = self.decode(sound).free_text
            assert heard == (BREAD if len(sound) == len(spoken(BREAD)) else OTHER_ORDER)


def test_partials_are_read_where_the_settings_want_them() -> None:
    streams = [recognizer(grammar(), partials).stream(View()) for partials in (True, False)]
    seen: list[list[str]] = [[], []]
    pcm = spoken(OTHER_ORDER)
    for at in range(0, len(pcm), 5 * CHUNK):
        for stream, texts in zip(streams, seen, strict=True):
            feed(stream, pcm[at : at + 5 * CHUNK], at)
            texts.append(stream.partial()[0])
    assert seen[0][-1] == OTHER_ORDER and any(0 < len(text) < len(OTHER_ORDER) for text in seen[0])
    assert set(seen[1]) == {""} and words(streams[1].decode()) == OTHER_ORDER


def test_a_damaged_file_is_never_given_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOCK, "en-us/mdef", "0" * 64)
    with pytest.raises(ModelError, match=r"mdef: the file is damaged .*--force-reinstall pocketsphinx==5\.1\.1"):
        PocketSphinx()
