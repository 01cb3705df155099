"""What every recogniser has to do.

    class TestMine(AsrConformance):
        def make(self, grammar: Grammar | None = None) -> Recognizer:
            return MyRecognizer(grammar=grammar)
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from assistant.asr.base import Abandoning, Hypothesis, Recognizer, RecognizerStream, WordTimes
from assistant.asr.fold import fold
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.resample import resample
from assistant.errors import Abandoned, AudioError
from assistant.grammar.base import Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.vad import room
from assistant.testing.voices import say

ORDER = "turn on the kitchen light"
OTHER_ORDER = "close the blinds"
CHUNK = 1_600
TELEPHONE = 8_000
"""Samples a second of a telephone."""
FIRST_SAMPLE = 48_000
"""Sound of a live source does not begin at sample 0."""


@cache
def grammar() -> Grammar:
    """Two rules and a list; "turn on the light" may go on "in the bedroom"."""
    made = Grammar()
    made.set_list("name", [Value("light", "light"), Value("kitchen light", "kitchen"), Value("fan", "fan")])
    made.set_rules("home", [
        Rule("home", "TurnOn", ("(turn on|switch off) [the] {name} [in the bedroom]",)),
        Rule("home", "Close", ("close the blinds",)),
        Rule("home", "Yes", ("(yes|yes please)",), scope="yes_no"),
    ])
    return made


@cache
def spoken(text: str, before: float = 0.3, after: float = 0.3, **options: Any) -> Pcm:
    """A sentence in a quiet room; ``options``: of ``say``."""
    pcm = say(text, **options)
    sound = np.concatenate([np.zeros(round(before * SAMPLE_RATE)), pcm, np.zeros(round(after * SAMPLE_RATE))])
    return np.clip(sound + room(len(sound)), -32768, 32767).astype(np.int16)


@cache
def music() -> Pcm:
    """Five seconds of plucked chords."""
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    plucked = np.exp(-3.0 * time)
    chords = [sum(np.sin(2 * np.pi * hertz * n * time) / n for hertz in chord for n in (1, 2, 3)) * plucked
              for chord in ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294), (262, 330, 392))]
    sound = np.concatenate(chords * 2)
    return np.asarray(sound * (12_000 / np.abs(sound).max()), np.int16)


def feed(stream: RecognizerStream, pcm: Pcm, first: int = FIRST_SAMPLE) -> None:
    """Feed a sound in pieces of 100 ms."""
    for at in range(0, len(pcm), CHUNK):
        stream.feed(pcm[at : at + CHUNK], first + at)


def words(hypothesis: Hypothesis) -> str:
    """The best reading's words; empty if there is none."""
    return fold(hypothesis.best.text) if hypothesis.best is not None else ""


class AsrStreamConformance:
    """Tests of one backend that hold whatever its language is."""

    order = ORDER
    """Of the grammar; another where the backend's model alone mishears this one."""

    def make(self, grammar: Grammar | None = None) -> Recognizer:
        """A recogniser of the backend under test."""
        raise NotImplementedError

    def spoken(self, text: str) -> Pcm:
        """A sentence as a speaker says it whom the backend's model understands: without a grammar it has no help."""
        return spoken(text)

    def decode(self, pcm: Pcm, view: View | None = View(), prefix: str = "") -> Hypothesis:  # noqa: B008
        """What is heard in a whole sound."""
        stream = self.make(grammar()).stream(view, prefix=prefix)
        feed(stream, pcm)
        hypothesis = stream.decode()
        stream.close()
        return hypothesis

    def test_it_says_what_it_can_do(self) -> None:
        capabilities = self.make().capabilities
        assert capabilities.languages and capabilities.licence and capabilities.model_mb >= 0

    def test_silence_and_noise_are_nothing(self) -> None:
        for pcm in (np.zeros(SAMPLE_RATE, np.int16), room(2 * SAMPLE_RATE), room(SAMPLE_RATE, level_db=-35.0)):
            hypothesis = self.decode(pcm)
            assert hypothesis.best is None or hypothesis.best.confidence < 0.3
            assert not hypothesis.free_text
        stream = self.make(grammar()).stream(View())
        assert stream.decode().readings == () and stream.partial() == ("", 0)

    def test_a_gap_and_wrong_samples_are_named(self) -> None:
        stream = self.make(grammar()).stream(View())
        stream.feed(np.zeros(CHUNK, np.int16), FIRST_SAMPLE)
        with pytest.raises(AudioError, match="gap"):
            stream.feed(np.zeros(CHUNK, np.int16), FIRST_SAMPLE + CHUNK + 1)
        with pytest.raises(AudioError, match="int16"):
            stream.feed(np.zeros(CHUNK, np.float32), FIRST_SAMPLE + CHUNK)
        with pytest.raises(AudioError, match="mono"):
            stream.feed(np.zeros((CHUNK, 2), np.int16), FIRST_SAMPLE + CHUNK)

    def test_close_may_come_twice(self) -> None:
        stream = self.make(grammar()).stream(View())
        feed(stream, self.spoken(OTHER_ORDER))
        stream.close()
        stream.close()


