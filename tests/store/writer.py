"""Writes until it is killed, and prints what is acknowledged. Run as a program by the tests."""

from __future__ import annotations

import asyncio
import resource
import sys

from assistant.errors import StoreError
from assistant.store.store import Store
from assistant.store.timers import Timers
from assistant.store.values import Settings

RUNNING = 4
"""Timers left alone."""


async def numbers(path: str) -> None:
    """Count on from what is there, several writes under way at once."""
    async with Store(path) as store:
        settings = Settings(store)
        (row,) = await store.read("SELECT count(*) FROM settings")

        async def put(number: int) -> None:
            await settings.set(f"n{number}", number)
            print(number, flush=True)

        number = int(row[0])
        while True:
            await asyncio.gather(*(put(number + ahead) for ahead in range(4)))
            number += 4


async def timers(path: str) -> None:
    """Set timers and cancel the oldest; what is going to be cancelled is said before."""
    async with Store(path) as store:
        kept = Timers(store, lambda event: None)
        await kept.start()
        while True:
            timer = await kept.set(3600, "x", "kitchen")
            print("set", timer.id, flush=True)
            if len(running := kept.all()) > RUNNING:
                print("cancel", running[0].id, flush=True)
                await kept.cancel(running[0].id)
                print("gone", running[0].id, flush=True)


async def full(path: str) -> None:
    """Write until the file may grow no more; then read, which must still work."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    async with Store(path) as store:
        settings = Settings(store)
        number = 0
        try:
            while True:
                await settings.set(f"n{number}", "x" * 1000)
                number += 1
        except StoreError as error:
            print(error, flush=True)
        print(number, (await store.read("SELECT count(*) FROM settings"))[0][0], flush=True)


if __name__ == "__main__":
    asyncio.run({"numbers": numbers, "timers": timers, "full": full}[sys.argv[1]](sys.argv[2]))
