"""What is left of a text without the wake phrase that opens it."""

from __future__ import annotations

import pytest

from assistant.asr.text.stream import without_prefix


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hey Nova, turn on the light.", "turn on the light."),
        ("Heynova turn on", "turn on"),
        ("hey, Nova! ... Light on", "Light on"),
        ("\u201cHey Nova\u201d turn on", "turn on"),
        ("Hey Nova\u2026 light on", "light on"),
        ("Hey Nova", ""),
        ("Hey Nova's light", "Hey Nova's light"),
        ("Hey Novak, hello", "Hey Novak, hello"),
        ("Turn on the light", "Turn on the light"),
        ("", ""),
    ],
)
def test_the_phrase_is_left_out(text: str, rest: str) -> None:
    assert without_prefix(text, "hey nova") == rest
