"""What the assistant itself says, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from assistant.errors import LinkBroken, LinkError, LinkGarbled, LinkRefused, LinkTimeout, LinkUnknown
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.skills import builtin

NO_SPEECH = "I didn't hear an order."
TOO_LONG = "That was too long for me. Please say it in one short sentence."
DEAF = "I can't hear the microphone any more."
RECOGNISER_LOST = "I can't hear right now. Please try again in a moment."
CANCELLED = "Okay, never mind."
SKILL_LOST = "Sorry, that didn't work."
MODEL_SILENT = "I have no answer to that."
MODEL_ENDLESS = "I'll stop there."
MODEL_ROUNDS = "I couldn't finish that."
NOTHING_ASKED = {"Yes": "There is nothing to confirm.", "No": "There is no question to say no to."}
"""To a yes or no that answers nothing."""
YES_NO = View(scopes=("yes_no",))
MODEL_FAILED = "I can't do that, and the language model doesn't answer."
_MODEL_FAILURES: tuple[tuple[type[LinkError], str], ...] = (
    (LinkTimeout, "Sorry, the language model took too long."),
    (LinkBroken, "Sorry, the language model broke off."),
    (LinkRefused, "I can't do that, and the language model doesn't let me in."),
    (LinkUnknown, "I can't do that, and the language model isn't there."),
    (LinkGarbled, "Sorry, I can't read what the language model says."),
)


def not_understood(heard: str, failures: int, examples: Sequence[str], stranger: str = "") -> str:
    """The answer to words without a meaning here; from the second failure on it says what can be said.

    Args:
        stranger: a name in them that nothing here has.
    """
    replies = _yes_no().match(heard, YES_NO)
    if replies:
        return NOTHING_ASKED[replies[0].intent]
    why = f"There is nothing called {stranger} here." if stranger else "I can't do that."
    first = f"I heard “{heard.strip(' .,!?')}”. {why}" if heard.strip(" .,!?") else "I didn't get that."
    if failures < 2 or not examples:
        return first
    quoted = [f"“{example}”" for example in examples[:3]]
    return f"{first} You can say {', '.join(quoted[:-1])} or {quoted[-1]}." if len(quoted) > 1 else first


def model_failed(error: LinkError) -> str:
    """Why a language model gave no answer, or not all of it."""
    return next((text for kind, text in _MODEL_FAILURES if isinstance(error, kind)), MODEL_FAILED)


def did_you_mean(reading: str, rival: str = "") -> str:
    """The question about a doubtful reading, or about two."""
    first, second = (text.strip(" .,!?").lower() for text in (reading, rival))
    return f"Did you mean: {first}, or: {second}?" if second else f"Did you mean: {first}?"


def two_voices(orders: Sequence[str]) -> str:
    """The question about what was said by one person and went on by another."""
    return f"I heard two people. Shall I: {' and '.join(order.strip(' .,!?').lower() for order in orders)}?"


@cache
def _yes_no() -> Grammar:
    """What means yes or no. As orders these words would be heard in talk that is not for the assistant."""
    grammar = Grammar()
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    return grammar
