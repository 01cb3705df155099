"""Runs a recorded turn on today's code, in audio time: from its sound where that was kept, else from its words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.agent import Agent
from assistant.audio.frames import FRAME_SAMPLES, Pcm
from assistant.audio.frontend import FrontEnd, FrontEndConfig
from assistant.clock import hasten, run_virtual
from assistant.config import Config
from assistant.dialogue.conversation import Conversation
from assistant.errors import AssistantError
from assistant.events import Event, FinalHeard, QuestionAnswered, QuestionAsked, TurnEnded, TurnStarted, Understood
from assistant.recorder.course import Course, Difference, course_of, differences
from assistant.recorder.record import Record
from assistant.recorder.world import RecordedWorld
from assistant.recording import LEAD_SAMPLES, Recording, opened
from assistant.session import Session
from assistant.skills import builtin
from assistant.skills.effects import Effects
from assistant.skills.messages import Answer, HandleRequest
from assistant.turns.questions import Questions
from assistant.turns.trigger import Trigger

UNASKED = ("ring", "announce")
"""Reasons of turns that nobody began."""
INTERRUPTED = ("replaced", "stopped")
"""Reasons of ends that somebody brought about from outside the turn."""
CLEAN = FrontEndConfig(echo=False, high_pass=False)
"""The sound went through the front end when it was heard."""
REPLY_SECONDS = 1.0
"""From a question to its typed reply."""
SOURCE = "replay"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay."""

    record: Record
    events: list[Event]
    """Of the turn."""
    by: str
    """``audio`` or ``text``."""
    notes: list[str] = field(default_factory=list)
    """What a reader should know."""

    @property
    def course(self) -> Course:
        """What came of it today."""
        return course_of(self.events)

    @property
    def before(self) -> Course:
        """What came of it then."""
        return course_of(self.record.decoded())

    def differences(self) -> list[Difference]:
        """What is not as it was."""
        return differences(self.before, self.course, spoken=self.by == "audio")


def replay(record: Record, config: Config, sound: Pcm | None = None) -> Replayed:
    """Run a turn again. Nothing that it does reaches the real home, the web, or what is kept.

    Args:
        config: today's settings.
        sound: of the turn, int16[n] at 16 kHz; None: its words are typed.

    Raises:
        AssistantError: there is nothing to be replayed, the record is damaged, or the agent does not start.
    """
    started = next((event for event in record.decoded() if isinstance(event, TurnStarted)), None)
    if started is None:
        raise AssistantError("the record does not say how the turn began", where=f"turn {record.id}")
    if started.reason in UNASKED:
        raise AssistantError("nobody said anything: the assistant spoke of its own accord", where=f"turn {record.id}")
    if sound is None and not _words(record, started).strip():
        raise AssistantError("there are no words in the record", where=f"turn {record.id}",
                             mend="keep sound as well: recorder: {audio: true}")
    return run_virtual(_replay(record, started, config, sound))


async def _replay(record: Record, started: TurnStarted, config: Config, sound: Pcm | None) -> Replayed:
    world = RecordedWorld(record, config, hears=sound is not None)
    events: list[Event] = []
    async with opened(world.agent()) as agent:
        world.notes.extend(_gone(agent, record))
        await hasten(world.furnish(agent), agent.busy)
        _remember(agent, world)
        world.begins()
        if sound is None:
            await _type(agent, record, started, events)
        else:
            await _hear(agent, record, started, sound, events)
    turn = next((event.turn for event in events if isinstance(event, TurnStarted)), "")
    course = [event for event in events if turn and event.turn == turn]
    ended = course_of(record.decoded()).reason
    if ended in INTERRUPTED:
        world.notes.append(f"it was {ended} then, which is not done again")
    return Replayed(record, course, "text" if sound is None else "audio", [*world.notes, *world.missed()])


# --- from words

