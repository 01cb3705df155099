"""Up to which word was an answer heard?"""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import Conversation
from assistant.dialogue.unheard import unheard

ANSWER = "The kitchen is at 19.5 degrees, the hall at 17. Shall I turn the heating on?"


@pytest.mark.parametrize(("heard", "rest"), [
    ("The kitchen is", "is at 19.5 degrees, the hall at 17. Shall I turn the heating on?"),
    ("The kitchen is at nineteen point", "at 19.5 degrees, the hall at 17. Shall I turn the heating on?"),
    ("The kitchen is at nineteen point five degrees, the hall", "hall at 17. Shall I turn the heating on?"),
    ("The kitchen is at nineteen point five degrees, the hall at seventeen. Shall I", "I turn the heating on?"),
    ("The kitchen is at nineteen point five degrees, the hall at seventeen. Shall I turn the heating on?", ""),
    ("", ""), ("nothing of that", ""),
])
def test_the_rest_begins_with_the_last_word_heard(heard: str, rest: str) -> None:
    assert unheard(ANSWER, heard) == rest


def test_what_is_said_again_does_not_say_so_twice() -> None:
    assert unheard("As I said, it is warm in here.", "As I said, it is") == "is warm in here."


def test_a_conversation_knows_it_until_something_else_is_answered() -> None:
    conversation = Conversation()
    conversation.answered(ANSWER, [])
    conversation.broken_off("The kitchen is")
    assert conversation.snapshot(0.0)["unheard"].startswith("is at 19.5")
    conversation.answered("It is off.", [])
    assert conversation.snapshot(0.0)["unheard"] == ""
