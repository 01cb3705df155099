"""The kit by what its authors write: typed slots, questions, memory, schedules, settings, phrases, messages, sound."""

from __future__ import annotations

import wave
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant.clock import run_virtual
from assistant.errors import AssistantError, SkillError
from assistant.events import DeviceChanged, TimerRang
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.skills.endings import NO_ANSWER
from assistant.skills.harness import Harness
from assistant.skills.loader import load_skill
from assistant.skills.messages import Answer
from assistant.skills.skillset import SkillSet
from assistant.skills.slots import SlotType, signature_of
from assistant.skills.sound_requests import MOST_SOUND
from assistant.skills.sounds import RATES, read_clip
from tests.skills.conftest import Requests, Write

NOW = datetime(2026, 11, 27, 15, 30)
HOUSE = Household.model_validate({
    "areas": [{"name": "hall"}, {"name": "kitchen"}],
    "devices": [{"name": "lamp", "kind": "light", "area": "hall", "state": {"on": False}}],
})
HEAD = "from datetime import *\nfrom typing import *\n"
MARKET = """
class Market(Skill):
    @intent("Buy")
    async def buy(self, ctx: Context) -> str:
        {}
"""


async def answers(folder: Path, text: str, *replies: str, **settings: Any) -> Answer:
    async with Harness(folder, home=HOUSE, now=NOW, **settings) as h:
        return await h.say(text, replies=replies)


@pytest.mark.parametrize(("annotation", "sentence", "said", "value"), [
    ("int", "{number:x}", "seven", "7"),
    ("float", "{number:x}", "seven", "7.0"),
    ("timedelta", "{duration:x}", "an hour and a half", "datetime.timedelta(seconds=5400)"),
    ("time", "at {time_of_day:x}", "at half past eight", "datetime.time(8, 30)"),
    ("date", "{date:x}", "on friday", "datetime.date(2026, 11, 27)"),
    ("date", "{date:x}", "the third of may", "datetime.date(2027, 5, 3)"),
    ("date | None", "{date:x}", "in two weeks", "datetime.date(2026, 12, 11)"),
    ("datetime", "{when:x}", "tomorrow at eight", "2026-11-28 08:00"),
    ("datetime", "{time_of_day:x}", "noon", "2026-11-28 12:00"),
    ("Device", "the {name:x}", "the lamp", "lamp in the hall"),
    ("Room", "in the {area:x}", "in the kitchen", "Room(name='kitchen')"),
    ("str", "{anything:x}", "milk and eggs", "'milk and eggs'"),
    ("Literal['tea', 'milk']", "(tea|milk) {number:y}", "tea 3", "None"),
    ("Annotated[int, Between(1, 5)]", "{number:x}", "5", "5"),
    ("Any", "{date:x}", "tomorrow", "'+1'"),
])
async def test_slots_arrive_as_what_they_are_annotated_with(
    write: Write, annotation: str, sentence: str, said: str, value: str
) -> None:
    code = HEAD + f"""
class Typed(Skill):
    @intent("Take")
    async def take(self, ctx: Context, x: {annotation} = None, y: int = 0) -> str:
        if isinstance(x, datetime):
            return f"{{x:%Y-%m-%d %H:%M}}"
        return f"{{x.name}} in the {{x.area}}" if isinstance(x, Device) else repr(x)
"""
    answer = await answers(write("typed", code, manifest="grants: home\n", Take=f"take {sentence}"), f"take {said}")
    assert answer.text == value


async def test_what_is_beyond_the_limits_is_refused_in_words(write: Write) -> None:
    code = HEAD + """
class Shop(Skill):
    @intent("Take")
    async def take(self, ctx: Context, how_many: Annotated[int, Between(1, 5)]) -> str:
        return "taken"

    @intent("Refuse")
    async def refuse(self, ctx: Context) -> str:
        raise Refusal("We are closed.")
"""
    folder = write("shop", code, Take="take {number:how_many}", Refuse="open")
    assert await answers(folder, "take six") == Answer("The how many can be from 1 to 5.", "refused")
    assert await answers(folder, "open") == Answer("We are closed.", "refused")