async def _type(agent: Agent, record: Record, started: TurnStarted, events: list[Event]) -> None:
    """Type the order, and the replies to what is asked."""
    before, ended = record.outside.before, asyncio.Event()
    replies = [event.text for event in record.decoded() if isinstance(event, QuestionAnswered)]
    session = agent.open_session(SOURCE, before.kind or "console", before.area, silent=True)
    typing: set[asyncio.Task[Any]] = set()

    def type_soon(text: str, seconds: float) -> None:
        task = asyncio.create_task(_type_after(session, text, seconds))
        typing.add(task)
        task.add_done_callback(typing.discard)

    async def note(event: Event) -> None:
        events.append(event)
        if isinstance(event, QuestionAsked):
            reply = replies.pop(0) if replies else "never mind"
            if reply:
                type_soon(reply, REPLY_SECONDS)
        elif isinstance(event, TurnEnded):
            ended.set()

    actor = agent.bus.actor(SOURCE, note, sources=frozenset((SOURCE,)))
    _restore(session, record)
    try:
        type_soon(_words(record, started), 0.0)
        await hasten(ended.wait(), agent.busy)
    finally:
        for task in typing:
            task.cancel()
        await agent.close_session(session, "the replay is over")
        await actor.close()


def _words(record: Record, started: TurnStarted) -> str:
    """What was typed; else what was understood, or heard where that was several orders."""
    events = record.decoded()
    heard = [event.free_text for event in events if isinstance(event, FinalHeard)]
    several = len({event.text for event in events if isinstance(event, Understood) and not event.provisional}) > 1
    return started.text or (heard[-1] if several and heard else record.text)


async def _type_after(session: Session, text: str, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await session.text(text)


# --- from sound

async def _hear(agent: Agent, record: Record, started: TurnStarted, sound: Pcm, events: list[Event]) -> None:
    """Send the sound through, opening the turn as it was opened unless the wake word does."""
    agent.services.front_end = lambda own_echo: FrontEnd(CLEAN)
    offset = max(0, started.sample - record.sound.start) if record.sound is not None else 0
    trigger = Trigger(started.reason, start=LEAD_SAMPLES + offset)
    cues = [(-LEAD_SAMPLES, lambda session: _restore(session, record))]
    if started.reason != "wake":
        cues.append((offset + FRAME_SAMPLES, lambda session: session.begin(trigger)))
    area = record.outside.before.area
    await Recording(agent, sound, SOURCE, area or None, events.append, cues).play()


# --- what was known before

def _restore(session: Session, record: Record) -> None:
    """Let the source know what was said before."""
    before = record.outside.before
    session.set_volume(before.volume)
    now = asyncio.get_running_loop().time()
    known = {name: value for name, value in before.conversation.items() if name in Conversation.__dataclass_fields__}
    if known:
        session.conversation = Conversation(**{**known, "at": now - float(known.get("at", 0.0))})


def _gone(agent: Agent, record: Record) -> list[str]:
    """Skills of the record that are not here any more."""
    known = {*agent.skills.skills, builtin.SKILL}
    names = dict.fromkeys(event.skill for event in record.decoded() if isinstance(event, Understood))
    return [f"there is no skill {name} here any more" for name in names if name not in known]


def _remember(agent: Agent, world: RecordedWorld) -> None:
    """Let skills remember what they remembered; one that needs what the record does not hold answers as it did then."""
    memories = {order.skill: order.memory for order in world.record.outside.orders if order.memory}
    handle = agent.services.handle

    async def remembering(order: HandleRequest, effects: Effects, asker: Questions) -> Answer:
        memory, missed = memories.pop(order.skill, None), len(world.missed())
        if memory is not None:
            order = replace(order, conversation={**order.conversation, "memory": memory})
        answer = await handle(order, effects, asker)
        known = world.answer_to(order) if len(world.missed()) > missed else None
        if known is not None:
            world.notes.append(f"the answer of the skill {order.skill} is that of the record")
        return known or answer

    agent.services.handle = remembering
