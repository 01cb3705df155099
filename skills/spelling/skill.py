"""Spells words."""

from __future__ import annotations

from assistant.skills import Answer, Context, Refusal, Skill, intent

from .letters import spelled

MOST_LETTERS = 40
"""More letters than these nobody writes down from hearing."""


class Spelling(Skill):
    """Says letters."""

    @intent("Spell")
    async def spell(self, ctx: Context, word: str) -> Answer:
        if len(word) > MOST_LETTERS:
            raise Refusal("That is too long to spell. Ask me for one word.")
        letters = spelled(word)
        if not letters:
            raise Refusal("There is nothing to spell in that.")
        return Answer(f"{word[:1].upper()}{word[1:]}: {letters}.", "info")
