"""Says things again, says what can be said and why something was done, and is polite."""

from __future__ import annotations

from typing import Any

from assistant.skills import Answer, Context, Skill, intent

EXAMPLES = 3
"""More than three things said in a row nobody remembers."""
SURE = 0.85
"""From this probability on there is no need to speak of it."""
NOTHING = "Nothing has happened in the last two minutes."
BECAME = {
    "done": "did it", "already": "found it done", "info": "answered it", "failed": "could not do it",
    "refused": "refused it", "cancelled": "left it",
}
"""What a skill did with an order, by its outcome."""


class Conversation(Skill):
    """About the conversation itself."""

    @intent("Repeat")
    async def repeat(self, ctx: Context) -> Answer:
        said, rest = ctx.conversation.answer, ctx.conversation.unheard
        return Answer(f"As I said, {rest}" if rest else said or "I haven't said anything yet.", "info")

    @intent("Help")
    async def help(self, ctx: Context, topic: str = "") -> Answer:
        """Other things each time it is asked.

        Args:
            topic: name of a skill.
        """
        examples = [example for example in await ctx.examples(topic) if example != "what can I say"]
        if not examples:
            nothing = f"I have no {topic.replace('_', ' ')} here." if topic else "Nothing yet: no skills are installed."
            return Answer(nothing, "info")
        before = ctx.memory.get("shown", {})
        first = int(before.get(topic, 0)) % len(examples) if len(examples) > EXAMPLES else 0
        shown = (examples[first:] + examples[:first])[:EXAMPLES]
        ctx.memory["shown"] = {topic: first + EXAMPLES}
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

    @intent("WhoAmI")
    async def who_am_i(self, ctx: Context) -> Answer:
        """What is known of who speaks: a voice is a claim, not a proof."""
        if ctx.person:
            return Answer(f"You sound like {ctx.person}.", "info")
        return Answer("I don't know whose voice that is.", "info")

    @intent("Did")
    async def did(self, ctx: Context) -> Answer:
        before = _asked_about(ctx)
        if before.get("missed"):
            return _about(before, f"I heard “{before['missed']}”, and did nothing.")
        if not before.get("heard"):
            return Answer(NOTHING, "info")
        return _about(before, f"You said “{before['heard']}”, and I answered: {before['answer'] or 'nothing.'}")

    @intent("Why")
    async def why(self, ctx: Context) -> Answer:
        before = _asked_about(ctx)
        if before.get("missed"):
            return _about(before, f"I heard “{before['missed']}”, and no sentence that I know fits that.")
        if not before.get("heard"):
            return Answer(NOTHING, "info")
        sure = "and was sure of it" if before["certainty"] >= SURE else f"and was {before['certainty']:.0%} sure"
        skill = before["intent"].partition(".")[0].replace("_", " ")
        became = BECAME.get(before["outcome"], "has not answered yet")
        reason = f": {before['reason']}" if before["reason"] else "."
        return _about(before, f"I heard “{before['heard']}”, {sure}. My skill {skill} took it and {became}{reason}")


def _asked_about(ctx: Context) -> dict[str, Any]:
    """The order before; what was asked about then, where that was a question like this."""
    before = ctx.conversation
    if before.intent in ("conversation.Did", "conversation.Why") and not before.missed:
        return dict(ctx.memory.get("about", {}))
    names = ("intent", "heard", "answer", "certainty", "missed", "outcome", "reason")
    return {name: getattr(before, name) for name in names}


def _about(before: dict[str, Any], text: str) -> Answer:
    return Answer(text, "info", remember={"about": before})
