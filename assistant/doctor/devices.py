"""What devices announce that is not understood: each is named, the rest of it works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.doctor.finding import Finding, good, note
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.home.schema import Household
    from assistant.home.settings import BrokerSettings

SETTLE_SECONDS = 5.0
MOST = 12
"""Remarks that are printed; a home with more of them is not mended one by one."""
MEND = "the rest of it works; where a template does too much, let the device send the plain value"


def devices(config: Config) -> Iterator[Finding]:
    """The devices on the broker that was named. A broker of our own has none yet."""
    import asyncio

    from assistant.home.schema import Household

    if config.home.broker is None:
        return
    try:
        household = Household.load(config.home.household) if config.home.household else Household()
        count, problems = asyncio.run(_look(config.home.broker, household))
    except AssistantError:
        return  # the checks of the settings and the broker say so
    for problem in problems[:MOST]:
        yield note("devices", problem, MEND)
    if len(problems) > MOST:
        yield note("devices", f"and {len(problems) - MOST} more", "assistant devices, while it runs, names them all")
    if count and not problems:
        yield good("devices", f"all {count} are understood")


async def _look(broker: BrokerSettings, household: Household) -> tuple[int, tuple[str, ...]]:
    from assistant.home.home import Home

    async with Home(household, broker, client_id="doctor") as home:
        await home.settled(SETTLE_SECONDS)
        return len(home.devices), home.problems
