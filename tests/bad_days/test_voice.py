"""The voice's process is killed in the middle of an answer: another voice says the rest."""

from __future__ import annotations

import asyncio

from assistant.events import PlaybackFinished, PlaybackStarted
from tests.bad_days.house import LIVE, house, kill

pytestmark = LIVE


async def test_the_answer_is_finished_by_the_other_voice() -> None:
    async with house() as home, home.room() as room:
        order = asyncio.create_task(room.session.text("what can I say"))
        await room.until(PlaybackStarted, what="answer")
        kill(home.pid("voice"))
        await home.works()
        text = await order
        finished = await room.until(PlaybackFinished, what="answer")
        assert finished.completed
        assert finished.text == text
        assert finished.played > 0.04 * len(text), f"{finished.played:.1f} s are too short for {text!r}"
        assert home.agent.services.voice.fallbacks == 1
        assert len(home.deaths("voice")) == 1
        record = await home.record(room.name)
        assert (record.outcome, record.answer) == ("info", text)

        await home.ready("voice")
        await room.session.text("what time is it")
        assert (await room.until(PlaybackFinished, what="answer")).completed
        assert home.agent.services.voice.fallbacks == 1, "the voice itself speaks again"
