"""Life signs of a skill's process: a busy machine is no dead process, however fast audio time goes by."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

from assistant.clock import pass_time, run_virtual
from assistant.skills.life_signs import BEAT_TIMEOUT, WATCH_SECONDS, LifeSigns

REAL_SECONDS = 0.1
"""Until a process on a busy machine answers."""


class Slow:
    """A worker whose deadlines are of the loop's clock, as all are, and whose answers take real time."""

    pid = 1

    def __init__(self) -> None:
        self.answered = 0

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> int:  # noqa: ASYNC109
        async with asyncio.timeout(timeout):
            await asyncio.to_thread(time.sleep, REAL_SECONDS)
        self.answered += 1
        return 1

    def pss_mb(self) -> float:
        return 20.0


def test_audio_time_waits_for_a_life_sign() -> None:
    async def passing() -> tuple[int, bool]:
        worker = Slow()
        life = LifeSigns(cast(Any, worker), "tea", 100.0, lambda: (False, False), lambda reason: None)
        life.watch()
        await pass_time(WATCH_SECONDS + BEAT_TIMEOUT, busy=lambda: life.asked)
        life.close()
        return worker.answered, life.asked

    assert run_virtual(passing()) == (1, False)
