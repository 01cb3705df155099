"""What skills answer: one answer to several orders is spoken and shown as words, however each was marked up."""

from __future__ import annotations

import pytest

from assistant.skills.messages import Answer, joined

MARKED = Answer("<speak>It is <emphasis>nine</emphasis>.</speak>", "info")


@pytest.mark.parametrize(("answers", "text"), [
    ((Answer("Done"), MARKED), "Done. It is nine."), ((MARKED, Answer("Done")), "It is nine. Done."),
    ((MARKED, Answer("")), "It is nine."), ((MARKED,), MARKED.text),
])
def test_answers_that_are_joined_leave_no_tags_between_their_words(answers: tuple[Answer, ...], text: str) -> None:
    assert joined(answers).text == text


def test_the_outcome_is_that_of_the_order_that_went_least_well() -> None:
    answers = Answer("On."), Answer("It did not answer.", "failed"), Answer("It is nine.", "info")
    assert joined(answers).outcome == "failed"
