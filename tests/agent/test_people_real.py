"""Who speaks and what they may, with the embedder that ships and people who were recorded.

Nobody was recorded giving these orders, so they are routines here: each is called as one of them happens to read. Who
opens the door at the end is decided by the voice in that recording. All are of the half that nothing was fitted on; the
guest is a woman of the same age as the member.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, repeat
from unittest.mock import patch

import numpy as np
import pytest
import pytest_asyncio

from assistant.agent import Agent
from assistant.events import Answered, QuestionAsked, RightDecided, SpeakerHeard, StepTaken
from assistant.home.broker import EmbeddedBroker
from assistant.parts import World
from assistant.paths import shipped_dir
from assistant.people import challenge
from assistant.people.enrolling import keep
from assistant.people.enrolment import Enrolment
from assistant.people.pin import Pin
from assistant.people.register import Register
from assistant.people.rules import FILE
from assistant.people.steps import NOT_SAID, NOT_THE_VOICE
from assistant.recording import opened
from tests.agent.stage import Room, Stage, settings, trimmed
from tests.people.readers import clip, takes
from tests.people.recorded import needs_data

pytestmark = [needs_data, pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])]

ANNA, GUEST, BEN = "0594", "0036", "0054"
"""A woman of 21, another one, and a boy of six."""
HER_LIST, HER_DOOR = "i think it's time to rest", "i just want him to love me"
HER_LAMP = "this happened to me in college"
HER_PHRASE = "help them without having to be"
GUESTS_DOOR, GUESTS_LIGHT = "but tell me the truth", "the first question was an obvious one"
GUESTS_PHRASE = "the shock was too much for him"
HIS_MUSIC = "kate was walking to park"
ROUTINES = {
    HER_LIST: ["add milk to my to do list", "what's on my to do list"],
    HER_DOOR: ["unlock the front door"], GUESTS_DOOR: ["unlock the front door"],
    HER_LAMP: ["turn on the bedroom light"], GUESTS_LIGHT: ["turn on the kitchen light"], HIS_MUSIC: ["play jazz"],
}
BEDTIME = datetime.now().astimezone().replace(hour=21, minute=15)
BY_PIN = """
  - {who: everyone, devices: [bedroom light], steps: [pin]}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("people")
    rules = folder / FILE
    rules.write_text((shipped_dir() / "configs" / FILE).read_text("utf-8") + BY_PIN, "utf-8")
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("XDG_DATA_HOME", str(folder))
        async with EmbeddedBroker(kind="mosquitto") as broker:
            config = settings(broker, routines=ROUTINES, people={"rules": str(rules)})
            async with opened(Agent(config, world=World(clock=lambda: BEDTIME))) as agent:
                assert await agent.home.settled()
                await enrolled(agent)
                yield Stage(agent)


async def enrolled(agent: Agent) -> None:
    """Let Anna and her son live here, each known by recordings that hold none of the sentences below."""
    embed, calibration = await agent.voices.ear()
    for name, reader, groups in (("Anna", ANNA, []), ("Ben", BEN, ["children"])):
        enrolment = Enrolment(embed, calibration, agent.services.vad)
        sounds = takes(reader, (HER_LIST, HER_DOOR, HER_LAMP, HER_PHRASE, HIS_MUSIC))
        for at in range(0, len(sounds), 5):
            await enrolment.take(np.concatenate(sounds[at : at + 5]))
        await keep(Register(agent.store), enrolment, name, groups)
    await agent.people_changed()


def talk(room: Room, reader: str, text: str) -> None:
    """Somebody presses the button and reads: there is no recording of them with a wake word."""
    room.session.push_to_talk()
    room.begin(0.2, trimmed(clip(reader, text)))


async def said(room: Room, reader: str, text: str) -> str:
    """The same, to the answer."""
    talk(room, reader, text)
    await room.until(Answered)
    await room.rest()
    return room.all(Answered)[-1].text


def why(room: Room) -> list[tuple[str, str, str]]:
    """The decisions so far: about what, which way, why."""
    return [(one.about, one.verdict, one.reason) for one in room.all(RightDecided)]


@contextmanager
def asked_for(phrase: str) -> Iterator[None]:
    """The phrase that is drawn is one that was recorded; those it might be taken for are drawn as ever."""
    drawn = chain([phrase], repeat(None))
    with patch("assistant.people.steps.phrase", lambda: next(drawn) or challenge.phrase()):
        yield


