"""Orders of the household's routines that nobody understands: each with its line, and the sentence nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import AssistantError, ConfigError
from assistant.grammar.base import View
from assistant.grammar.following import near

if TYPE_CHECKING:
    from assistant.agent import Agent

SKILL = "routines"


def not_understood(agent: Agent) -> list[AssistantError]:
    """Of the routines that the household wrote: those that ship fit homes of another kind, and are not its fault."""
    return [
        error for name, orders in agent.config.own_routines.items() for at, order in enumerate(orders)
        if (error := _fault(agent, name, at, order)) is not None
    ]


def _fault(agent: Agent, name: str, at: int, order: str) -> ConfigError | None:
    """What is wrong with one order, wherever in the house it may be given."""
    chain, where = agent.services.chain, agent.config.where("routines", name, at)
    found = next(filter(None, (chain.orders(order, View(area=area)) for area in ("", *agent.home.areas))), ())
    if not found:
        alike = near(agent.keeper.grammar, order, View(), 1)
        hint = f"say it otherwise, for example “{alike[0]}”" if alike else "say it otherwise"
        return ConfigError(f"the routine “{name}” holds “{order}”, which no sentence fits", where=where,
                           mend=f'{hint}; assistant explain "{order}" says how far it is understood')
    if any(match.skill == SKILL for match in found):
        return ConfigError(f"the routine “{name}” holds “{order}”: another routine, or an order for later, is given by "
                           "people alone", where=where, mend="write what is to be done at once")
    return None