class AsrConformance(AsrStreamConformance):
    """Tests of one backend that understands English, with a grammar or by writing text."""

    def test_an_order_of_the_grammar_is_read_with_confidence(self) -> None:
        pcm = self.spoken(self.order)
        hypothesis = self.decode(pcm)
        best = hypothesis.best
        assert best is not None and fold(best.text) == self.order
        assert best.complete and best.can_go_on and best.confidence > 0.6
        assert (hypothesis.start, hypothesis.end) == (FIRST_SAMPLE, FIRST_SAMPLE + len(pcm))
        assert hypothesis.grammar_version == grammar().version
        texts = [fold(reading.text) for reading in hypothesis.readings]
        assert len(texts) == len(set(texts))

    def test_a_careful_reading_says_the_same_and_refuses_the_same(self) -> None:
        for said, order in ((self.order, True), ("my grandmother used to bake bread on Sundays", False)):
            stream = self.make(grammar()).stream(View())
            feed(stream, self.spoken(said))
            best = stream.decode(careful=True).best
            assert (best is not None and fold(best.text) == said and best.confidence > 0.6) == order
            assert order or best is None or best.confidence < 0.3

    def test_a_sentence_that_cannot_go_on_says_so(self) -> None:
        best = self.decode(self.spoken(OTHER_ORDER)).best
        assert best is not None and best.complete and not best.can_go_on

    def test_an_unfinished_order_is_not_a_whole_one(self) -> None:
        best = self.decode(self.spoken("turn on the")).best
        assert best is None or not best.complete or best.confidence < 0.5

    def test_other_speech_is_no_order(self) -> None:
        hypothesis = self.decode(self.spoken("my grandmother used to bake bread on Sundays"))
        assert hypothesis.best is None or hypothesis.best.confidence < 0.3
        assert "bread" in hypothesis.free_text.lower()

    def test_only_what_the_view_allows_is_read(self) -> None:
        best = self.decode(self.spoken(self.order), View(scopes=("yes_no",))).best
        assert best is None or best.confidence < 0.3
        assert words(self.decode(self.spoken("yes please"), View(scopes=("yes_no",)))) == "yes please"

    def test_without_a_view_it_takes_dictation(self) -> None:
        hypothesis = self.decode(self.spoken("my grandmother used to bake bread"), None)
        assert hypothesis.readings == () and "grandmother" in hypothesis.free_text.lower()

    def test_words_are_said_one_after_the_other_within_the_sound(self) -> None:
        stream = self.make(grammar()).stream(View(), prefix="computer")
        feed(stream, self.spoken(f"computer, {self.order}"))
        hypothesis = stream.decode()
        assert hypothesis.best is not None
        timed = stream.words(hypothesis.best.text) if isinstance(stream, WordTimes) else ()
        stream.close()
        if not timed:  # not every model knows when it hears a word
            return
        assert fold(" ".join(word.text for word in timed)) == self.order
        edges = [edge or 0 for word in timed for edge in (word.start, word.end)]
        assert edges == sorted(edges) and hypothesis.start + SAMPLE_RATE // 4 < edges[0] < edges[-1] <= hypothesis.end
        assert all(0.0 < word.confidence <= 1.0 for word in timed)

    def test_a_prefix_is_no_part_of_the_reading(self) -> None:
        hypothesis = self.decode(self.spoken(f"computer, {self.order}"), prefix="computer")
        assert words(hypothesis) == self.order and "computer" not in hypothesis.free_text.lower()

    def test_an_empty_grammar_allows_nothing(self) -> None:
        stream = self.make(Grammar()).stream(View())
        feed(stream, self.spoken(self.order))
        hypothesis = stream.decode()
        assert hypothesis.readings == () and "light" in hypothesis.free_text.lower()

    def test_decoding_changes_nothing(self) -> None:
        pcm, whole = self.spoken(self.order), self.decode(self.spoken(self.order))
        stream = self.make(grammar()).stream(View())
        for at in range(0, len(pcm), 4 * CHUNK):
            feed(stream, pcm[at : at + 4 * CHUNK], FIRST_SAMPLE + at)
            stream.partial()
            stream.decode(FIRST_SAMPLE + at // 2)
        assert words(stream.decode()) == words(whole)
        half = stream.decode(FIRST_SAMPLE + len(pcm) // 2)
        assert half.end == FIRST_SAMPLE + len(pcm) // 2 and words(half) != words(whole)
        assert words(stream.decode(FIRST_SAMPLE + 10 * len(pcm))) == words(whole)

    def test_one_that_says_it_can_be_given_up_ends_and_loses_nothing(self) -> None:
        stream = self.make(grammar()).stream(View())
        if not isinstance(stream, Abandoning):  # a library that cannot be interrupted
            return
        feed(stream, self.spoken(self.order))
        stream.given_up = lambda: True
        for ask in (stream.partial, stream.decode):
            with pytest.raises(Abandoned):
                ask()
        stream.given_up = lambda: False
        assert words(stream.decode()) == self.order

    def test_partials_grow_and_their_stable_part_was_there_before(self) -> None:
        pcm, before, seen = self.spoken(self.order), "", []
        stream = self.make(grammar()).stream(View())
        for at in range(0, len(pcm), 4800):
            feed(stream, pcm[at : at + 4800], FIRST_SAMPLE + at)
            text, stable = stream.partial()
            assert 0 <= stable <= len(text) and text[:stable] == before[:stable]
            before = text
            seen.append(text)
        assert fold(seen[-1]) == self.order and any(0 < len(text) < len(self.order) for text in seen)

    def test_streams_share_nothing(self) -> None:
        recognizer = self.make(grammar())
        one, other = recognizer.stream(View()), recognizer.stream(View())
        first, second = self.spoken(self.order), self.spoken(OTHER_ORDER)
        for at in range(0, max(len(first), len(second)), CHUNK):
            for stream, pcm in ((one, first), (other, second)):
                if at < len(pcm):
                    stream.feed(pcm[at : at + CHUNK], at)
        assert (words(one.decode()), words(other.decode())) == (self.order, OTHER_ORDER)
        one.close()
        assert words(other.decode()) == OTHER_ORDER

    def test_loud_clipped_and_shifted_sound_is_understood(self) -> None:
        pcm = self.spoken(self.order).astype(np.float64)
        clipped = np.clip(pcm * (32767 * 3 / np.abs(pcm).max()), -32768, 32767).astype(np.int16)
        shifted = np.clip(pcm * 0.4 + 6000, -32768, 32767).astype(np.int16)
        assert words(self.decode(clipped)) == self.order
        assert words(self.decode(shifted)) == self.order

    def test_a_telephone_is_understood(self) -> None:
        narrow = resample(resample(self.spoken(self.order), SAMPLE_RATE, TELEPHONE), TELEPHONE, SAMPLE_RATE)
        heard = self.decode(narrow)
        by_itself = not self.make().capabilities.grammar and self.order.split()[-1] in fold(heard.free_text)
        assert words(heard) == self.order or by_itself, heard

    def test_music_is_no_order(self) -> None:
        best = self.decode(music()).best
        assert best is None or best.confidence < 0.3
