"""What the assistant itself says, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.skills import builtin

NO_SPEECH = "I didn't hear an order."
TOO_LONG = "That was too long for me. Please say it in one short sentence."
DEAF = "I can't hear the microphone any more."
RECOGNISER_LOST = "I can't hear right now. Please try again in a moment."
CANCELLED = "Okay, never mind."
SKILL_LOST = "Sorry, that didn't work."
NOTHING_ASKED = {"Yes": "There is nothing to confirm.", "No": "There is no question to say no to."}
"""To a yes or no that answers nothing."""
YES_NO = View(scopes=("yes_no",))


def not_understood(heard: str, failures: int, examples: Sequence[str]) -> str:
    """The answer to words without a meaning here; from the second failure on it says what can be said."""
    replies = _yes_no().match(heard, YES_NO)
    if replies:
        return NOTHING_ASKED[replies[0].intent]
    first = f"I heard “{heard.strip(' .,!?')}”. I can't do that." if heard.strip(" .,!?") else "I didn't get that."
    if failures < 2 or not examples:
        return first
    quoted = [f"“{example}”" for example in examples[:3]]
    return f"{first} You can say {', '.join(quoted[:-1])} or {quoted[-1]}." if len(quoted) > 1 else first


def did_you_mean(reading: str, rival: str = "") -> str:
    """The question about a doubtful reading, or about two."""
    first, second = (text.strip(" .,!?").lower() for text in (reading, rival))
    return f"Did you mean: {first}, or: {second}?" if second else f"Did you mean: {first}?"


@cache
def _yes_no() -> Grammar:
    """What means yes or no. As orders these words would be heard in talk that is not for the assistant."""
    grammar = Grammar()
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    return grammar
