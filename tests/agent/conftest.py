"""Two kinds of time for tests of the whole agent: ``audio time``, which stands still while it thinks, and ``live``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from assistant.clock import VirtualLoop

LOOPS: Mapping[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "audio time": VirtualLoop, "live": asyncio.SelectorEventLoop,
}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A module says which with ``pytest.mark.asyncio(loop_factories=["audio time"])``."""
    return LOOPS
