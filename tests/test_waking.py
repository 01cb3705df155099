"""An assistant that runs is called otherwise: at once, in its settings, and not if it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.config import Config, load_config
from assistant.config.calling import listen_for_hours, name_of, rename
from assistant.config.listening import scorer_options
from assistant.errors import ConfigError
from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.wake.calls import Call
from assistant.waking import Waking


class FakeScorer:
    """Takes its settings."""

    def __init__(self) -> None:
        self.options: list[dict[str, object]] = []

    async def configure(self, options: dict[str, object]) -> None:
        self.options.append(options)


class House:
    def __init__(self, path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        self.path = path
        self.scorer = FakeScorer()
        self.changes: list[Config] = []
        grammar = Grammar()
        grammar.set_rules("home", [Rule("home", "Night", ("good night",))])
        self.waking = Waking(load_config(path), lambda: grammar, lambda: self.scorer, self.changes.append)

    @property
    def written(self) -> str:
        return self.path.read_text("utf-8")


@pytest.fixture
def config_file(own_folders: Path) -> Path:
    return own_folders / "config.yaml"


async def test_another_name_is_listened_for_at_once_and_stands_in_the_settings(config_file: Path) -> None:
    house = House(config_file, "language: en\nwake: hey nova  # mine\n")
    watched = house.waking.calls.typed
    assert await house.waking.use(" Computer! ") == "Computer"
    assert watched == ["Computer"] and house.waking.phrase == "Computer"
    assert house.written == "language: en\nwake: Computer  # mine\n"
    assert [config.wake[0].phrase for config in house.changes] == ["Computer"]
    assert house.changes[0].where("wake") == f"{config_file}:2"


async def test_what_does_something_else_stays(config_file: Path) -> None:
    house = House(config_file, "wake: [{phrase: hush now, action: stop}, {phrase: hey anna, person: anna}, hey nova]\n")
    await house.waking.use("computer")
    assert house.waking.calls.typed == ["hush now", "hey anna", "computer"]
    await house.waking.use("jarvis", beside=True)
    assert house.waking.calls.typed == ["hush now", "hey anna", "computer", "jarvis"]
    assert house.waking.phrase == "computer" and house.waking.calls.of("hush now") == Call("hush now", "stop")


async def test_a_name_that_nobody_can_say_changes_nothing(config_file: Path) -> None:
    house = House(config_file, "wake: hey nova\n")
    for phrase in ("", "漢字", "brrr", "x" * 61, "a"):
        with pytest.raises(ConfigError):
            await house.waking.use(phrase)
    house.path.write_text("wake: hey nova\nvad: nonsense\n", "utf-8")
    with pytest.raises(ConfigError, match="nonsense"):
        await house.waking.use("computer")
    assert house.waking.calls.typed == ["hey nova"] and not house.changes and "hey nova" in house.written


async def test_other_settings_that_were_written_meanwhile_wait(config_file: Path) -> None:
    house = House(config_file, "wake: hey nova\n")
    house.path.write_text("wake: hey nova\nlanguage: de\n", "utf-8")
    await house.waking.use("computer")
    assert house.waking.config.language == "en" and load_config(config_file).language == "de"


async def test_what_speaks_against_a_name_is_told_beside_the_others(config_file: Path) -> None:
    house = House(config_file, "wake: [hey nova, {phrase: computer, person: anna}]\n")
    assert await house.waking.look("hello jarvis") == []
    assert any("sounds like “computer”" in told for told in await house.waking.look("compute her"))
    assert not any("hey nova" in told for told in await house.waking.look("hey noah")), "it takes that one's place"
    assert "to the skill home already" in (await house.waking.look("good night"))[0]


async def test_how_readily_it_listens_is_told_to_the_scorer(config_file: Path) -> None:
    house = House(config_file, "wake: hey nova\n")
    await house.waking.listen_for_hours(100)
    assert house.written == "wake: hey nova\nfalse_accept_hours: 100\n"
    assert house.scorer.options == [scorer_options(load_config(config_file))]
    with pytest.raises(ConfigError, match="false_accept_hours"):
        await house.waking.listen_for_hours(0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wake: {backend: micro, phrase: alexa}\n", "wake: computer\n"),
        ("wake: {backend: micro, phrase: alexa, person: anna}\n", "wake: {person: anna, phrase: computer}\n"),
        ("wake: {threshold: -7.0, phrase: hey nova}\n", "wake: {threshold: -7.0, phrase: computer}\n"),
        ("wake:\n  - phrase: hey nova\n    skill: lists\n", "wake:\n  - phrase: computer\n    skill: lists\n"),
        ("language: en\n", "language: en\nwake: computer\n"),
    ],
)
def test_each_way_of_writing_it(config_file: Path, before: str, after: str) -> None:
    config_file.write_text(before, "utf-8")
    changed = rename(load_config(config_file), "computer")
    assert config_file.read_text("utf-8") == after
    assert changed.wake[name_of(changed)].phrase == "computer"


def test_a_threshold_of_ones_own_goes_before_the_hours(config_file: Path) -> None:
    def threshold(text: str) -> Any:
        config_file.write_text(text, "utf-8")
        return scorer_options(load_config(config_file))["threshold"]

    assert threshold("wake: {phrase: hey nova, threshold: -3.5}\nfalse_accept_hours: 100\n") == -3.5
    config_file.write_text("wake: hey nova\n", "utf-8")
    assert listen_for_hours(load_config(config_file), 3).false_accept_hours == 3
