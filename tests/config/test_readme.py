"""What the README shows to those who write a backend or a household works as it stands there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assistant.grammar.builtins import BUILTINS
from assistant.grammar.sentences import HOUSEHOLD_LISTS
from assistant.home.schema import Household
from assistant.skills.context import Context
from assistant.skills.manifest import GRANTS
from assistant.skills.messages import HandleRequest
from assistant.skills.scaffold import new_skill
from assistant.testing.conformance.vad import VadConformance
from assistant.yamlfile import parse_yaml

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language: str, word: str) -> str:
    """The one block of code that holds a word."""
    (found,) = (text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if word in text)
    return str(found)


@pytest.fixture
def module() -> Iterator[ModuleType]:
    made = ModuleType("my_package.vad")
    sys.modules[made.__name__] = made
    exec(compile(block("python", "class MyVad"), "README.md", "exec"), vars(made))
    yield made
    del sys.modules[made.__name__]


class TestTheDetectorOfTheReadme(VadConformance):
    """It keeps what every detector has to keep."""

    @pytest.fixture(autouse=True)
    def _module(self, module: ModuleType) -> None:
        self.module = module

    def make(self) -> Any:
        return self.module.MyVad()


def test_the_test_of_the_readme_runs_the_checks(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "my_package", ModuleType("my_package"))
    names: dict[str, Any] = {"__name__": "test_mine"}
    exec(compile(block("python", "class TestMine"), "README.md", "exec"), names)
    assert issubclass(names["TestMine"], VadConformance)
    assert isinstance(names["TestMine"]().make(), module.MyVad)


def test_the_household_of_the_readme_is_right() -> None:
    (device,) = Household.read(parse_yaml(block("yaml", "porch lamp"))).devices
    assert (device.id, device.area, device.kind) == ("0x00158d0001234567", "hall", "")
    (player,) = Household.read(parse_yaml(block("yaml", "kitchen speaker"))).devices
    assert player.mqtt is not None and player.mqtt.title_topic == "speaker/title"


def test_the_skill_of_the_readme_is_the_one_that_is_made(tmp_path: Path) -> None:
    made = (new_skill("coffee", tmp_path) / "skill.py").read_text("utf-8")
    shown = [line for line in block("python", "class Coffee").splitlines() if line]
    assert [line for line in shown if line not in made.splitlines()] == []


def test_what_the_kit_s_page_names_is_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "skills.md").read_text("utf-8")
    names = set(re.findall(r"`ctx\.(\w+)", page))
    assert names and not [name for name in names if not hasattr(Context(HandleRequest("x", "y"), _nothing), name)]
    lists = set(re.findall(r"`\{(\w+)\}`", page)) - {"list"}
    assert lists <= {*BUILTINS, *HOUSEHOLD_LISTS}
    assert set(re.findall(r"^\| `(\w+)`", page.split("## Grants")[1].split("## ")[0], re.MULTILINE)) <= {*GRANTS}


async def _nothing(name: str, args: dict[str, Any]) -> None:
    """Answers no request."""