async def at_the_lock(room: Room, reader: str, text: str) -> str:
    """Anna's order is heard at the lock, and agreed to; somebody reads what is asked for then. The answer."""
    talk(room, ANNA, HER_DOOR)
    await room.until(QuestionAsked, expects="yes_no")
    assert await room.session.text("yes") == ""
    await room.until(QuestionAsked, expects="phrase")
    while room.session.playback.playing:
        await room.wait(0.1)
    room.begin(0.3, trimmed(clip(reader, text)))
    await room.until(Answered)
    await room.rest()
    return room.all(Answered)[-1].text


async def test_a_members_order_is_about_her_own_list(house: Stage) -> None:
    async with house.room() as room:
        answer = await said(room, ANNA, HER_LIST)
        heard = room.all(SpeakerHeard)[-1]
        assert (heard.person, heard.known) == ("Anna", True), room.told()
        assert "milk" in answer, room.told()
        rows = await house.agent.store.read("SELECT skill, value FROM skill_data WHERE value LIKE '%milk%'")
        assert [skill for skill, _ in rows] == ["lists/Anna"]
        assert ("lists.Add", "allow", "allowed to household: everything") in why(room), why(room)


async def test_a_guest_is_refused_at_the_lock_and_has_light(house: Stage) -> None:
    async with house.room() as room:
        answer = await said(room, GUEST, GUESTS_DOOR)
        assert "only people who live here" in answer, room.told()
        assert house.state("front_door")["locked"] is True and not room.all(QuestionAsked)
        assert why(room)[-1][1] == "deny" and not room.all(SpeakerHeard)[-1].known
        await kept(house, room, why(room)[-1][2])


async def kept(house: Stage, room: Room, reason: str) -> None:
    """The reason stands in the record of the turn."""
    turn = room.all(Answered)[-1].turn
    [(trace,)] = await house.agent.store.read("SELECT trace FROM turns WHERE id = ?", turn)
    assert reason in trace


async def test_a_child_is_refused_after_bedtime(house: Stage) -> None:
    async with house.room() as room:
        assert "bedtime" in await said(room, BEN, HIS_MUSIC), room.told()
        assert room.all(SpeakerHeard)[-1].person == "Ben"
        assert "20:30-06:30" in why(room)[-1][2]
        await kept(house, room, "20:30-06:30")


async def test_a_member_unlocks_with_the_phrase(house: Stage) -> None:
    async with house.room() as room:
        with asked_for(HER_PHRASE):
            answer = await at_the_lock(room, ANNA, HER_PHRASE)
        assert [(one.step, one.passed) for one in room.all(StepTaken)] == [("yes", True), ("phrase", True)], answer
        assert house.state("front_door")["locked"] is False, room.told()
    await house.set(front_door="lock")


async def test_a_recording_of_a_member_does_not_know_the_phrase(house: Stage) -> None:
    async with house.room() as room:
        answer = await at_the_lock(room, ANNA, HER_PHRASE)  # another recording of hers
        assert answer == NOT_SAID and house.state("front_door")["locked"] is True, room.told()
        assert room.all(StepTaken)[-1].reason == "the phrase was not read"
        await kept(house, room, "the phrase was not read")


async def test_whoever_plays_it_cannot_read_the_phrase_for_her(house: Stage) -> None:
    async with house.room() as room:
        with asked_for(GUESTS_PHRASE):
            answer = await at_the_lock(room, GUEST, GUESTS_PHRASE)
        assert answer == NOT_THE_VOICE and house.state("front_door")["locked"] is True, room.told()
        assert "is not Anna's" in room.all(StepTaken)[-1].reason
        await kept(house, room, "is not Anna's")


async def test_where_the_rules_want_the_pin_she_types_it(house: Stage) -> None:
    await Pin(house.agent.store).set("739154")
    await house.set(bedroom_light="turn_off")
    for typed, right in (("111222", False), ("739154", True)):
        async with house.room() as room:
            talk(room, ANNA, HER_LAMP)
            await room.until(QuestionAsked, expects="secret")
            assert await room.session.text(typed) == ""
            await room.until(StepTaken, step="pin")
            await room.rest()
            assert room.all(StepTaken)[-1].passed is right, room.told()
            assert house.state("bedroom_light")["on"] is right
            assert "739154" not in room.told()
