"""The assistant talks to itself: it says one of 20 sentences drawn at random, hears it, and must understand it.

A test that cannot fail proves nothing: another sentence must be told apart, speech without the wake phrase and silence
must cause nothing. The home is a simulation here whatever the configuration says; no real device is touched.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.clock import run_virtual
from assistant.config import Config
from assistant.config.calling import name_of
from assistant.doctor.finding import Finding, bad, good
from assistant.errors import AssistantError
from assistant.events import Event, TurnStarted, Understood, WakeHeard

SENTENCES = 20
UNRELATED = "the train to the coast was late again, because of the snow in the mountains."
PAUSE = SAMPLE_RATE // 2
"""Samples of silence before and after speech."""
GENERAL = (
    "what time is it", "what's the date", "what day is it", "set the volume to five", "set a timer for two minutes",
    "set a timer for five minutes", "set a timer for ten minutes", "set a timer for twenty minutes",
    "set a timer for one hour", "cancel all timers",
)
"""Sentences that work in any home, where their skills are loaded."""

Meaning = tuple[str, str, str]
"""Skill, intent and slots."""


def self_test(config: Config, seed: int | None = None) -> list[Finding]:
    """Speak, hear, understand. ``seed`` draws the same sentence again."""
    with _harmless(config) as safe:
        try:
            return run_virtual(_talk(safe, random.Random(seed)))
        except AssistantError as error:
            return [bad("self-test", str(error), error.mend)]
        except TimeoutError as error:
            return [bad("self-test", str(error), "the machine is too busy")]


@contextmanager
def _harmless(config: Config) -> Iterator[Config]:
    """The same with a simulated home and a database of its own."""
    from assistant.config.load import default_config

    home = default_config().home
    if config.home.household is not None:
        home = home.model_copy(update={"household": config.home.household})
    with tempfile.TemporaryDirectory(prefix="assistant-doctor-") as folder:
        store = config.store.model_copy(update={"path": Path(folder) / "doctor.db"})
        yield config.model_copy(update={"home": home, "store": store})


async def _talk(config: Config, draw: random.Random) -> list[Finding]:
    from assistant.agent import Agent
    from assistant.recording import opened

    async with opened(Agent(config, passing=True)) as agent:
        findings: list[Finding] = []
        known = _sentences(agent)
        if len(known) < 2:
            return [bad("self-test", "no skill understands anything", "see skills: disabled")]
        right, wrong = draw.sample(known, 2)
        wake = config.wake[name_of(config)].phrase
        meant = _meaning(agent, right)
        findings.append(_understood(right, meant, await _hear(agent, await _say(agent, f"{wake}, {right}."), "right")))
        other = _meanings(await _hear(agent, await _say(agent, f"{wake}, {wrong}."), "wrong"))
        findings.append(_told_apart(wrong, meant in other))
        for name, sound in (("unrelated speech", await _say(agent, UNRELATED)),
                            ("silence", np.zeros(3 * SAMPLE_RATE, np.int16))):
            findings.append(_nothing(name, await _hear(agent, sound, name)))
        return findings


def _sentences(agent: Any) -> list[str]:
    """Up to 20 sentences that this household understands, each with a meaning of its own."""
    switched = [device.name for device in agent.home.devices.values() if device.kind in ("light", "switch")]
    named = [f"turn on the {name}" for name in switched]
    meanings: dict[Meaning, str] = {}
    for sentence in (*named, *GENERAL):
        meaning = _meaning(agent, sentence)
        if meaning is not None:
            meanings.setdefault(meaning, sentence)
    return list(meanings.values())[:SENTENCES]


def _meaning(agent: Any, sentence: str) -> Meaning | None:
    from assistant.grammar.base import View

    matches = agent.keeper.grammar.match(sentence, View())
    return (matches[0].skill, matches[0].intent, _slots(matches[0].slots)) if matches else None


def _slots(slots: dict[str, Any]) -> str:
    return repr(sorted(slots.items()))


async def _say(agent: Any, text: str) -> Pcm:
    """The agent's own voice, 16 kHz, silence around it."""
    import soxr

    pieces = [np.zeros(PAUSE, np.int16)]
    async for piece in agent.services.voice.speak(text):
        pieces.append(soxr.resample(piece.pcm, piece.rate, SAMPLE_RATE).astype(np.int16))
    return np.concatenate([*pieces, np.zeros(PAUSE, np.int16)])


async def _hear(agent: Any, sound: Pcm, name: str) -> list[Event]:
    from assistant.recording import Recording

    events: list[Event] = []
    await Recording(agent, sound, f"self-test {name}", on_event=events.append).play()
    return events


def _meanings(events: list[Event]) -> list[Meaning]:
    return [(event.skill, event.intent, _slots(event.slots)) for event in events if isinstance(event, Understood)]


def _understood(sentence: str, meant: Meaning | None, events: list[Event]) -> Finding:
    if meant in _meanings(events):
        return good("self-test", f'understood "{sentence}"')
    if not any(isinstance(event, WakeHeard) for event in events):
        return bad("self-test", f'did not hear the wake phrase before "{sentence}"', "try a longer phrase under wake:")
    said = _meanings(events)
    return bad("self-test", f'"{sentence}" was understood as {said[-1][1] if said else "nothing"}',
               "run it again; if it stays, try another voice or recogniser: assistant components")


def _told_apart(sentence: str, same: bool) -> Finding:
    if same:
        return bad("self-test", f'"{sentence}" was taken for another sentence', "raise turns: accept")
    return good("self-test", f'told "{sentence}" apart')


def _nothing(name: str, events: list[Event]) -> Finding:
    if any(isinstance(event, WakeHeard | TurnStarted) for event in events):
        return bad("self-test", f"{name} was taken for an order", "choose a longer wake phrase")
    return good("self-test", f"{name} caused nothing")
