"""Words that skills give their lists while they run, and open words as they were written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import AssistantError
from assistant.grammar.base import Value
from assistant.skills.harness import Harness, NotUnderstoodError
from assistant.skills.words import LONGEST_VALUE, MOST_OF_SKILL, MOST_VALUES, PER_SECOND, Words
from assistant.skills.writing import as_written
from tests.skills.conftest import Write

PLANTS = """
    class Plants(Skill):
        async def start(self, ctx: Context) -> None:
            await ctx.set_list("plant", {"rose": "rosa"})

        @intent("Name")
        async def call_it(self, ctx: Context, plant: str) -> str:
            await ctx.set_list("plant", [ctx.written(plant)])
            return ctx.written(plant)

        @intent("Water")
        async def water(self, ctx: Context, plant: str) -> str:
            return plant

        @intent("Fill")
        async def fill(self, ctx: Context, count: int) -> None:
            await ctx.set_list("plant", [f"plant {number}" for number in range(count)])
            await ctx.set_list("tool", [f"tool {number}" for number in range(count)])

        @intent("Break")
        async def damage(self, ctx: Context, name: str, said: str) -> None:
            await ctx.set_list(name, [said])
"""
LISTS = """
lists:
  plant: {values: [fern]}
  tool: {values: []}
  one: {wildcard: true, words: 1}
"""
SAID = {
    "Name": "this is {anything:plant}", "Water": "water the {plant} [with the {tool:plant}]",
    "Fill": "fill {0..9999:count}", "Break": "break {one:name} {anything:said}",
}


@pytest.fixture
def plants(write: Write) -> Path:
    return write("plants", PLANTS, sentences=LISTS, **SAID)


async def test_a_value_is_understood_at_once_beside_those_of_the_file(plants: Path) -> None:
    async with Harness(plants) as h:
        await h.wait(0)
        assert (await h.say("water the rose")).text == "rosa"
        with pytest.raises(NotUnderstoodError):
            await h.say("water the swiss cheese plant")
        assert (await h.say("This is Swiss Cheese Plant.")).text == "Swiss Cheese Plant"
        assert (await h.say("water the swiss cheese plant")).text == "Swiss Cheese Plant"
        assert (await h.say("water the fern")).text == "fern"
        with pytest.raises(NotUnderstoodError):
            await h.say("water the rose")


async def test_a_house_knows_nothing_of_the_one_before(plants: Path) -> None:
    async with Harness(plants) as h:
        await h.say("this is oak")
    async with Harness(plants) as h:
        with pytest.raises(NotUnderstoodError):
            await h.say("water the oak")


@pytest.mark.parametrize(("text", "fault"), [
    ("break plants oak", "no list {plants} of values.*did you mean 'plant'"),
    ("break one oak", "no list {one} of values"),
    (f"break plant {'o' * (LONGEST_VALUE + 1)}", "plain words"),
    (f"fill {MOST_VALUES + 1}", f"a list takes {MOST_VALUES} values"),
])
async def test_what_cannot_be_a_value_is_refused_and_changes_nothing(plants: Path, text: str, fault: str) -> None:
    async with Harness(plants) as h:
        await h.say("this is oak")
        with pytest.raises(AssistantError, match=fault):
            await h.say(text)
        assert (await h.say("water the oak")).text == "oak"


@pytest.mark.parametrize(("said", "meant"), [("(red|blue) oak", "x"), ("...", "x"), ("oak", [1]), (7, 7)])
async def test_templates_and_what_nobody_says_are_no_values(plants: Path, said: Any, meant: Any) -> None:
    async with Harness(plants) as h:
        call = h.skills.processes()[0][1]._unasked
        running = next(iter(call.values())).call
        with pytest.raises(AssistantError, match="asked for wrongly"):
            await h.requests.request(running, "list.set", {"name": "plant", "values": [[said, meant]]})


async def test_all_lists_of_a_skill_have_a_limit_together(plants: Path) -> None:
    async with Harness(plants) as h:
        await h.say(f"fill {MOST_OF_SKILL // 2}")
        assert (await h.say("water the plant 999")).text == "plant 999"
        assert (await h.say("water the fern with the tool 999")).text == "tool 999"


async def test_changes_by_the_dozen_are_refused(plants: Path) -> None:
    async with Harness(plants) as h:
        with pytest.raises(AssistantError, match="too often"):
            for number in range(100):
                await h.say(f"this is oak {number}")
        await asyncio.sleep(1 / PER_SECOND + 0.1)
        await h.say("this is elm")


async def test_a_skill_loaded_anew_keeps_its_words_and_one_that_is_gone_none(plants: Path) -> None:
    async with Harness(plants) as h:
        await h.say("this is oak")
        h.grammar.set_sentences("plants", h.skills.skills["plants"].sentences)
        h.skills.teach(h.grammar)
        assert (await h.say("water the oak")).text == "oak"
        h.skills.remove("plants", h.grammar)
        assert h.understand("water the oak") is None
        assert Value("plants", "plants") not in (h.grammar._lists["", "skill"])  # type: ignore[operator]


@pytest.mark.parametrize(("words", "text", "written"), [
    ("milk eggs and jam", "Add milk, eggs, and jam.", "milk, eggs, and jam"),
    ("milk eggs and jam", "Add Milk, eggs and jam to the list", "Milk, eggs and jam"),
    ("sugar", "add sugar, add sugar!", "sugar"),
    ("19.5 litres", "write down 19, 5 litres", "19, 5 litres"),
    ("bread", "Add milk.", "bread"),
    ("bread", "", "bread"),
])
def test_open_words_as_they_were_written(words: str, text: str, written: str) -> None:
    assert as_written(words, text) == written


async def test_what_is_given_before_the_grammar_is_there_waits_for_it() -> None:
    words, put = Words(), list[tuple[str, str, int]]()
    call: Any = SimpleNamespace(skill="shop", lists={"thing": ()})
    await words.request(call, {"name": "thing", "values": [["milk", "milk"]]})
    words.connect(lambda skill, name, values: put.append((skill, name, len(values))))
    await words.request(call, {"name": "thing", "values": [["milk", "milk"], ["eggs", "eggs"]]})
    assert put == [("shop", "thing", 1), ("shop", "thing", 2)]
