"""What a stream makes of what a search found: which reading comes first, and what of the free text was heard."""

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


SAID: Tokens = (6,)
USUAL: Tokens = (7,)


class TwoWords(Fixed):
    """Finds two whole sentences; the free text is that which is less likely as a whole."""

    def __init__(self, lead: float) -> None:
        sentences = tuple(
            Sentence(tokens, tokens, self.text(tokens), score, 0, True, end=0.0)
            for tokens, score in ((USUAL, FREE + lead), (SAID, FREE))
        )
        self._found = Found(sentences, SAID, FREE, SAID)

    def text(self, tokens: Any) -> str:
        return {SAID: "turn off the light", USUAL: "turn up the light"}[tuple(tokens)]


@pytest.mark.parametrize(("lead", "first"), [(0.5, SAID), (2.5, SAID), (3.5, USUAL)])
def test_what_the_free_text_says_word_for_word_leads_unless_another_is_far_likelier(lead: float, first: Tokens) -> None:
    found: Any = TwoWords(lead)
    stream = ConstrainedStream(found, BeamConfig(), (found, 1), None, lambda: None)  # type: ignore[arg-type, return-value]
    stream.feed(np.full(8000, 3000, np.int16) * np.tile(np.array([1, -1], np.int16), 4000), 0)
    texts = [reading.text for reading in stream.decode().readings]
    assert texts[0] == found.text(first) and len(texts) == 2


class SecondOnly(TwoWords):
    """The first look hears nothing, the second something."""

    looks = 0

    def hear(self, sound: Any, drafts: Any) -> Fixed:
        self.looks += 1
        return self

    def find(self, task: Any) -> Found:
        return self._found if self.looks > 1 else Found((), (), FREE, ())

    def text(self, tokens: Any) -> str:
        return super().text(tokens) if tokens else ""


def test_what_only_the_second_look_heard_is_kept() -> None:
    found: Any = SecondOnly(-30.0)
    stream = ConstrainedStream(found, BeamConfig(), (found, 1), None, lambda: None)  # type: ignore[arg-type, return-value]
    stream.feed(np.full(8000, 3000, np.int16) * np.tile(np.array([1, -1], np.int16), 4000), 0)
    careful = stream.decode(careful=True)
    assert found.looks == 2 and careful.free_text == "turn off the light"


class Writes(Fixed):
    """Writes one text, whatever is heard."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = Found((), (1,), FREE, (1,))

    def text(self, tokens: Any) -> str:
        return self._text if tokens else ""


@pytest.mark.parametrize(("language", "written", "heard"), [
    ("ru", "Включи свет.", "Включи свет."), ("ko", "불 켜 줘", "불 켜 줘"), ("de", "um", "um"), ("ru", "♪♪", ""),
    ("en", "Включи свет.", ""), ("en", "um", ""),
])
def test_what_can_have_been_spoken_depends_on_the_language(language: str, written: str, heard: str) -> None:
    writes: Any = Writes(written)
    stream = ConstrainedStream(writes, BeamConfig(), None, None, lambda: None, language)  # type: ignore[arg-type, return-value]
    stream.feed(np.full(8000, 3000, np.int16) * np.tile(np.array([1, -1], np.int16), 4000), 0)
    assert stream.decode().free_text == heard and stream.partial()[0] == heard