async def test_a_slot_that_cannot_be_so_is_a_fault_of_the_skill(write: Write) -> None:
    code = HEAD + '''
class Typed(Skill):
    @intent("Take")
    async def take(self, ctx: Context, x: time) -> str: ...
'''
    with pytest.raises(AssistantError, match="the slot 'x' is 'milk', which is no time"):
        await answers(write("typed", code, Take="take {anything:x}"), "take milk")


@pytest.mark.parametrize(("slots", "what"), [
    ("x: 'timedelta'", "the slot 'x' of Typed.take() cannot be typed: 'timedelta' is not there"),
    ("y: int, x: 'Annotated[int, Betwen(1, 2)]'", "'Betwen' is not there"),
    ("x: 'time.delta'", "'time.delta' is no type"),
])
async def test_a_type_that_nobody_imported_is_named(write: Write, slots: str, what: str) -> None:
    code = f"""
from typing import Annotated
class Typed(Skill):
    @intent("Take")
    async def take(self, ctx: "Nobody", {slots}) -> "Nothing": ...
"""
    folder = write("typed", code, Take="take {number:x} {number:y}" if "y:" in slots else "take {duration:x}")
    with pytest.raises(SkillError) as caught:
        await answers(folder, "take five minutes")
    assert what in caught.value.what
    assert f"{folder / 'skill.py'}:6" in str(caught.value)


def test_the_types_of_the_context_and_the_result_are_nobodys_business() -> None:
    def take(self: object, ctx: Nobody, x: int) -> Nothing: ...  # type: ignore[name-defined]  # noqa: F821

    assert signature_of(take.__get__(object())).slots == {"x": SlotType(int)}


@pytest.mark.parametrize(("asks", "replies", "answer"), [
    ('return str(await ctx.ask("How many?", int))', ["just five please"], "5"),
    ('return str(await ctx.ask("How many?", int))', ["elephant", "five"], "5"),
    ('return str(await ctx.ask("How many?", int))', ["elephant", "zebra"], NO_ANSWER),
    ('return str(await ctx.ask("How many?", int))', ["never mind"], "Okay, never mind."),
    ('return str(await ctx.ask("How many?", int, otherwise=1))', ["never mind"], "1"),
    ('return str(await ctx.ask("How many?", int, within=(1, 9)))', ["ten", "nine"], "9"),
    ('return str(await ctx.ask("How many?", int, within=(1, 9)))', ["ten", "eleven"],
     "It can only be from 1 to 9, so I'll leave it."),
    ('return str(await ctx.ask("How long?", timedelta))', ["ten minutes"], "0:10:00"),
    ('return f"{await ctx.ask(\'When?\', datetime):%d %H}"', ["tomorrow at eight"], "28 08"),
    ('return (await ctx.ask("Which?", Device)).id', ["the lamp"], "lamp"),
    ('return await ctx.ask("What?", str)', ["milk and eggs"], "milk and eggs"),
    ('return (await ctx.ask("What?", ["some {number:n} eggs"])).slots["n"] * "egg "', ["some two eggs"], "egg egg "),
    ('return await ctx.choose("Which", ["small", "large"])', ["the large one please"], "large"),
    ('return await ctx.choose("Which", ["small", "large"])', ["I want a large one"], "large"),
    ('return await ctx.choose("Which", ["small", "large"])', ["the second one"], "large"),
    ('return await ctx.choose("Which", ["mint", "mint tea"])', ["mint tea"], "mint tea"),
    ('return str(await ctx.choose("Which", {"small": 1, "large": 2}))', ["large"], "2"),
    ('return await ctx.choose("Which", ["only"])', [], "only"),
    ('return await ctx.choose("Which", [], otherwise="none")', [], "none"),
    ('return await ctx.choose("Which", ["small", "large"])', ["stop"], "Okay, never mind."),
    ('return str(await ctx.confirm("Sure?"))', ["yes please"], "True"),
    ('return str(await ctx.confirm("Sure?"))', ["never mind"], "False"),
    ('raise Cancelled', [], "Okay, never mind."),
])
async def test_a_question_is_one_line(write: Write, asks: str, replies: list[str], answer: str) -> None:
    folder = write("market", HEAD + MARKET.format(asks), manifest="grants: [home]\n", Buy="buy")
    assert (await answers(folder, "buy", *replies)).text == answer


