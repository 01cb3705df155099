"""How an order may end before its handler returns: raised anywhere in a skill, answered politely by the kit."""

from __future__ import annotations

NEVER_MIND = "Okay, never mind."
NO_ANSWER = "I didn't hear an answer, so I'll leave it."


class Ending(Exception):
    """Ends the order.

    Args:
        text: what is said.
    """

    outcome = "failed"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Refusal(Ending):
    """The order cannot or may not be carried out, and the skill says so: ``raise Refusal("We have no tea.")``."""

    outcome = "refused"


class Cancelled(Ending):
    """Somebody changed their mind. ``ask`` and ``choose`` raise it at "never mind", and where nobody answers."""

    outcome = "cancelled"

    def __init__(self, text: str = NEVER_MIND) -> None:
        super().__init__(text)
