"""What is kept of turns goes when it is too old, however seldom anybody speaks."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.clock import hasten, pass_time, run_virtual
from assistant.recorder.limits import EVERY_SECONDS, LimitKeeper
from assistant.recorder.sounds import Sounds
from assistant.store.store import Store
from assistant.store.turns import TurnRecord, Turns

DAY_SECONDS = 86_400.0


async def keep(turns: Turns, sounds: Sounds, turn: str, days: float) -> None:
    """A turn of so many days ago, with sound."""
    await turns.add(TurnRecord(turn, "room", time.time() - days * DAY_SECONDS, "done"))
    sounds.write(turn, np.ones(1600, np.int16))


def test_it_looks_at_the_start_and_every_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with Store(":memory:") as store:
            turns, sounds = Turns(store, days=2), Sounds(tmp_path, days=2, megabytes=1)
            await hasten(keep(turns, sounds, "a", 1.0), lambda: store.busy)
            sounds.write("of no turn", np.ones(1600, np.int16))
            keeper = LimitKeeper(turns, sounds)
            keeper.start()
            assert await kept(sounds, ["a"], store)
            now = time.time() + 2 * DAY_SECONDS
            monkeypatch.setattr(time, "time", lambda: now)
            assert await kept(sounds, [], store)
            assert await hasten(turns.ids(), lambda: store.busy) == set()
            await keeper.close()

    run_virtual(main())


async def kept(sounds: Sounds, wanted: list[str], store: Store) -> bool:
    """Whether just these are there within two rounds of the keeper; files are removed in a thread, in real time."""
    for _ in range(120):
        if [one.turn for one in sounds.all()] == wanted:
            return True
        time.sleep(0.02)  # noqa: ASYNC251 - the loop's own clock stands still
        await pass_time(EVERY_SECONDS / 60, EVERY_SECONDS / 60, lambda: store.busy)
    return False


async def test_a_broken_database_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(":memory:")
    sounds = Sounds(tmp_path, days=2, megabytes=1)
    sounds.write("a", np.ones(1600, np.int16))
    with caplog.at_level(logging.WARNING):
        await LimitKeeper(Turns(store), sounds).look()
    assert "cannot be looked through" in caplog.text and [one.turn for one in sounds.all()] == ["a"]
