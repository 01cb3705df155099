"""The disk is full: orders are carried out, what cannot be kept is refused with the reason, and later is kept again."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from assistant import agent as agent_module
from assistant.errors import StoreError
from assistant.store.store import Store
from tests.bad_days.house import LIGHT_ON, LIVE, house

pytestmark = LIVE

PAGES = 16
"""Of 4 KiB: the tables and a few turns."""


async def fill(store: Store) -> None:
    """Leave no room for a turn or another timer in the pages that there are."""
    for size in (1500, 400, 100, 1):
        with suppress(StoreError):
            for number in range(200):
                await store.write(
                    "INSERT INTO timers (id, name, source, seconds, due_wall, due_boot, boot)"
                    " VALUES (?, ?, '', 60.0, 9e9, 9e9, '')",
                    f"{size}-{number}", "x" * size,
                )
        with suppress(StoreError):
            for number in range(200):
                name = f"{size}-{number}"
                await store.write("INSERT INTO turns VALUES (?, '', 9e9, '', '', '', ?, '')", name, "x" * size)


async def test_orders_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(agent_module, "Store", partial(Store, max_pages=PAGES))
    with caplog.at_level(logging.WARNING):
        async with house(store={"path": str(tmp_path / "store.db")}) as home:
            await fill(home.agent.store)
            await home.ask(LIGHT_ON)
            assert home.state("kitchen_light")["on"] is True
            await home.until(lambda: "a turn could not be recorded" in caplog.text)
            assert "the disk is full" in caplog.text

            answer = await home.ask("set a timer for ten minutes")
            assert "timers skill failed" in answer, answer
            assert "the disk is full" in home.faults("skill timers")[0]
            assert home.agent.timers.all() == [], "what was not kept was not promised"

            await home.agent.store.write(f"PRAGMA max_page_count = {100 * PAGES}")
            assert "started" in await home.ask("set a timer for ten minutes")
            assert (await home.record()).outcome == "done"
