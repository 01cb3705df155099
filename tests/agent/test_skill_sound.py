"""A skill that speaks, plays and answers is heard in this order."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import pytest

from assistant.events import PlaybackFinished
from tests.agent.stage import stage

pytestmark = pytest.mark.asyncio(loop_factories=["audio time"])
CODE = """
from assistant.skills import Context, Skill, intent

class Bell(Skill):
    @intent("Ring")
    async def ring(self, ctx: Context) -> str:
        await ctx.speak("One moment.")
        await ctx.play("bell.wav")
        return "That was the bell."
"""


def bell(folder: Path) -> Path:
    folder.mkdir()
    (folder / "skill.yaml").write_text("name: bell\n", "utf-8")
    (folder / "skill.py").write_text(CODE, "utf-8")
    (folder / "sentences.yaml").write_text("intents: {Ring: {data: [{sentences: [ring the bell]}]}}", "utf-8")
    with wave.open(str(folder / "bell.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\x00\x20\x00\xe0" * 4_000)
    return folder


async def test_what_a_skill_says_and_plays_is_heard_before_its_answer(tmp_path: Path) -> None:
    async with stage(skills={"folders": [str(bell(tmp_path / "bell"))]}) as house, house.room("kitchen") as room:
        asking = asyncio.create_task(room.session.text("ring the bell"))
        await room.wait(8)
        assert await asking == "That was the bell."
        heard = [(end.what, end.text) for end in room.all(PlaybackFinished) if end.completed and end.what != "chime"]
        assert heard == [("aside", "One moment."), ("sound", "bell.wav"), ("answer", "That was the bell.")]
        (sound,) = [end for end in room.all(PlaybackFinished) if end.what == "sound"]
        assert sound.played == pytest.approx(0.5, abs=0.05)
