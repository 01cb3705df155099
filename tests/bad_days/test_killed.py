"""The whole assistant is killed with SIGKILL, again and again, while timers are set: what was acknowledged is kept."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.cli.control import call, socket_path
from assistant.errors import AssistantError
from tests.bad_days.house import LIVE, PATIENCE_SECONDS

pytestmark = LIVE

LIVES = 5
SOONEST, A_LIFE = 30, 10
"""Minutes in which no timer is due, and timers set in one life: all lives together set fewer than may run at once, and
none of two hours."""
LONGEST = 0.3
"""Seconds after a life's first acknowledgement up to which it is killed: in the middle of setting the next timers."""


@asynccontextmanager
async def assistant(config: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running assistant, in a process group of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant", "run", "--config", str(config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            said = b""
            while b"Listening after" not in said:
                line = await process.stdout.readline()
                assert line, f"it ended: {said.decode()}"
                said += line
        await asyncio.sleep(0.1)
        yield process
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
        await process.wait()


async def ask(text: str) -> dict[str, Any] | None:
    """A typed order through the socket of ``assistant ask``; None where it broke off."""
    try:
        reply: dict[str, Any] | None = await call(socket_path(), "ask", text=text, seconds=20.0)
    except AssistantError:
        return None
    return reply


async def ask_at_the_prompt(text: str, config: dict[str, str]) -> str:
    """``assistant ask``, as people type it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant", "ask", text, stdout=asyncio.subprocess.PIPE, env={**os.environ, **config}
    )
    answer, _ = await process.communicate()
    return answer.decode().strip()


async def test_nothing_acknowledged_is_lost(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = own_folders / "config.yaml"
    config.write_text(yaml.safe_dump({
        "server": {"enabled": False}, "audio": {"input": None, "output": None}, "log": {"level": "error"},
        "tts": "espeak", "home": {"household": None, "simulate": False},
    }))
    promised: list[int] = []
    first, dice = 0.0, random.Random(4)
    for number in range(LIVES):
        async with assistant(config) as process:
            await kept(promised, first)
            if number == 0:
                assert "started" in await ask_at_the_prompt("set a timer for two hours", {})
                promised.append(7200)
                first = time.monotonic()
                await kept(promised, first)
            before = len(promised)
            setting = asyncio.create_task(set_timers(promised, number))
            while len(promised) == before:
                assert not setting.done(), "no timer could be set"
                await asyncio.sleep(0.005)
            await asyncio.sleep(dice.uniform(0.0, LONGEST))
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            await setting
    async with assistant(config):
        await kept(promised, first)


async def set_timers(promised: list[int], life: int) -> None:
    """Set one after another until nobody answers; those acknowledged are promises."""
    for number in range(1, A_LIFE + 1):
        minutes = SOONEST + life * A_LIFE + number
        answer = await ask(f"set a timer for {minutes} minutes")
        if answer is None:
            return
        if answer["outcome"] == "done":
            promised.append(minutes * 60)


async def kept(promised: list[int], since: float) -> None:
    """Every promised timer runs, and the longest has the time left that it should have."""
    answer = await ask("how much time is left on the two hours timer" if promised else "which timers are there")
    assert answer is not None
    if not promised:
        assert "no timer" in answer["text"], answer
        return
    hours, minutes = (int(found.group(1)) if (found := re.search(rf"(\d+) {unit}", answer["text"])) else 0
                      for unit in ("hour", "minute"))
    left = hours * 60 + minutes
    assert abs(left - (7200 - (time.monotonic() - since)) / 60) <= 1.0, answer
    for seconds in promised:
        answer = await ask(f"how much time is left on the {seconds // 60} minute timer")
        assert answer is not None
        assert answer["outcome"] == "info" and "no such" not in answer["text"].lower(), (seconds, answer)
