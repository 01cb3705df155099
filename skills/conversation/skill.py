"""Says things again, says what can be said, and is polite."""

from __future__ import annotations

from assistant.skills import Answer, Context, Skill, intent

EXAMPLES = 3
"""More than three things said in a row nobody remembers."""


class Conversation(Skill):
    """About the conversation itself."""

    @intent("Repeat")
    async def repeat(self, ctx: Context) -> Answer:
        said = ctx.conversation.answer
        return Answer(said or "I haven't said anything yet.", "info")

    @intent("Help")
    async def help(self, ctx: Context) -> Answer:
        """Other things each time it is asked."""
        examples = [example for example in await ctx.examples() if example != "what can I say"]
        if not examples:
            return Answer("Nothing yet: no skills are installed.", "info")
        first = int(ctx.memory.get("next", 0)) % len(examples)
        shown = (examples[first:] + examples[:first])[:EXAMPLES]
        ctx.memory["next"] = first + EXAMPLES
        text = f"You can say: {'; '.join(shown[:-1])}; or: {shown[-1]}." if len(shown) > 1 else f"Say: {shown[0]}."
        return Answer(text, "info", continue_conversation=True)

    @intent("Thanks")
    async def thanks(self, ctx: Context) -> Answer:
        return Answer("You're welcome.", "info")

    @intent("Status")
    async def status(self, ctx: Context) -> Answer:
        status = await ctx.status()
        if not status["home"]:
            return Answer("I hear you, but I can't reach the home right now.", "info")
        return Answer("I hear you, and everything works.", "info")
