"""Which reading of an utterance comes first: a whole sentence or one whose rest may still be to come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assistant.asr.constrained.search import BeamConfig, Found, Sentence
from assistant.asr.constrained.stream import ConstrainedStream

Tokens = tuple[int, ...]
WHOLE: Tokens = (1, 2, 3, 4)
BEGUN: Tokens = (1, 2, 3, 5)
TEXTS = {WHOLE: "add milk to the list", BEGUN: "add milk to the lisp"}
FREE = -1.0
"""Log-probability of the free text."""


class Fixed:
    """Searches nothing: two sentences were found."""

    tokens_per_piece = 1.0

    def __init__(self, whole: float, open_tokens: int) -> None:
        sentences = (
            Sentence(BEGUN, BEGUN, TEXTS[BEGUN], FREE, 0, False, open_tokens, end=0.0),
            Sentence(WHOLE, WHOLE, TEXTS[WHOLE], FREE + whole, 0, True, open_tokens, end=0.0),
        )
        self._found = Found(sentences, BEGUN, FREE, BEGUN)

    def hear(self, sound: Any, drafts: Any) -> Fixed:
        return self

    def find(self, task: Any) -> Found:
        return self._found

    def text(self, tokens: Any) -> str:
        return TEXTS[tuple(tokens)]

    def can_go_on(self, state: int) -> bool:
        return True


@pytest.mark.parametrize(("whole", "open_tokens", "first"), [
    (-1.0, 3, WHOLE), (-1.0, 0, BEGUN), (-20.0, 3, BEGUN), (0.0, 0, WHOLE),
])
def test_what_is_open_proves_nothing_against_a_whole_sentence(
    whole: float, open_tokens: int, first: tuple[int, ...]
) -> None:
    fixed: Any = Fixed(whole, open_tokens)
    stream = ConstrainedStream(fixed, BeamConfig(), (fixed, 1), None, lambda: None)  # type: ignore[arg-type, return-value]
    stream.feed(np.full(8000, 3000, np.int16) * np.tile(np.array([1, -1], np.int16), 4000), 0)
    best = stream.decode().best
    assert best is not None and best.text == TEXTS[first]
