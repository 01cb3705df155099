"""Words: which tokens spell them, how sure they are, and when they were said."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from assistant.asr.base import Hypothesis
from assistant.asr.constrained.stream import ConstrainedStream
from assistant.asr.constrained.words import Span, spelled, words_of
from assistant.asr.fold import fold
from assistant.asr.moonshine.alignment import align
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.networks import HEADS, LAYERS
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.asr.moonshine.sound import Sound
from assistant.asr.moonshine.suppress import cleared
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.grammar.base import View
from assistant.testing.conformance.asr import FIRST_SAMPLE, ORDER, feed, grammar, spoken
from assistant.testing.conformance.vad import room

FIRST, REST = "turn on the light", "in the bedroom"
SILENCE = 1.5


@cache
def recognizer() -> MoonshineRecognizer:
    return MoonshineRecognizer(MoonshineConfig(threads=1), grammar())


def model() -> MoonshineModel:
    return recognizer().model


def tokens_of(*pieces: str) -> tuple[int, ...]:
    return tuple(model().vocabulary.pieces.index(piece) for piece in pieces)


def heard(pcm: Pcm, view: View | None, careful: bool = False) -> tuple[ConstrainedStream, Hypothesis]:
    stream = recognizer().stream(view)
    feed(stream, pcm)
    return stream, stream.decode(careful=careful)


@cache
def paused() -> tuple[Pcm, int, int]:
    """An order in two parts, and the samples between which nobody speaks."""
    first, rest = spoken(FIRST, after=0.0), spoken(REST, before=0.0)
    silence = room(round(SILENCE * SAMPLE_RATE)).astype(np.int16)
    return np.concatenate([first, silence, rest]), len(first), len(first) + len(silence)


def test_tokens_make_words_and_marks_do_not_count() -> None:
    tokens = tokens_of(" Turn", " on", " ", "2", "1", ",", " light", "s", ".")
    scores = (-0.5, -0.1, -0.2, -0.4, -0.6, -9.0, -1.0, -3.0, -9.0)
    span = Span("Turn on 21, lights.", tokens, scores)
    words = words_of(span, model().vocabulary.spelling)
    assert [word.text for word in words] == ["Turn", "on", "21,", "lights."]
    expected = [-0.5, -0.1, (-0.4 - 0.6) / 2, (-1.0 - 3.0) / 2]
    assert [np.log(word.confidence) for word in words] == pytest.approx(expected)
    places = [(one.first, one.last) for one in spelled(span, model().vocabulary.spelling)]
    assert places == [(0, 0), (1, 1), (2, 5), (6, 8)]


def test_a_letter_of_several_tokens_belongs_to_its_word() -> None:
    words = model().vocabulary
    bytes_of_e = tuple(next(i for i in range(300) if words.spelling(i) == bytes([b])) for b in "é".encode())
    span = Span("cafés on", (*tokens_of(" ca", "f"), *bytes_of_e, *tokens_of("s", " on")), (-1.0,) * 6)
    assert [(one.first, one.last) for one in spelled(span, words.spelling)] == [(0, 4), (5, 5)]


def test_what_is_not_shown_is_in_no_word() -> None:
    span = Span("on", tokens_of("-", " on"), (-1.0, -2.0))
    assert [word.text for word in words_of(span, model().vocabulary.spelling)] == ["on"]


def test_every_text_comes_with_its_words() -> None:
    _, hypothesis = heard(spoken(ORDER), View())
    assert hypothesis.best is not None
    for text, words in ((hypothesis.free_text, hypothesis.free_words), (hypothesis.best.text, hypothesis.best.words)):
        assert " ".join(word.text for word in words) == text
        assert all(0.0 < word.confidence <= 1.0 and word.start is None for word in words)


def test_a_word_that_nobody_said_is_the_least_sure() -> None:
    _, hypothesis = heard(spoken("turn on the kitchen fight"), View(), careful=True)
    words = next(one.words for one in hypothesis.readings if fold(one.text) == ORDER)
    assert fold(min(words, key=lambda word: word.confidence).text) == "light"


def test_the_probabilities_of_the_tokens_make_the_score() -> None:
    sound = cleared(np.asarray(spoken(ORDER) / 32768, np.float32))
    stream, hypothesis = heard(spoken(ORDER), View())
    place = Sound(model(), sound)
    for text in (hypothesis.free_text, hypothesis.readings[0].text):
        (span,) = stream._written[text]
        # The graph's eight-bit steps depend on what runs beside a token, and weigh more the less likely that is.
        again = place.probability_within(span.tokens, len(sound))
        assert sum(span.log_probabilities) == pytest.approx(again, abs=0.4, rel=0.25)


@pytest.mark.parametrize("view", [View(), None])
def test_words_are_where_they_were_said(view: View | None) -> None:
    pcm, before, after = paused()
    stream, hypothesis = heard(pcm, view)
    text = hypothesis.best.text if hypothesis.best else hypothesis.free_text
    words = stream.words(text)
    # Without a grammar the voice's "turn" is heard as "purn".
    assert fold(" ".join(word.text for word in words)).split()[1:] == f"{FIRST} {REST}".split()[1:]
    edges = [edge - FIRST_SAMPLE for word in words for edge in (word.start, word.end) if edge is not None]
    assert len(edges) == 14 and edges == sorted(edges) and edges[0] > 0.2 * SAMPLE_RATE and edges[-1] <= len(pcm)
    assert before - 0.3 * SAMPLE_RATE < edges[7] <= before and after <= edges[8] < after + 0.3 * SAMPLE_RATE
    assert all(end > start for start, end in zip(edges[::2], edges[1::2], strict=True))


def test_of_a_text_that_was_not_heard_nothing_is_known() -> None:
    stream, _ = heard(spoken(ORDER), View())
    assert stream.words("open the pod bay doors") == ()
    stream.close()
    assert stream.words(ORDER) == ()


def test_times_go_on_across_windows() -> None:
    silence = room(14 * SAMPLE_RATE).astype(np.int16)
    pcm = np.concatenate([spoken(FIRST, after=0.0), silence, spoken(REST)])
    stream, hypothesis = heard(pcm, View())
    assert hypothesis.best is not None
    words = stream.words(hypothesis.best.text)
    assert [fold(word.text) for word in words] == f"{FIRST} {REST}".split()
    gap = [(word.start or 0) - (before.end or 0) for before, word in pairwise(words)]
    assert gap.index(max(gap)) == 3 and max(gap) > 13 * SAMPLE_RATE


def test_attention_is_a_share_for_each_token() -> None:
    encoded = model().encode(np.asarray(spoken(ORDER) / 32768, np.float32))
    weights = model().attention(encoded, tokens_of(" Turn", " on"))
    assert weights.shape[:2] == (LAYERS * HEADS, 3)
    assert np.allclose(weights.sum(axis=2), 1.0, atol=1e-4)


def test_frames_go_to_tokens_in_order() -> None:
    weights = np.full((3, 10), 0.01, np.float32)
    weights[0, 2:4] = weights[1, 4:8] = weights[2, 8:] = 0.5
    weights[2, 0] = 0.9
    assert align(weights).tolist() == [0, 4, 8]
    assert align(np.ones((5, 3), np.float32)).tolist() == [0, 0, 1, 1, 2]
