"""A session under orders that come faster than turns begin and end."""

from __future__ import annotations

from assistant.clock import run_virtual
from assistant.testing.fake_room import room, spoken


def test_the_third_order_of_a_moment_is_not_forgotten() -> None:
    async def main() -> None:
        async with room(spoken(), silent=True) as at:
            await at.play(0.1)
            first = at.type("turn on the light")
            await at.play(0.12)
            others = [at.type(text) for text in ("turn off the light", "turn on the light in the kitchen")]
            await at.play(5.0)
            assert first.done()
            assert [order.done() and order.result() for order in others] == [
                "The living room light is off.", "The kitchen light is on."
            ]

    run_virtual(main())
