"""The doctor's look at who lives here."""

from __future__ import annotations

from pathlib import Path

from assistant.config import Config
from assistant.config.models import People, Speaker
from assistant.config.models import Store as StoreSection
from assistant.doctor.finding import Finding, State
from assistant.doctor.people import people
from assistant.people.register import Register, key_file
from assistant.store.store import Store
from tests.people.conftest import voice


async def lived_in(folder: Path, *names: str) -> Config:
    path = folder / "a.db"
    async with Store(path) as store:
        for number, name in enumerate(names):
            await Register(store).keep(await Register(store).add(name), voice(number, "trained/1"))
    return Config(store=StoreSection(path=path))


def found(config: Config) -> list[Finding]:
    return list(people(config))


async def test_nobody_is_known_before_the_first_start(own_folders: Path) -> None:
    [one] = found(Config(store=StoreSection(path=own_folders / "none.db")))
    assert one.state is State.GOOD and "everybody may everything" in one.text


async def test_who_is_known_is_counted(own_folders: Path) -> None:
    [one] = found(await lived_in(own_folders, "Anna", "Ben"))
    assert one.state is State.GOOD and "2 are known" in one.text


async def test_a_lost_key_is_told(own_folders: Path) -> None:
    config = await lived_in(own_folders, "Anna")
    key_file().unlink()
    [one] = found(config)
    assert one.state is State.BAD and "key" in one.text and "enrol" in one.mend


async def test_another_backend_has_to_hear_them_anew(own_folders: Path) -> None:
    config = (await lived_in(own_folders, "Anna")).model_copy(update={"speaker": Speaker(backend="resemblyzer")})
    [one] = found(config)
    assert one.state is State.NOTE and one.mend == "assistant people enrol Anna"


async def test_a_rule_for_nobody_is_told_with_its_line(own_folders: Path) -> None:
    rules = own_folders / "people.yaml"
    rules.write_text("allow:\n  - who: household\ndeny:\n  - who: Zoe\n")
    config = (await lived_in(own_folders, "Anna")).model_copy(update={"people": People(rules=rules)})
    first, _ = found(config)
    assert first.state is State.BAD and "people.yaml:4" in first.text and "Zoe" in first.text
