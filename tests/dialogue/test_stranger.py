"""Names in orders that nothing here has."""

from __future__ import annotations

import pytest

from assistant.dialogue.stranger import stranger

HERE = ("hall light", "kitchen", "blinds")


@pytest.mark.parametrize(("words", "name"), [
    ("turn on the garage light", "garage light"),
    ("Could you switch the garage light off, please?", "garage light"),
    ("switch off my reading lamp", "reading lamp"),
    ("open the sky light", "sky light"),
    ("turn on the hall light", ""),
    ("open the blinds", ""),
    ("turn off the thing that I bought in town yesterday", ""),
    ("turn on", ""),
    ("paint the wall", ""),
    ("", ""),
])
def test_what_nothing_here_is_called(words: str, name: str) -> None:
    assert stranger(words, lambda named: named in HERE) == name
