"""Types of backends' options that say what a value may be: the settings are checked against them, all at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A probability, or a part of full volume."""
Percent = Annotated[int, Field(ge=0, le=100)]
Threads = Annotated[int, Field(ge=1, le=256)]
"""Processor threads."""
Beam = Annotated[int, Field(ge=1, le=64)]
"""Hypotheses of a search: each costs a step of the network."""
Milliseconds = Annotated[int, Field(ge=0, le=60_000)]
