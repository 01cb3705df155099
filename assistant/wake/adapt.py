"""Other spellings of a wake phrase, from what the recogniser writes when people of the household say it.

An alternative opens another door for false accepts. So it is taken only if it sounds nearly like the phrase, came more
than once, and nothing speaks against it that would speak against a phrase.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.asr.fold import fold
from assistant.grammar.grammar import Grammar
from assistant.wake.advice import NEAR, OFTEN, clash
from assistant.wake.frequency import hourly
from assistant.wake.pronunciation import Word, distance, pronounced

ALIKE = 0.35
"""Distance, per sound of the phrase, up to which a spelling is one of it: "hey noah" for "hey nova"."""
AGREED = 2
"""Recordings that are written so."""
MOST = 2
"""Each costs the scorer as much as a phrase."""


def spellings(phrase: str, texts: Sequence[str], rivals: Sequence[str], grammar: Grammar | None = None) -> list[str]:
    """Spellings to listen for beside the phrase, the most frequent first.

    Args:
        texts: what the recogniser wrote, a text for each recording.
        rivals: other wake phrases and words that silence, which none of them may come near.
    """
    counts = Counter(shaped(text, phrase) for text in texts)
    found = [text for text, count in counts.most_common() if count >= AGREED and _other(text, phrase)]
    if not found:
        return []
    spoken, *words = pronounced([phrase, *found, *rivals])
    others = words[len(found) :]
    fitting = [word.text for word in words[: len(found)] if _fits(word, spoken, others)]
    return [text for text in fitting if grammar is None or not list(clash(text, grammar))][:MOST]


def shaped(text: str, phrase: str) -> str:
    """A text in as many words as the phrase, as far as it has them: thresholds go by their number."""
    words, count = fold(text).split(), len(phrase.split())
    return " ".join([*words[: count - 1], "".join(words[count - 1 :])]).strip()


def _other(text: str, phrase: str) -> bool:
    """Whether it is another spelling at all: spaces are free anyway."""
    letters = text.replace(" ", "")
    return bool(letters) and letters != fold(phrase).replace(" ", "")


def _fits(word: Word, phrase: Word, rivals: Sequence[Word]) -> bool:
    if distance(word.sounds, phrase.sounds) > ALIKE * len(phrase.sounds) or hourly(word.text) >= OFTEN:
        return False
    return not any(distance(word.sounds, rival.sounds) <= NEAR * max(len(word.sounds), len(rival.sounds))
                   for rival in rivals)
