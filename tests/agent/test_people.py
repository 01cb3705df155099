"""Who speaks and what they may, all the way: voices in, reasons out.

The voices that live here are machines', and the embedding a simple one that was fitted on other machines' voices. What
is tested here is all around it; how well people are told apart is measured by ``bench speakers``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from assistant.agent import Agent
from assistant.audio.frames import Pcm
from assistant.cli.desk import Desk
from assistant.errors import WorkerLost
from assistant.events import Answered, Event, QuestionAnswered, QuestionAsked, RightDecided, SpeakerHeard, StepTaken
from assistant.home.broker import EmbeddedBroker
from assistant.parts import World
from assistant.paths import data_dir
from assistant.people import change
from assistant.people import pin as pins
from assistant.people.enrolment import SENTENCES
from assistant.people.pin import Pin
from assistant.people.register import Register
from assistant.people.steps import NOT_THE_VOICE
from assistant.recording import opened
from assistant.speaker.calibration import save
from assistant.speaker.scoring import Voiceprint
from assistant.testing.simple_speaker import InProcess, SimpleEmbedder, fitted
from assistant.testing.voices import say
from tests.agent.stage import Room, Stage, settings, trimmed

pytestmark = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])

ANNA, BEN, GUEST = "piper", "espeak:en-us+f2", "espeak:en-us+m5"
OTHERS = ("en-us+m1", "en-us+m3", "en-gb+m4", "en-us+m7", "en-us+f1", "en-us+f3", "en-gb+f4", "en-us+whisper")
SHARPER = 3.5
"""So much more than it is worth the simple embedder's opinion counts, or nobody would ever be surely known by it."""
BEDTIME = datetime.now().astimezone().replace(hour=21, minute=15)


