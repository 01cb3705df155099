"""What a skill sees of the world. Everything here that does something is a request to the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, SkillError
from assistant.localtime import present
from assistant.skills.asking import Asking
from assistant.skills.messages import Answer, HandleRequest
from assistant.skills.services import AlarmsApi, Ask, HomeApi, MqttApi, StoreApi, TimersApi, WakeApi, WebApi
from assistant.skills.sounds import read_clip
from assistant.skills.things import Conversation
from assistant.skills.writing import as_written

KIT_PHRASES = {"out_of_limits": "The {what} can be {limits}."}
"""What the kit itself says; a skill's ``phrases.yaml`` may say it otherwise."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a skill was given when it was loaded."""

    folder: Path = Path()
    settings: Mapping[str, Any] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)


class Context(Asking):
    """One order and what may be asked of the agent because of it; or what a skill does of its own accord.

    In work that nobody ordered (``start``, ``every``, ``daily``, ``on_mqtt``, ``on_event``) there is no source, no
    text and nobody to be asked.
    """

    def __init__(self, request: HandleRequest, ask: Ask, shelf: Shelf | None = None) -> None:
        super().__init__(ask)
        self._background: set[asyncio.Task[None]] = set()
        self._shelf = shelf or Shelf()
        self.intent = request.intent
        self.text = request.text
        """The words."""
        self.slots = dict(request.slots)
        """As the sentence gives them; the handler's parameters have them typed."""
        self.meant = dict(request.meant)
        """What those slots mean whose values are the words as said: ``{clock}``, ``{days}``, ``{moment}``."""
        self.source = request.source
        self.area = request.area
        """Room in which it was said; empty if nobody knows."""
        self.person = request.person
        """Who spoke; empty if nobody knows."""
        self.conversation = _conversation(request.conversation)
        self.memory = dict(self.conversation.memory)
        """What this skill wants to know at the next order of this source within two minutes: change it as you like."""
        self.settings = self._shelf.settings
        """By name, as ``skill.yaml`` describes them."""
        self.home = HomeApi(ask)
        self.timers = TimersApi(ask)
        self.alarms = AlarmsApi(ask)
        self.mqtt = MqttApi(ask)
        self.web = WebApi(ask)
        self.wake = WakeApi(ask)
        self.store = StoreApi(ask)
        """Values of the skill."""
        self.personal = StoreApi(ask, "person")
        """Values of whoever speaks; the household's where nobody knows who that is."""
        self._now = request.now
        self._written = request.written

    @property
    def now(self) -> datetime:
        """Local time, with its zone: of the order, or the present moment where there is none."""
        return datetime.fromisoformat(self._now) if self._now else present()

    def written(self, words: str) -> str:
        """The words of an open slot as the recogniser, or a person, wrote them: with capitals and commas."""
        return as_written(words, self._written)

    def phrase(self, name: str, /, **values: Any) -> str:
        """A phrase of ``phrases.yaml``, in the household's language, with ``{names}`` filled in.

        Raises:
            SkillError: there is no such phrase, or it wants a value that is not given.
        """
        template = self._shelf.phrases.get(name, KIT_PHRASES.get(name))
        if template is None:
            raise SkillError(f"there is no phrase {name!r}", where="phrases.yaml", mend="add it")
        try:
            return template.format(**values)
        except KeyError as error:
            raise SkillError(f"the phrase {name!r} wants {error}, which is not given", where="phrases.yaml",
                             mend=f"given: {', '.join(values) or 'nothing'}") from error
        except (IndexError, ValueError) as error:
            raise SkillError(f"the phrase {name!r} cannot be filled in: {error}", where="phrases.yaml") from error

    # Sound.

    async def speak(self, text: str, *, area: str = "") -> None:
        """Say something now: to whoever gave the order, before its answer; returns when it has been said.

        Args:
            area: in this room instead; without an order and without a room, everywhere. Both need the grant ``speak``.
        """
        await self._ask("speak", {"text": text, "area": area})

    async def chime(self) -> None:
        """A short sound where the order was given."""
        await self._ask("chime", {})

    async def play(self, file: str | Path) -> None:
        """Play a sound file of the skill's folder (WAV, FLAC, OGG, MP3; at most a minute), to its end.

        Raises:
            SkillError: it cannot be read, or is longer.
        """
        pcm, rate = await asyncio.to_thread(read_clip, self._shelf.folder / file)
        await self._ask("play", {"pcm": pcm, "rate": rate, "name": str(file)})

    def prepare(self, text: str) -> None:
        """Say that this answer is likely, so that its sound is ready while a device still confirms. Returns at once."""
        task = asyncio.get_running_loop().create_task(self._prepare(text))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def volume(self, percent: int | None = None) -> int:
        """The volume of this source, after setting it if a number is given: 0 to 100."""
        return int(await self._ask("volume", {"percent": percent}))

    async def stop(self) -> None:
        """Stop what this source plays."""
        await self._ask("stop", {})

    # Orders.

    async def order(self, text: str) -> Answer:
        """Give another order, or several in one sentence, as if it had been said here; needs the grant ``orders``.

        What is risky is asked of whoever speaks; where nobody does it is not done. The journal is that of this order.

        Raises:
            SkillError: it is no order, or would come back to this skill.
        """
        return Answer.from_dict(await self._ask("order", {"text": text}))

    async def understands(self, text: str) -> bool:
        """Whether a text is an order that ``order`` carries out."""
        return bool(await self._ask("understand", {"text": text}))

    # The assistant itself.

    async def examples(self, skill: str = "") -> list[str]:
        """Sentences that one can say here: to a skill, or without a name to all."""
        return list(await self._ask("examples", {"skill": skill}))

    async def set_list(self, name: str, values: Iterable[str] | Mapping[str, Any]) -> None:
        """Give a list of ``sentences.yaml`` values beside those it has there, in place of those given before.

        They are heard and understood at once. They are not kept: a skill gives them again in ``start``.

        Args:
            name: of a list with ``values`` (``values: []`` where all come from here).
            values: what may be said, in plain words; of a mapping, with what each means.

        Raises:
            SkillError: there is no such list; a value cannot be said; more than 1,000 values of one list, 2,000 of all;
                or changes come by the dozen.
        """
        pairs = values.items() if isinstance(values, Mapping) else ((said, said) for said in values)
        await self._ask("list.set", {"name": name, "values": [list(pair) for pair in pairs]})

    async def status(self) -> dict[str, Any]:
        """``home`` (whether it can be reached), ``devices``, ``timers`` and ``time`` (local, ISO 8601)."""
        return dict(await self._ask("status", {}))

    async def _prepare(self, text: str) -> None:
        try:
            await self._ask("prepare", {"text": text})
        except AssistantError:
            return  # it only saves time


def _conversation(data: Mapping[str, Any]) -> Conversation:
    names = ("intent", "slots", "answer", "unheard", "heard", "certainty", "missed", "outcome", "reason", "memory")
    known = {key: data[key] for key in names if key in data}
    return Conversation(**known, devices=tuple(data.get("devices", ())))
