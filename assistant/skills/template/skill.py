"""Takes orders for example, and knows the latest one."""

from __future__ import annotations

from assistant.skills import Cancelled, Context, Refusal, Skill, intent

SIZES = ("small", "medium", "large")
MANY = 6


class Example(Skill):
    """A method for each intent of ``sentences.yaml``; slots arrive by name, as the types that the annotations say."""

    @intent("Order")
    async def order(self, ctx: Context, size: str = "", count: int = 1) -> str:
        if count > ctx.settings["most"]:
            raise Refusal(ctx.phrase("too_many", most=ctx.settings["most"]))
        size = size or await ctx.choose(ctx.phrase("question"), SIZES)
        if count > MANY and not await ctx.confirm(ctx.phrase("sure", count=count)):
            raise Cancelled
        answer = ctx.phrase("one" if count == 1 else "many", count=count, size=size)
        await ctx.personal.set("latest", answer)
        return answer

    @intent("Latest")
    async def latest(self, ctx: Context) -> str:
        return str(await ctx.personal.get("latest", ctx.phrase("none")))