def told(voice: str, text: str) -> Pcm:
    """Somebody says something."""
    return trimmed(say(text, voice))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    hears, fit = fitted({voice: [say(one, f"espeak:{voice}") for one in SENTENCES[:4]] for voice in OTHERS})
    calibration = replace(fit, scale=SHARPER * fit.scale, offset=SHARPER * fit.offset)
    client = InProcess(hears)
    world = World(embedder=lambda config, bus: client, clock=lambda: BEDTIME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setattr(change, "TWO_VOICES", -np.inf)  # half an order tells the simple embedder nothing
        save(data_dir() / "speakers" / "simple.npz", calibration)
        async with (
            EmbeddedBroker(kind="mosquitto") as broker,
            opened(Agent(settings(broker, wake=["computer"]), world=world)) as agent,
        ):
            assert await agent.home.settled()
            await enrolled(agent, hears)
            yield Stage(agent)


async def enrolled(agent: Agent, hears: SimpleEmbedder) -> None:
    """Let Anna and her son live here."""
    register = Register(agent.store)
    for name, voice, groups in (("Anna", ANNA, []), ("Ben", BEN, ["children"])):
        sounds = [say(sentence, voice) for sentence in SENTENCES]
        known = Voiceprint(np.stack([hears.embed(sound) for sound in sounds]), hears.name, 30.0)
        await register.keep(await register.add(name, groups), known)
    await agent.people_changed()


async def order(room: Room, voice: str, text: str) -> str:
    """Somebody gives an order; the answer."""
    return await room.order(0.6, told(voice, "computer"), 0.25, told(voice, text))


def reasons(room: Room) -> list[tuple[str, str, str]]:
    return [(one.about, one.verdict, one.reason) for one in room.all(RightDecided)]


async def read(room: Room, voice: str) -> str:
    """Say yes, then read the phrase that is asked for; the answer."""
    await room.until(QuestionAsked, expects="yes_no")
    await room.wait(2.5)
    room.begin(told(ANNA, "yes please"))
    asked = await room.until(QuestionAsked, expects="phrase")
    while room.session.playback.playing:
        await room.wait(0.1)
    await room.wait(0.5)
    room.begin(told(voice, asked.text.rpartition(": ")[2].rstrip(".")))
    await room.until(Answered)
    await room.rest()
    return room.all(Answered)[-1].text


async def test_a_members_alarm_and_list_are_her_own(house: Stage) -> None:
    async with house.room() as room:
        await order(room, ANNA, "wake me at seven")
        heard = room.all(SpeakerHeard)[-1]
        assert (heard.person, heard.known) == ("Anna", True), room.told()
        assert [one.person for one in house.agent.timers.all()] == ["Anna"], room.told()
        await order(room, ANNA, "what's on my to do list")
        about, *why = reasons(room)[-1]
        assert about.startswith("lists.") and why == ["allow", "allowed to household: everything"], room.told()
        assert "Anna" in await order(room, ANNA, "who am I"), room.told()


async def test_a_guest_is_refused_at_the_lock_and_has_light(house: Stage) -> None:
    async with house.room() as room:
        answer = await order(room, GUEST, "unlock the front door")
        assert "only people who live here" in answer, room.told()
        assert house.state("front_door")["locked"] is True
        about, verdict, why = reasons(room)[-1]
        assert ((about, verdict) == ("unlock front door", "deny") and "children" in why) or "guests" in why
        assert not room.all(QuestionAsked)
        assert "light" in await order(room, GUEST, "turn on the kitchen light"), room.told()


async def test_a_child_is_refused_after_bedtime(house: Stage) -> None:
    async with house.room() as room:
        answer = await order(room, BEN, "play jazz")
        assert "bedtime" in answer, room.told()
        assert "20:30-06:30" in reasons(room)[-1][2]


async def test_a_member_unlocks_with_a_phrase(house: Stage) -> None:
    async with house.room() as room:
        room.begin(*spoken(ANNA, "unlock the front door"))
        answer = await read(room, ANNA)
        assert house.state("front_door")["locked"] is False, room.told()
        assert [(one.step, one.passed) for one in room.all(StepTaken)] == [("yes", True), ("phrase", True)], answer
    await house.set(front_door="lock")


async def test_a_recording_of_a_member_is_stopped_by_the_phrase(house: Stage) -> None:
    async with house.room() as room:
        room.begin(*spoken(ANNA, "unlock the front door"))  # a recording of her; its owner reads what it cannot know
        assert await read(room, GUEST) == NOT_THE_VOICE, room.told()
        assert house.state("front_door")["locked"] is True
        assert "is not Anna's" in room.all(StepTaken)[-1].reason


async def test_typed_it_takes_the_pin(house: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await Pin(house.agent.store).set("739154")
    monkeypatch.setattr(pins, "_hashed", slowly(pins._hashed))
    async with house.room(silent=True) as room:
        asked = await room.typed("unlock the front door")
        assert asked.startswith("Shall I unlock"), asked
        await _type(room, "yes", QuestionAsked, expects="secret")
        await _type(room, "739154", StepTaken, step="pin")
        await room.rest()
        assert house.state("front_door")["locked"] is False, room.told()
        assert "739154" not in room.told()
        tried = room.all(StepTaken, step="pin")[0].at - room.all(QuestionAnswered)[-1].at
        assert tried < 0.1, "audio time went by while the PIN was looked at"
        rows = await house.agent.store.read("SELECT trace FROM turns")
        assert rows and "739154" not in repr(rows)
    await house.set(front_door="lock")


def slowly(work: Callable[..., bytes]) -> Callable[..., bytes]:
    """The same as it takes on a busy machine."""
    def done(*args: Any) -> bytes:
        time.sleep(0.3)
        return work(*args)

    return done


async def test_a_broken_embedder_makes_guests(house: Stage) -> None:
    client: Any = house.agent.voices.embedder
    client.broken = WorkerLost("died", where="worker speaker")
    try:
        async with house.room() as room:
            assert "only people who live here" in await order(room, ANNA, "what's on my shopping list"), room.told()
            await order(room, ANNA, "turn on the kitchen light")
            assert reasons(room)[-1][1] == "allow" and house.state("kitchen_light")["on"], room.told()
    finally:
        client.broken = None


async def test_somebody_is_enrolled_by_reading_aloud(house: Stage) -> None:
    async with house.room() as room:
        desk: Any = Desk(house.agent)
        begun = await desk.enrol_begin("Cleo", [], room.session.name)
        assert begun == {"source": room.session.name, "sentences": list(SENTENCES)}
        took = await read_aloud(room, desk, SENTENCES[0], told(GUEST, "What a lovely day it is today."))
        assert took["what"].startswith("that was") and took["seconds"] == 0.0, took
        for sentence in SENTENCES:
            took = await read_aloud(room, desk, sentence, told(GUEST, sentence))
            assert not took["what"], took
        assert took["enough"] and -60.0 < took["level"] < 0.0
        assert not room.all(Answered), "what is read is no order"
        ended = await desk.enrol_end()
        assert "told apart from the other 2 people here 8 times in 8" in ended["verdict"], ended
        assert "Cleo" in house.agent.voices.people
    register = Register(house.agent.store)
    await register.drop(await register.find("Cleo"))
    await house.agent.people_changed()


async def read_aloud(room: Room, desk: Any, sentence: str, sound: Pcm) -> dict[str, Any]:
    """Somebody reads a sentence that is asked for; what came of it."""
    waiting = asyncio.ensure_future(desk.enrol_next(sentence))
    await room.wait(0.5)
    room.begin(sound)
    while not waiting.done():
        await room.wait(0.1)
    return dict(waiting.result())


def spoken(voice: str, text: str) -> tuple[Any, ...]:
    return (0.6, told(voice, "computer"), 0.25, told(voice, text))


async def _type(room: Room, text: str, kind: type[Event], **fields: Any) -> None:
    typing = asyncio.ensure_future(room.session.text(text))
    await room.until(kind, **fields)
    typing.cancel()
