"""Work that is of use only as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def side_by_side(*work: Coroutine[Any, Any, Any]) -> None:
    """Do all of it at once; what one raises ends the others, and is raised when they have ended."""
    tasks = [asyncio.ensure_future(part) for part in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
