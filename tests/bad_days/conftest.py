"""A module says which time it keeps: ``audio time``, which stands still while the agent thinks, or ``live``."""

from __future__ import annotations

from tests.agent.conftest import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories"]
