"""Letters for the ear, and words of the household's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.skills.harness import Harness
from skills.spelling.letters import spelled

FOLDER = Path(__file__).parents[1]
HOME = FOLDER.parents[1] / "configs" / "home.yaml"


@pytest.mark.parametrize(("word", "said"), [
    ("cat", "C, A, T"), ("balloon", "B, A, double L, double O, N"), ("zzz", "triple Z"), ("vacuum", "V, A, C, U, U, M"),
    ("o'clock", "O, apostrophe, C, L, O, C, K"), ("tv2", "T, V, 2"), ("new york", "N, E, W, space, Y, O, R, K"),
    ("?!", ""),
])
def test_letters(word: str, said: str) -> None:
    assert spelled(word) == said


async def test_names_of_the_household_come_before_open_words() -> None:
    async with Harness(FOLDER, home=HOME) as h:
        match = h.understand("spell the floor lamp for me please")
        assert match is not None and match.slots == {"word": "floor lamp"} and match.wildcards == 0


async def test_what_is_too_long_or_no_word_is_said() -> None:
    async with Harness(FOLDER) as h:
        long = await h.say("spell antidisestablishmentarianism pneumonoultramicroscopic")
        assert long.outcome == "refused" and "too long" in long.text
