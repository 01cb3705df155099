"""``skill.yaml``: what a skill is called and what it may ask for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Grant = Literal["home", "timers", "volume", "session"]
"""``home``: see and use devices. ``timers``: all timers. ``volume``: of the source. ``session``: stop its sound."""


class Manifest(BaseModel):
    """The file's content. Questions, spoken answers and values of its own every skill may have without asking."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    """Identifies it; also how the assistant speaks of it ("the coffee skill")."""
    version: str = "0.1"
    description: str = ""
    grants: tuple[Grant, ...] = ()
    examples: tuple[str, ...] = ()
    """Sentences that show what it can do, the best first."""
    risky: dict[str, str] = Field(default_factory=dict)
    """Intents that may do something risky, and the command they give to devices (``Unlock: unlock``)."""
