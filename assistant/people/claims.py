"""Who seems to give the orders of the turns at hand."""

from __future__ import annotations

from collections import OrderedDict

from assistant.people.claim import HOUSE, NOBODY, Claim
from assistant.skills.messages import HandleRequest

MOST_TURNS = 64
"""Turns whose claims are held: more than can be open."""


class Claims:
    """Held by turn: a skill cannot change them, and what it orders in its turn has the rights of who spoke."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, Claim] = OrderedDict()

    def put(self, turn: str, claim: Claim) -> None:
        """Who gives the orders of a turn."""
        self._turns[turn] = claim
        self._turns.move_to_end(turn)
        while len(self._turns) > MOST_TURNS:
            self._turns.popitem(last=False)

    def of_turn(self, turn: str) -> Claim:
        """Who gives the orders of a turn; nobody where that is not known."""
        return self._turns.get(turn, NOBODY)

    def of(self, order: HandleRequest) -> Claim:
        """Who gave an order.

        One without a source nobody gave: a skill does something of its own accord.
        """
        return self.of_turn(order.turn) if order.source else HOUSE
