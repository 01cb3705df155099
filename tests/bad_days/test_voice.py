"""The voice's process is killed in the middle of an answer: another voice says the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from assistant.events import PlaybackFinished
from assistant.tts.clauses import clauses
from assistant.workers.wire import STREAM_CREDIT
from assistant.workers.worker import Worker
from tests.bad_days.house import LIVE, house, kill

pytestmark = LIVE

TEXT = " ".join(f"The light in room {number} is on." for number in range(STREAM_CREDIT + 2))
"""More pieces than a voice renders ahead of its listener: it cannot be through when the first one has come."""


def kill_after_the_first_piece(worker: Worker, patch: pytest.MonkeyPatch) -> None:
    """Kill its process as soon as somebody has the first piece of its next stream."""
    whole = worker.stream

    async def stream(method: str, *args: Any) -> AsyncGenerator[Any, None]:
        patch.undo()
        async with aclosing(whole(method, *args)) as pieces:
            yield await anext(pieces)
            kill(worker.pid)
            async for piece in pieces:
                yield piece

    patch.setattr(worker, "stream", stream)


async def test_the_answer_is_finished_by_the_other_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(clauses(TEXT)) > STREAM_CREDIT + 1
    async with house() as home, home.room() as room:
        voice = home.agent.services.voice
        kill_after_the_first_piece(voice.worker, monkeypatch)
        saying = asyncio.create_task(room.session.announce(TEXT))
        await home.until(lambda: home.deaths("voice"))
        await home.works()
        await home.until(lambda: room.all(PlaybackFinished, what="answer"))
        finished = room.all(PlaybackFinished, what="answer")[0]
        assert await saying
        assert finished.completed
        assert finished.text == TEXT
        assert finished.played > 0.04 * len(TEXT), f"{finished.played:.1f} s are too short for {TEXT!r}"
        assert voice.fallbacks == 1
        assert len(home.deaths("voice")) == 1

        await home.ready("voice")
        await room.session.text("what time is it")
        assert (await room.until(PlaybackFinished, what="answer")).completed
        assert voice.fallbacks == 1, "the voice itself speaks again"
