"""Who speaks in tests of skills, and answers their questions with what the test says."""

from __future__ import annotations

from collections.abc import Callable

from assistant.grammar.base import Match, View
from assistant.turns.questions import TIMES


class FakeSpeaker:
    """Answers questions, as the turn lets people do.

    Attributes:
        questions: that were asked, each as often as it was.
        replies: what is still to be said, in its order.
        cancelled: whether the latest question ended with "never mind".

    Args:
        match: what a text means under a view, the likeliest first.
    """

    def __init__(self, match: Callable[[str, View], list[Match]]) -> None:
        self._match = match
        self.questions: list[str] = []
        self.replies: list[str] = []
        self.cancelled = False

    async def confirm(self, question: str) -> bool:
        """Answer a yes-no question with the next reply; none is a no."""
        match = await self.ask(question, View(("yes_no", "stop")), "yes_no")
        return match is not None and match.intent == "Yes"

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        """Answer a question with the next reply; one that is no answer is passed over, as a person is asked again."""
        self.cancelled = False
        for _ in range(TIMES):
            self.questions.append(question)
            if not self.replies:
                return None
            matches = self._match(self.replies.pop(0), view)
            if matches:
                self.cancelled = matches[0].intent in ("Stop", "NeverMind")
                return None if self.cancelled else matches[0]
        return None
