"""Virtual time: it moves only when told, and timers fall due exactly."""

from __future__ import annotations

import asyncio
import time

import pytest

from assistant.clock import hasten, pass_time, run_virtual, settle, virtual_loop


def test_sleep_ends_when_time_is_moved() -> None:
    async def main() -> list[float]:
        loop, woke = virtual_loop(), []

        async def sleeper() -> None:
            await asyncio.sleep(0.5)
            woke.append(round(loop.time(), 3))

        task = asyncio.create_task(sleeper())
        await settle()
        assert not woke
        await pass_time(0.48)
        assert not woke
        await pass_time(0.04)
        await task
        return woke

    assert run_virtual(main()) == [1000.5]


def test_settle_waits_for_busy_stages() -> None:
    async def main() -> int:
        polls = 0

        def busy() -> bool:
            nonlocal polls
            polls += 1
            return polls < 5

        await settle(busy)
        return polls

    assert run_virtual(main()) >= 5


def test_real_loop_is_refused() -> None:
    async def main() -> None:
        virtual_loop()

    with pytest.raises(RuntimeError, match="run_virtual"):
        asyncio.run(main())


def test_time_leaps_where_nothing_is_left_to_do() -> None:
    async def main() -> None:
        began = time.perf_counter()
        assert await hasten(asyncio.sleep(86_400, "slept")) == "slept"
        assert time.perf_counter() - began < 10
        with pytest.raises(TimeoutError, match="nothing will bring"):
            await hasten(asyncio.Event().wait())

    run_virtual(main())


def test_work_in_threads_is_counted_so_that_time_can_wait_for_it() -> None:
    async def main() -> None:
        loop = virtual_loop()
        slow = asyncio.to_thread(time.sleep, 0.05)
        assert not loop.threads_busy
        await hasten(slow, lambda: loop.threads_busy)
        assert loop.time() == began and not loop.threads_busy
        with pytest.raises(ZeroDivisionError):
            await hasten(asyncio.to_thread(lambda: 1 // 0), lambda: loop.threads_busy)
        assert not loop.threads_busy

    began = 1000.0
    run_virtual(main())
