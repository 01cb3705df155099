"""What an utterance asks for, and what of it is asked about first."""

from __future__ import annotations

import pytest

from assistant.asr.base import Hypothesis, Reading, Word
from assistant.dialogue.chain import Chain
from assistant.grammar.base import Match, View
from assistant.turns.judge import Thresholds, judge
from assistant.turns.sense import Sense, sense

TEXT = "where is the spare key"
RECALL = Match("memory", "Recall", {"question": "the spare key"}, TEXT)


def heard(*confidences: float, reading: Reading | None = None) -> Sense:
    """What comes of a text whose words were heard so surely."""
    words = tuple(Word(text, confidence) for text, confidence in zip(TEXT.split(), confidences, strict=False))
    hypothesis = Hypothesis(readings=(reading,) if reading else (), free_text=TEXT, free_words=words)
    chain = Chain([("open", lambda _, text, __: RECALL if text == TEXT else None)])
    return sense(chain, judge(Thresholds(), hypothesis, addressed=True), hypothesis, View())


@pytest.mark.parametrize(("confidences", "doubted"), [
    ((0.9, 0.9, 1.0, 0.9, 0.9), False), ((0.9, 0.3, 1.0, 0.2, 0.9), True), ((1.0, 1.0, 1.0, 1.0, 0.0), True),
])
def test_an_open_text_that_was_hardly_made_out_is_asked_about(confidences: tuple[float, ...], doubted: bool) -> None:
    assert heard(*confidences) == Sense((RECALL,), "open", doubted)


def test_several_orders_that_were_hardly_made_out_are_asked_about_too() -> None:
    words = tuple(Word(text, 0.4) for text in ["now", "where", "is", "the", "spare", "key"])
    hypothesis = Hypothesis(free_text="now where is the spare key", free_words=words)
    chain = Chain([("open", lambda _, text, __: RECALL if text == TEXT else None)])
    asked = sense(chain, judge(Thresholds(), hypothesis, addressed=True), hypothesis, View())
    assert [order.intent for order in asked.orders] == ["Recall"] and asked.doubted


def test_a_recogniser_that_tells_no_confidence_is_believed() -> None:
    assert heard() == Sense((RECALL,), "open", False)


def test_a_sentence_that_is_sure_needs_no_sure_open_text() -> None:
    sure = Reading(TEXT, -0.5, 0.9, True, False)
    assert heard(0.1, 0.1, 0.1, 0.1, 0.1, reading=sure) == Sense((RECALL,), "open", False)
