"""A whole agent in audio time, and rooms with people in them: what is said there, and what the agent does about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import yaml

from assistant.agent import Agent
from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Pcm
from assistant.clock import VirtualLoop, pass_time
from assistant.config import Config
from assistant.config.load import check_config
from assistant.edits import edits
from assistant.events import Answered, Event, PlaybackFinished, PlaybackStarted, TurnEnded, TurnStarted
from assistant.home.broker import EmbeddedBroker
from assistant.home.settings import BrokerSettings
from assistant.paths import shipped_dir
from assistant.recording import opened
from assistant.yamlfile import parse_yaml

E = TypeVar("E", bound=Event)

COFFEE = Path(__file__).parents[1] / "skills" / "coffee"
"""The skill of the recorded orders."""
NUMBERS = {"8": "eight", "12": "twelve", "16": "sixteen"}
"""The sizes of a cup."""
QUIET_SECONDS = 1.6
"""Without a turn or a sound, after which nothing more comes of what was said: longer than any endpoint."""
ECHO_FRAMES = 2
"""40 ms from the loudspeaker to the microphone."""
PATIENCE_SECONDS = 30.0
"""Audio time in which everything that is waited for must come."""


def settings(broker: BrokerSettings, **sections: Any) -> Config:
    """The default configuration on this broker, its household simulated, woken by "computer" or "alexa"."""
    plain: dict[str, Any] = {
        "wake": ["computer", "alexa"], "skills": {"folders": [str(COFFEE)]}, "server": {"enabled": False},
        "audio": {"input": None, "output": None}, "store": {"path": ":memory:"},
        "home": {
            "broker": {"host": broker.host, "port": broker.port}, "simulate": True,
            "household": str(shipped_dir() / "configs" / "home.yaml"),
        },
        **sections,
    }
    return check_config(parse_yaml(yaml.safe_dump(plain), "the test's settings"))


@asynccontextmanager
async def stage(**sections: Any) -> AsyncIterator[Stage]:
    """An agent with a real Mosquitto and the simulated home.

    Args:
        sections: of the configuration, in place of the test's.
    """
    async with EmbeddedBroker(kind="mosquitto") as broker, opened(Agent(settings(broker, **sections))) as agent:
        assert await agent.home.settled()
        yield Stage(agent)


class Stage:
    """Keeps the clock of all rooms of one agent."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.rooms: list[Room] = []
        self._count = 0

    @asynccontextmanager
    async def room(
        self, area: str = "living room", name: str = "", *, echo: float = 0.0, noise: float = 0.0, silent: bool = False
    ) -> AsyncIterator[Room]:
        """A source in a room; a new one has a conversation of its own.

        Args:
            echo: how much of the loudspeaker the microphone hears; 0: headphones, and nothing to cancel.
            noise: root mean square of the room's own sound, of 32,768.
            silent: no loudspeaker, as where people type.
        """
        self._count += 1
        room = Room(self, name or f"room {self._count}", area, echo, noise, silent)
        self.rooms.append(room)
        try:
            yield room
        finally:
            self.rooms.remove(room)
            await room.close()

    async def wait(self, seconds: float) -> None:
        """Let audio time go by in every room."""
        for _ in range(round(seconds / FRAME_SECONDS)):
            for room in self.rooms:
                room.frame()
            if isinstance(asyncio.get_running_loop(), VirtualLoop):
                await pass_time(FRAME_SECONDS, FRAME_SECONDS, self.agent.busy)
            else:
                await asyncio.sleep(FRAME_SECONDS)

    async def skip(self, seconds: float) -> None:
        """Let hours go by, or minutes, in which nobody says anything and no room is open."""
        assert not self.rooms
        await pass_time(seconds, 1.0, self.agent.busy)

    def state(self, device: str) -> Mapping[str, Any]:
        """What a device of the home says of itself."""
        return self.agent.home.devices[device].state

    async def set(self, **commands: str) -> None:
        """Prepare devices: ``kitchen_light="turn_off"``."""
        done = [await self.agent.home.act(device, command) for device, command in commands.items()]
        assert all(outcome.ok for outcome in done), done


