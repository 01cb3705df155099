"""``assistant ask`` at a terminal: the question that an order leads to is answered by typing."""

from __future__ import annotations

import asyncio
import os
import pty
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import agent_access, output
from assistant.cli.ask import QUESTION, ask

END = b"\x04"
"""What Ctrl-D sends."""
NOBODY_TYPES = 5.0
"""Seconds after which a line comes even so: what waits for it in a thread is let go, and is too late."""


class Curious:
    """Asks once, and takes any answer."""

    own = True

    def __init__(self) -> None:
        self.told: list[str] = []

    async def call(self, command: str, **arguments: Any) -> Any:
        self.told.append(arguments["text"])
        return {"text": "Which one?", "outcome": QUESTION if len(self.told) == 1 else "done"}


@pytest.fixture
def curious(monkeypatch: pytest.MonkeyPatch) -> Curious:
    found = Curious()

    @asynccontextmanager
    async def access(config: Path | None = None) -> AsyncIterator[Curious]:
        yield found

    monkeypatch.setattr(agent_access, "open_access", access)
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    return found


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where the keys of the terminal that is the standard input are pressed."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        yield ours
    os.close(ours)


@pytest.mark.parametrize(("keys", "answer"), [(b"the hall\n", "the hall"), (b"\n", "never mind"), (END, "never mind")])
def test_a_line_answers_and_nothing_is_never_mind(
    curious: Curious, keyboard: int, keys: bytes, answer: str
) -> None:
    os.write(keyboard, keys)
    ask(["light", "on"])
    assert curious.told == ["light on", answer]


def test_nobody_has_to_type_for_the_waiting_to_end(
    curious: Curious, keyboard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at Ctrl-C, which cancels what the loop does."""
    whole, run = asyncio.wait_for, asyncio.run
    monkeypatch.setattr(asyncio, "run", lambda waited: run(whole(waited, 0.3)))
    later = threading.Timer(NOBODY_TYPES, os.write, (keyboard, b"\n"))
    later.start()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        ask(["light", "on"])
    later.cancel()
    assert time.monotonic() - began < NOBODY_TYPES
    assert curious.told == ["light on"]