async def test_a_question_names_its_few_options_and_is_asked_once_more(write: Write) -> None:
    folder = write("market", MARKET.format('return await ctx.choose("Which", ["tea", "milk", "ale"])'), Buy="buy")
    async with Harness(folder) as h:
        await h.say("buy", replies=["beer", "ale"])
        assert h.questions == ["Which: tea, milk or ale?"] * 2


async def test_what_cannot_be_asked_for_is_said(write: Write) -> None:
    with pytest.raises(AssistantError, match="nothing can be asked for as dict"):
        await answers(write("market", MARKET.format('return await ctx.ask("What?", dict)'), Buy="buy"), "buy")


async def test_state_lives_across_turns_of_one_conversation(write: Write) -> None:
    code = """
class Counter(Skill):
    @intent("Count")
    async def count(self, ctx: Context) -> str:
        ctx.memory["n"] = ctx.memory.get("n", 0) + 1
        return str(ctx.memory["n"])

    @intent("Forget")
    async def forget(self, ctx: Context) -> None:
        ctx.memory.clear()
"""
    async with Harness(write("counter", code, Count="count", Forget="forget")) as h:
        said = [(await h.say(text)).text for text in ("count", "count", "forget", "count")]
        assert said == ["1", "2", "", "1"]


async def test_values_of_a_person_are_that_persons(write: Write) -> None:
    code = """
class Taste(Skill):
    @intent("Like")
    async def like(self, ctx: Context, what: str) -> str:
        await ctx.personal.set("likes", what)
        await ctx.store.set("latest", what)
        return "noted"

    @intent("Ask")
    async def know(self, ctx: Context) -> str:
        return f"{await ctx.personal.get('likes', 'nothing')}, {await ctx.store.get('latest')}"
"""
    async with Harness(write("taste", code, Like="I like {anything:what}", Ask="what do I like")) as h:
        for h.person, what in (("anna", "tea"), ("ben", "ale")):
            await h.say(f"I like {what}")
        h.person = "anna"
        assert (await h.say("what do I like")).text == "tea, ale"
        h.person = ""
        assert (await h.say("what do I like")).text == "nothing, ale"


def test_schedules_go_by_the_clock_and_end_with_the_skill(write: Write) -> None:
    code = """
class Bell(Skill):
    rounds = 0

    async def start(self, ctx: Context) -> None:
        self.spawn(self.forever())

    async def forever(self) -> None:
        await asyncio.sleep(3)
        raise ValueError("tired")

    @every(minutes=10)
    async def round(self, ctx: Context) -> None:
        self.rounds += 1
        await ctx.store.set("rounds", self.rounds)

    @daily("16:00")
    async def tea(self, ctx: Context) -> None:
        await ctx.speak(f"Tea, at {ctx.now:%H:%M}.")

    @intent("Rounds")
    async def count(self, ctx: Context) -> str:
        return str(await ctx.store.get("rounds", 0))
"""
    folder = write("bell", code, manifest="grants: [speak]\n", Rounds="how many rounds")

    async def main() -> None:
        async with Harness(folder, now=NOW) as h:
            with pytest.raises(AssistantError, match=r"skill\.py:\d+: ValueError: tired"):
                await h.wait(5)
            await h.wait(3600)
            assert (await h.say("how many rounds")).text == "6"
            await h.wait(23 * 3600)
            assert h.room.spoken == ["Tea, at 16:00."]
            await h.wait(3600)
            assert h.room.spoken == ["Tea, at 16:00."] * 2
        await h.wait(3600)
        assert h.room.spoken == ["Tea, at 16:00."] * 2

    run_virtual(main())


def test_nobody_can_be_asked_where_nobody_ordered(write: Write) -> None:
    code = """
class Bell(Skill):
    @every(seconds=5)
    async def ring(self, ctx: Context) -> None:
        await ctx.ask("Now?", int)

    @every(hours=1)
    async def leave(self, ctx: Context) -> None:
        raise Cancelled

    @intent("Ring")
    async def order(self, ctx: Context) -> None: ...
"""
    folder = write("bell", code, Ring="ring")

    async def main() -> None:
        async with Harness(folder) as h:
            with pytest.raises(AssistantError, match="nobody can be asked"):
                await h.wait(6)

    run_virtual(main())


