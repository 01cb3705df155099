"""A skill's process without a process, for tests and replays: it runs in this one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from assistant.errors import AssistantError
from assistant.skills.runner import SkillRunner
from assistant.workers.spec import WorkerSpec


class LocalWorker:
    """Runs a skill's service without a process: same calls, same plain data."""

    pid: int | None = None

    def __init__(
        self, spec: WorkerSpec, on_event: Any = None, *, on_request: Callable[..., Awaitable[Any]],
        clock: Callable[[], datetime], **_: Any,
    ) -> None:
        self._spec = spec
        self._clock = clock
        self._service: SkillRunner | None = None
        self.request = on_request

    async def start(self, *, patient: bool = False) -> None:
        self._service = SkillRunner(**self._spec.config)
        self._service.parent = self
        self._service.clock = self._clock

    async def close(self) -> None:
        if self._service is not None:
            self._service.end()
        self._service = None

    async def wait_ready(self) -> None:
        return

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        result = getattr(self._service, method)(*args)
        async with asyncio.timeout(timeout):
            return await result if asyncio.iscoroutine(result) else result

    def send(self, method: str, *args: Any) -> None:
        getattr(self._service, method)(*args)

    def kill(self, reason: str) -> None:
        raise AssistantError(f"the skill would be stopped: {reason}")

    def pss_mb(self) -> float:
        return 0.0
