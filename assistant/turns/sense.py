"""What an utterance asks for: the meaning of the sentence that was heard, or the orders in its open text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.asr.base import Hypothesis, Word
from assistant.dialogue.chain import Chain
from assistant.grammar.base import Match, View
from assistant.turns.judge import Judgement, Verdict

MADE_OUT = 0.7
"""Geometric mean of the words' confidences from which an open text is believed. Of 1,180 sentences that are no order,
of speakers with odd numbers in ``speech/nonnative``, six had a meaning by their open text: three were written nearly as
said, at 0.79 and more, the others below 0.57."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What is to be carried out, or to be asked about; empty: nothing that the links know."""

    orders: tuple[Match, ...] = ()
    link: str = ""
    """Of the chain, that found it; empty where the open text is several orders or one in other words."""
    doubted: bool = False
    """Ask first whether this was meant."""


def sense(chain: Chain, judgement: Judgement, hypothesis: Hypothesis, view: View) -> Sense:
    """What a judged utterance asks for, by the links that answer at once.

    A sentence that is only likely is asked about, unless the open text is orders that no single sentence is all of.
    """
    heard, doubted = hypothesis.free_text, judgement.verdict is Verdict.ASK_BACK
    guessed = judgement.verdict is Verdict.REFUSE and not is_made_out(hypothesis.free_words)
    reading = judgement.reading.text if judgement.reading is not None else heard
    found = chain.understand(reading, heard, view)
    if found is None or doubted:
        orders = chain.compound(heard, view)
        if orders or found is None:
            return Sense(orders, doubted=guessed and bool(orders))
    return Sense((found.match,), found.link, doubted or guessed)


def is_made_out(words: Sequence[Word]) -> bool:
    """Whether an open text is what was said, as far as the recogniser can tell; one that does not tell is believed."""
    return not words or sum(math.log(max(word.confidence, 1e-6)) for word in words) >= len(words) * math.log(MADE_OUT)