class Room:
    """One source: a microphone into which people speak, and a loudspeaker that is recorded."""

    def __init__(self, stage: Stage, name: str, area: str, echo: float, noise: float, silent: bool) -> None:
        self.stage = stage
        self.name = name
        self.events: list[Event] = []
        self._echo = echo
        self._noise = noise
        self._random = np.random.default_rng(1)
        self._opened_at = asyncio.get_running_loop().time()
        self._actor = stage.agent.bus.actor(f"room {name}", self._note, sources=frozenset((name,)))
        self.session = stage.agent.open_session(name, "file", area, silent=silent, own_echo=not echo)
        self._microphone: list[Pcm] = []
        self._loudspeaker: list[Pcm] = []

    async def close(self) -> None:
        """Leave the room."""
        await self.stage.agent.close_session(self.session)
        await self._actor.close()

    async def _note(self, event: Event) -> None:
        self.events.append(event)

    # --- time

    def frame(self) -> None:
        """20 ms pass in the room."""
        pcm = self._microphone.pop(0) if self._microphone else np.zeros(FRAME_SAMPLES, np.int16)
        self._loudspeaker.append(self.session.pull().pcm)
        self.session.feed(self._in_the_room(pcm))

    def _in_the_room(self, pcm: Pcm) -> Pcm:
        """What the microphone hears of what is said: the loudspeaker and the room, too."""
        heard = pcm + self._noise * self._random.standard_normal(FRAME_SAMPLES)
        if self._echo and len(self._loudspeaker) > ECHO_FRAMES:
            heard += self._echo * self._loudspeaker[-1 - ECHO_FRAMES]
        return np.clip(heard, -32768, 32767).astype(np.int16)

    async def wait(self, seconds: float) -> None:
        """Let time go by, here and in the other rooms."""
        await self.stage.wait(seconds)

    # --- what people do

    def begin(self, *parts: Pcm | float) -> None:
        """Somebody begins to speak, or goes on: sounds, and seconds of silence between them."""
        sound = np.concatenate([silence(part) if isinstance(part, float) else part for part in parts])
        padded = np.pad(sound, (0, -len(sound) % FRAME_SAMPLES))
        self._microphone += list(padded.reshape(-1, FRAME_SAMPLES))

    async def speak(self, *parts: Pcm | float) -> None:
        """Somebody speaks to the end."""
        self.begin(*parts)
        while self._microphone:
            await self.wait(FRAME_SECONDS)

    async def order(self, *parts: Pcm | float) -> str:
        """Somebody speaks and waits until nothing more comes of it; the last answer's text."""
        before = len(self.events)
        await self.speak(*parts)
        await self.rest()
        answers = [event.text for event in self.events[before:] if isinstance(event, Answered)]
        return answers[-1] if answers else ""

    async def typed(self, text: str) -> str:
        """Somebody types; what is answered."""
        asking = asyncio.ensure_future(self.session.text(text))
        while not asking.done():
            await self.wait(FRAME_SECONDS)
        return asking.result()

    async def rest(self, seconds: float = QUIET_SECONDS) -> None:
        """Wait until no turn was under way and no sound was played for that long."""
        quiet = waited = 0.0
        while quiet < seconds:
            await self.wait(FRAME_SECONDS)
            waited += FRAME_SECONDS
            quiet = 0.0 if self.session.in_turn or self.session.playback.playing else quiet + FRAME_SECONDS
            assert waited < PATIENCE_SECONDS, f"no end of it: {self.told()}"

    # --- what comes of it

    def all(self, kind: type[E], **fields: Any) -> list[E]:
        """Events of a kind with these fields, so far."""
        return [
            event for event in self.events
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items())
        ]

    async def until(self, kind: type[E], **fields: Any) -> E:
        """Wait for the next event of a kind."""
        before = len(self.all(kind, **fields))
        for _ in range(round(PATIENCE_SECONDS / FRAME_SECONDS)):
            await self.wait(FRAME_SECONDS)
            found = self.all(kind, **fields)
            if len(found) > before:
                return found[before]
        raise AssertionError(f"no {kind.__name__} {fields} came: {self.told()}")

    def heard(self, sound: PlaybackFinished) -> Pcm:
        """What the loudspeaker played of a sound that is over."""
        end = round((sound.at - self._opened_at) * SAMPLE_RATE)
        return self.sound[max(0, end - round(sound.played * SAMPLE_RATE)) : end + FRAME_SAMPLES]

    async def speaking(self, seconds: float = 0.4) -> None:
        """Wait until an answer has been heard for so long."""
        await self.until(PlaybackStarted, what="answer")
        await self.wait(seconds)

    def completed(self) -> list[str]:
        """Texts of the answers that were heard to their end."""
        return [event.text for event in self.all(PlaybackFinished, what="answer", completed=True)]

    @property
    def reasons(self) -> list[str]:
        """Why turns began."""
        return [event.reason for event in self.all(TurnStarted)]

    @property
    def outcomes(self) -> list[str]:
        """How turns ended."""
        return [event.outcome for event in self.all(TurnEnded)]

    @property
    def sound(self) -> Pcm:
        """All that the loudspeaker played."""
        return np.concatenate([np.zeros(0, np.int16), *self._loudspeaker])

    def told(self) -> str:
        """What happened here, for messages."""
        return "\n".join(str(event) for event in self.events)


def silence(seconds: float) -> Pcm:
    """Perfect silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def recordings(folder: Path) -> list[Path]:
    """The sounds in a folder, in an order that does not change."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".flac", ".opus", ".wav"))


def coffee(data: Path, number: int) -> tuple[Pcm, dict[str, str]]:
    """A person's order and what its label says was ordered."""
    folder = data / "commands" / "coffee"
    labels: dict[str, Any] = json.loads((folder / "labels.json").read_text("utf8"))
    name = sorted(labels)[number]
    return trimmed(read_sound(folder / "audio" / name)), labels[name]["slots"]


def wake(data: Path, word: str, number: int) -> Pcm:
    """A person saying a wake word."""
    return trimmed(read_sound(recordings(data / "wake" / word)[number]))


def trimmed(pcm: Pcm, margin: float = 0.1) -> Pcm:
    """Without the silence around the speech."""
    frames = np.pad(pcm, (0, -len(pcm) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES).astype(float)
    power = (frames**2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() / 3000)
    keep = round(margin * SAMPLE_RATE)
    return pcm[max(0, loud[0] * FRAME_SAMPLES - keep) : (loud[-1] + 1) * FRAME_SAMPLES + keep]


def words(text: str) -> list[str]:
    """Words without case and marks; numbers in letters."""
    kept = "".join(letter if letter.isalnum() or letter in " '" else " " for letter in text.lower())
    return [NUMBERS.get(word, word) for word in kept.split()]


def heard_as(wanted: str, got: str) -> bool:
    """Whether a text was said: a recogniser hears "purned" and "like" now and then, so it goes by letters."""
    one, other = " ".join(words(wanted)), " ".join(words(got))
    return edits(one, other) <= 0.3 * len(one)
