"""What the host of a skill process needs of a worker; the harness has one without a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class WorkerLike(Protocol):
    """A process, or what stands in for one."""

    @property
    def pid(self) -> int | None: ...

    async def start(self, *, patient: bool = False) -> None: ...

    async def close(self) -> None: ...

    async def wait_ready(self) -> None: ...

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any: ...  # noqa: ASYNC109

    def send(self, method: str, *args: Any) -> None: ...

    def kill(self, reason: str) -> None: ...

    def pss_mb(self) -> float: ...


WorkerFactory = Callable[..., WorkerLike]
