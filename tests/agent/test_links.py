"""The whole agent with a language model as its last link: what it may do, and what it is never asked."""

from __future__ import annotations

import asyncio
import json

import pytest

from assistant.events import PlaybackStarted, QuestionAsked
from tests.agent.stage import stage
from tests.llm.scripted import Turn, scripted

pytestmark = pytest.mark.asyncio(loop_factories=["live"])

UNLOCK = ("home", json.dumps({"intent": "Unlock", "name": "front door"}))


async def test_the_model_gives_orders_as_a_speaker_would_and_home_orders_never_reach_it() -> None:
    gate = asyncio.Event()
    script = [
        Turn(["One moment. "], [UNLOCK]), Turn(["I left it locked."]), Turn(calls=[UNLOCK]), Turn(["It is open."]),
        Turn(["Jupiter is a planet. A", " large one."], gate=gate),
    ]
    async with scripted(*script) as server:
        llm = {"url": f"http://127.0.0.1:{server.port}/v1", "model": "tiny", "first_seconds": 60.0, "seconds": 120.0}
        async with stage(llm=llm) as at:
            async with at.room(silent=True) as desk:
                assert "light" in await desk.typed("turn on the kitchen light") and not server.asked
                for reply, locked, answer in (("no", True, "I left it locked."), ("yes", False, "It is open.")):
                    assert "front door" in await desk.typed("let my friend in")
                    asking = desk.all(QuestionAsked)
                    await desk.typed(reply)
                    await desk.rest()
                    assert at.state("front_door")["locked"] is locked and len(desk.all(QuestionAsked)) == len(asking)
                    assert desk.session.conversation.answer.endswith(answer)
            async with at.room() as room:
                asked = asyncio.ensure_future(room.session.text("what is jupiter really"))
                assert (await room.until(PlaybackStarted, what="answer")).text == "Jupiter is a planet."
                gate.set()
                await room.rest()
                assert await asked == "Jupiter is a planet. A large one." == room.completed()[0]
        assert not server.script
