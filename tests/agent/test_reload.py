"""Skills follow their files while people talk to them; and a skill's sentences are tried on the assistant that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from assistant.cli.desk import Desk
from assistant.events import Answered
from assistant.skills import reload
from assistant.skills.choices import Choices, choices_file
from assistant.skills.trials import load_cases
from assistant.skills.trials_live import run_live
from assistant.turns.views import FOLLOW_UPS
from tests.bad_days.house import House, house

pytestmark = pytest.mark.asyncio(loop_factories=["live"])
CODE = """
from assistant.skills import Context, Skill, intent

class Shop(Skill):
    @intent("Buy")
    async def buy(self, ctx: Context) -> str:
        ctx.memory["n"] = ctx.memory.get("n", 0) + 1
        size = await ctx.choose("Which size", ("small", "large"))
        return f"{size} VERSION {ctx.memory['n']}"

    @intent("Count")
    async def count(self, ctx: Context) -> str:
        return f"VERSION {ctx.memory.get('n')}"
"""
SENTENCES = """intents:
  Buy: {data: [{sentences: [buy something]}]}
  Count: {data: [{sentences: [how many, EXTRA]}]}
"""
TESTS = """- say: buy something
  replies: [the large one]
  asks: ["Which size: small or large?"]
  answer: large first 1
- say: buy nothing
  understood: false
- say: how many
  answer: first 2
"""


def write(folder: Path, version: str, extra: str = "and how many") -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "skill.yaml").write_text("name: shop\n", "utf-8")
    (folder / "skill.py").write_text(CODE.replace("VERSION", version), "utf-8")
    (folder / "sentences.yaml").write_text(SENTENCES.replace("EXTRA", extra), "utf-8")
    (folder / "tests.yaml").write_text(TESTS, "utf-8")


@pytest_asyncio.fixture
async def home(own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(reload, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(reload, "REST_SECONDS", 0.1)
    write(tmp_path / "mine" / "shop", "first")
    async with house(skills=[tmp_path / "mine"]) as opened:
        yield opened


async def becomes(home: House, text: str, answer: str, seconds: float = 20.0) -> None:
    """Ask until it is answered so."""
    async with asyncio.timeout(seconds):
        while await home.ask(text, "elsewhere") != answer:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_saved_skill_takes_over_and_a_running_conversation_goes_on(home: House, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "shop"
    old = home.pid("shop")
    assert home.agent.keeper.grammar.match("and how many", FOLLOW_UPS)
    assert await home.ask("buy something") == "Which size: small or large?"
    write(folder, "second", "tell me how many")
    await becomes(home, "tell me how many", "second None")
    assert home.pid("shop") != old
    assert psutil.pid_exists(old), "the old process waits for an answer"
    home.told.clear()
    await home.ask("the large one")
    await home.until(lambda: "large first 1" in [event.text for event in home.told if isinstance(event, Answered)])
    assert await home.ask("tell me how many") == "second 1", "and what was remembered stays"
    assert not home.agent.keeper.grammar.match("and how many", FOLLOW_UPS)
    await home.until(lambda: not psutil.pid_exists(old))
    await home.works()


async def test_what_is_wrong_changes_nothing_and_is_told(home: House, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "shop"
    (folder / "skill.py").write_text("def", "utf-8")
    await home.until(lambda: home.faults("skill shop"))
    assert "skill.py:1" in home.faults("skill shop")[0]
    assert await home.ask("how many") == "first None"
    write(folder, "third")
    await becomes(home, "how many", "third None")


async def test_what_a_skill_writes_beside_itself_is_no_change_of_it(home: House, tmp_path: Path) -> None:
    folder, old = tmp_path / "mine" / "shop", home.pid("shop")
    (folder / "state.yaml").write_text("sold: 3\n", "utf-8")
    (folder / "kept").mkdir()
    (folder / "kept" / "notes.yaml").write_text("sold: 4\n", "utf-8")
    await asyncio.sleep(1.5)
    assert home.pid("shop") == old
    (folder / "prices.py").write_text("TEA = 3\n", "utf-8")
    await home.until(lambda: home.pid("shop") != old)


async def test_one_that_ships_goes_on_while_yours_is_wrong(home: House, tmp_path: Path) -> None:
    write(tmp_path / "mine" / "watch", "mine")
    (tmp_path / "mine" / "watch" / "skill.py").write_text("def", "utf-8")
    (tmp_path / "mine" / "watch" / "skill.yaml").write_text("name: clock\n", "utf-8")
    await home.until(lambda: home.faults("skill watch"))
    await asyncio.sleep(0.5)
    assert (await home.ask("what time is it")).startswith("It's")
    Choices({"clock"}).save()
    await home.until(lambda: "clock" not in home.agent.skills.skills)
    Choices().save()
    await home.until(lambda: len(home.faults("skill watch")) > 1)
    await asyncio.sleep(1.5)
    assert "clock" not in home.agent.skills.skills, "and begins in its stead no more than it would at the start"
    choices_file().write_text("{", "utf-8")
    await home.until(lambda: home.faults("skills"))
    assert str(choices_file()) in home.faults("skills")[-1] and "shop" in home.agent.skills.skills


async def test_skills_come_and_go_and_are_switched(home: House, tmp_path: Path) -> None:
    (tmp_path / "mine" / "shop" / "skill.yaml").unlink()
    await home.until(lambda: "shop" not in home.agent.skills.skills)
    assert "can't do that" in await home.ask("how many")
    write(tmp_path / "mine" / "shop", "again")
    await becomes(home, "how many", "again None")
    Choices({"clock"}).save()
    await home.until(lambda: "clock" not in home.agent.skills.skills)
    assert "can't do that" in await home.ask("what time is it")
    Choices().save()
    await home.until(lambda: "clock" in home.agent.skills.skills)
    assert (await home.ask("what time is it")).startswith("It's")


async def test_a_skill_that_changes_its_name_lives_once(home: House, tmp_path: Path) -> None:
    old = home.pid("shop")
    (tmp_path / "mine" / "shop" / "skill.yaml").write_text("name: store\n", "utf-8")
    await home.until(lambda: "store" in home.agent.skills.skills and "shop" not in home.agent.skills.skills)
    await home.until(lambda: not psutil.pid_exists(old))
    assert await home.ask("how many") == "first None"


async def test_its_sentences_are_tried_on_the_assistant_that_runs(home: House, tmp_path: Path) -> None:
    desk = Desk(home.agent)

    async def call(command: str, **arguments: Any) -> Any:
        return await getattr(desk, command)(**arguments)

    cases = load_cases(tmp_path / "mine" / "shop")
    first, second, third = await run_live(call, "shop", cases)
    assert not first.faults and not second.faults
    assert third.faults == ("it answers 'first 1', not 'first 2'",)

