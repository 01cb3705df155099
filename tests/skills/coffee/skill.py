"""Takes orders for coffee, in the words of the recordings' labels."""

from __future__ import annotations

from assistant.skills import Context, Skill, intent


class Coffee(Skill):
    """A barista."""

    @intent("orderDrink")
    async def order(
        self,
        ctx: Context,
        coffeeDrink: str,
        size: str | None = None,
        roast: str | None = None,
        numberOfShots: str | None = None,
        milkAmount: str | None = None,
        sugarAmount: str | None = None,
    ) -> str:
        drink = " ".join(part for part in (size, roast, numberOfShots, coffeeDrink) if part)
        extras = " and ".join(part for part in (milkAmount, sugarAmount) if part)
        return f"Your order is one {drink}{f' with {extras}' if extras else ''}."
