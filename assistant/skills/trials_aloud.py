"""The sentences of ``tests.yaml``, spoken by several voices to the whole agent: wake phrase, recogniser, skill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.agent import Agent
from assistant.audio.frames import Pcm
from assistant.clock import run_virtual
from assistant.config import Config
from assistant.config.load import check_config
from assistant.events import Answered, ComponentFailed, Event, FinalHeard, QuestionAsked, Understood, WakeHeard
from assistant.paths import shipped_dir
from assistant.recording import Recording, opened
from assistant.skills.harness import HOUSEHOLD
from assistant.skills.loader import LoadedSkill
from assistant.skills.messages import Answer
from assistant.skills.trials import Case, Heard, Result, faults
from assistant.testing.voices import say
from assistant.yamlfile import parse_yaml

VOICES = ("piper", "espeak:en-us", "espeak:en-gb+f3")
"""A natural voice, and two that sound like nobody."""
WAKE = "computer"
"""The wake phrase of these agents: short, and said well by every voice."""


def run_aloud(skill: LoadedSkill, cases: Sequence[Case], voices: Sequence[str] = VOICES) -> Iterator[Result]:
    """Every sentence with every voice, in audio time; each to an agent of its own, in a house as it was built.

    A case that asks back is judged by what was understood of its sentence, others by their answer too. What follows in
    the same conversation (``then``) is left to the tests in writing.
    """
    for case in cases:
        for voice in voices:
            heard = Heard()
            yield Result(case, tuple(_spoken(skill, case, voice, heard)), voice=voice, heard=heard)


def _spoken(skill: LoadedSkill, case: Case, voice: str, heard: Heard) -> Iterator[str]:
    """What is not as it should be with one sentence; one that takes for ever is given up."""
    try:
        run_virtual(_say(skill.folder, case, voice, heard))
    except TimeoutError as error:
        yield f"it was given up: {error}"
        return
    whole = not case.replies and case.asks is None and case.now is None
    yield from faults(skill.name, case, heard, answers=whole)


async def _say(folder: Path, case: Case, voice: str, heard: Heard) -> None:
    sound = say(f"{WAKE}, {case.say}", voice)
    async with opened(Agent(_config(folder), passing=True)) as agent:
        await _hear(agent, sound, case.area, heard)


async def _hear(agent: Agent, sound: Pcm, area: str, heard: Heard) -> None:
    def note(event: Event) -> None:
        match event:
            case WakeHeard():
                heard.woken = True
            case FinalHeard():
                heard.words, heard.freely = event.text, event.free_text
            case Understood():
                heard.understood, heard.skill, heard.intent, heard.slots = True, event.skill, event.intent, event.slots
            case QuestionAsked():
                heard.questions.append(event.text)
            case Answered():
                heard.answer = Answer(event.text, event.outcome)
            case ComponentFailed():
                heard.failed.append(event.error)

    await Recording(agent, sound, area=area or None, on_event=note).play()


def _config(folder: Path) -> Config:
    """The default settings, with this skill, and with the home of its tests."""
    household = folder / HOUSEHOLD
    home = household if household.is_file() else shipped_dir() / "configs" / "home.yaml"
    settings: dict[str, Any] = {
        "wake": [WAKE], "skills": {"folders": [str(folder)]}, "server": {"enabled": False},
        "audio": {"input": None, "output": None}, "store": {"path": ":memory:"},
        "home": {"household": str(home), "simulate": True},
    }
    return check_config(parse_yaml(yaml.safe_dump(settings), "the tests' settings"))