def test_a_day_of_waiting_takes_a_moment(write: Write) -> None:
    code = MARKET.format('await asyncio.sleep(7)\n        return "bought"')

    async def main() -> None:
        async with Harness(write("market", code, Buy="buy")) as h:
            assert (await h.say("buy")).text == "bought"
            await h.timers.set(60, "egg", "test")
            await h.wait(86_400)
            assert any(isinstance(event, TimerRang) for event in h.events)

    run_virtual(main())


SETTINGS = """settings:
  size: {default: medium, choices: [small, medium], about: of a cup}
  most: {default: 3, min: 1, max: 5}
  warm: true
"""


async def test_settings_have_defaults_and_a_schema(write: Write) -> None:
    code = MARKET.format('return f"{ctx.settings[\'size\']} {self.settings[\'most\']} {ctx.settings[\'warm\']}"')
    folder = write("market", code, manifest=SETTINGS, Buy="buy")
    assert (await answers(folder, "buy")).text == "medium 3 True"
    assert (await answers(folder, "buy", settings={"market": {"size": "small", "most": 5}})).text == "small 5 True"


@pytest.mark.parametrize(("given", "what"), [
    ({"sise": "small"}, "no setting 'sise'.*did you mean 'size'"), ({"size": "huge"}, "size cannot be 'huge'"),
    ({"most": 6}, "most should be at most 5"), ({"most": "six"}, "most should be a whole number"),
    ({"warm": 1}, "warm should be true or false"),
])
async def test_settings_that_cannot_be_so_are_named(write: Write, given: dict[str, Any], what: str) -> None:
    folder = write("market", MARKET.format('return ""'), manifest=SETTINGS, Buy="buy")
    with pytest.raises(SkillError, match=what):
        load_skill(folder).manifest.resolve(given)
    with pytest.raises(AssistantError, match=what):
        await answers(folder, "buy", settings={"market": given})


async def test_who_saves_a_skill_without_a_setting_in_use_is_told(write: Write) -> None:
    skills = SkillSet((), (), Requests(), settings={"market": {"size": "small"}})
    with pytest.raises(SkillError, match="no setting 'size'"):
        await skills.replace(write("market", MARKET.format('return ""'), Buy="buy"), Grammar())


async def test_languages_are_files(write: Write) -> None:
    folder = write("market", MARKET.format('return ctx.phrase("bought", what="2 kg")'), Buy="buy")
    (folder / "phrases.yaml").write_text("bought: Bought {what}.\n", "utf-8")
    (folder / "phrases.de.yaml").write_text("bought: "'"{what} gekauft."\n', "utf-8")
    (folder / "sentences.de.yaml").write_text("intents: {Buy: {data: [{sentences: [kaufe]}]}}\n", "utf-8")
    assert (await answers(folder, "buy")).text == "Bought 2 kg."
    assert (await answers(folder, "kaufe", language="de")).text == "2 kg gekauft."
    assert (await answers(folder, "buy", language="fr")).text == "Bought 2 kg."


@pytest.mark.parametrize(("phrases", "what"), [
    ("bougth: x\n", "no phrase 'bought'"), ("bought: '{who}'\n", "'bought' wants 'who', which is not given"),
    ("bought: '{whta}'\n", "given: what"), ("bought: '{'\n", "Single '{'"),
])
async def test_a_phrase_that_cannot_be_said_is_named(write: Write, phrases: str, what: str) -> None:
    folder = write("market", MARKET.format('return ctx.phrase("bought", what="x")'), Buy="buy")
    (folder / "phrases.yaml").write_text(phrases, "utf-8")
    with pytest.raises(AssistantError, match=what):
        await answers(folder, "buy")


GARDEN = """
class Garden(Skill):
    @on_mqtt("garden/+/moisture")
    async def measured(self, ctx: Context, topic: str, payload: str) -> None:
        await ctx.mqtt.publish("garden/pump", f"{topic.split('/')[1]} {payload}")

    @on_event("DeviceChanged")
    async def changed(self, ctx: Context, event) -> None:
        await ctx.store.set("latest", event["device"])

    @intent("Latest")
    async def latest(self, ctx: Context) -> str:
        return str(await ctx.store.get("latest"))

    @intent("Water")
    async def water(self, ctx: Context) -> str:
        await ctx.mqtt.publish("house/door/set", "open")
        return "open"
"""
GARDEN_GRANTS = 'grants: ["mqtt:garden/#", "events:DeviceChanged"]\n'


async def test_messages_and_events_that_its_grants_cover(write: Write) -> None:
    folder = write("garden", GARDEN, manifest=GARDEN_GRANTS, Latest="latest", Water="water")
    async with Harness(folder) as h:
        await h.receive("garden/roses/moisture", "12")
        await h.receive("garden/roses/light", "9")
        assert h.mqtt.published == [("garden/pump", "roses 12")]
        await h.happen(DeviceChanged(device="lamp", state={}, available=True))
        assert (await h.say("latest")).text == "lamp"
        with pytest.raises(AssistantError, match="may not use mqtt:house/door/set"):
            await h.say("water")
        assert len(h.mqtt.published) == 1


@pytest.mark.parametrize("grants", ["", 'grants: ["mqtt:garden/roses/#", "events:DeviceChanged"]\n',
                                    'grants: ["mqtt:garden/#"]\n'])
async def test_who_wants_to_hear_more_than_its_grants_is_left_out(write: Write, grants: str) -> None:
    folder = write("garden", GARDEN, manifest=grants, Latest="latest", Water="water")
    with pytest.raises(SkillError, match=r"may not use (mqtt|events):"):
        async with Harness(folder):
            pass


@pytest.mark.parametrize("grant", ["mqtt:#", "mqtt:+/x/#/y", "mqtt:", "events:", "events:devices", "hom"])
def test_grants_that_are_none(write: Write, grant: str) -> None:
    with pytest.raises(SkillError, match="there is no grant"):
        load_skill(write("market", MARKET.format('return ""'), manifest=f'grants: ["{grant}"]\n', Buy="buy"))


async def test_speaking_chiming_and_playing(write: Write, tmp_path: Path) -> None:
    code = MARKET.format("""await ctx.speak("One moment.")
        await ctx.chime()
        await ctx.play("bell.wav")
        return "Here you are." """)
    folder = write("market", code, Buy="buy")
    with wave.open(str(folder / "bell.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))
    async with Harness(folder) as h:
        assert (await h.say("buy")).text == "Here you are."
        assert (h.room.spoken, h.room.played) == (["One moment."], ["chime", "bell.wav"])
        h.room.silent = True
        assert (await h.say("buy")).text == "One moment. Here you are.", "who only reads, reads it all"


@pytest.mark.parametrize(("rate", "heard"), [(96_000, 48_000), (192_000, 48_000), (48_000, 48_000), (8_000, 8_000),
                                             (4_000, 8_000)])
def test_a_sound_of_a_minute_may_have_any_rate(tmp_path: Path, rate: int, heard: int) -> None:
    path = tmp_path / "bell.flac"
    soundfile.write(path, np.full(rate * 40, 0.25, np.float32), rate)
    pcm, found = read_clip(path)
    assert found == heard and len(pcm) == 40 * 2 * heard <= MOST_SOUND and heard in RATES
    assert np.median(np.frombuffer(pcm, "<i2")) == pytest.approx(0.25 * 32768, abs=2)


@pytest.mark.parametrize(("sound", "what"), [("none.wav", "cannot be read"), ("skill.py", "cannot be read")])
async def test_a_sound_that_is_none(write: Write, sound: str, what: str) -> None:
    with pytest.raises(AssistantError, match=what):
        await answers(write("market", MARKET.format(f'await ctx.play("{sound}")'), Buy="buy"), "buy")


async def test_to_say_something_unasked_needs_a_grant(write: Write) -> None:
    folder = write("market", MARKET.format('await ctx.speak("Dinner!", area="hall")'), Buy="buy")
    with pytest.raises(AssistantError, match="add 'speak' to its grants"):
        await answers(folder, "buy")
