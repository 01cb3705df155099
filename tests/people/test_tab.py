"""A tab's view of the people: on another machine it enrols nobody without the PIN."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assistant.errors import AssistantError
from assistant.paths import shipped_dir
from assistant.people.enrolment import Verdict
from assistant.people.permissions import Permissions
from assistant.people.pin import LOCK_SECONDS, TRIES, Pin
from assistant.people.register import Person, Register
from assistant.people.rules import FILE, load_rules
from assistant.people.tab import TabPeople
from assistant.store.store import Store

from .conftest import voice

NAME = "Cleo"


class House:
    """Anna and her son live here; what hears voices is not there."""

    def __init__(self, store: Store) -> None:
        self.store, self.pin = store, Pin(store)
        self.voices = SimpleNamespace(people={}, problem=None, ear=self.ear)
        self.sessions = {"page": SimpleNamespace(name="page", silent=False, muted=False)}
        self.services = SimpleNamespace(vad=None)
        self.changed = asyncio.Event()
        self.guard = SimpleNamespace(permissions=Permissions(load_rules(shipped_dir() / "configs" / FILE)))

    async def ear(self) -> None:
        raise AssistantError("the ear was asked for")

    async def people_changed(self) -> None:
        self.changed.set()

    def tab(self, remote: bool) -> TabPeople:
        return TabPeople(cast(Any, self), cast(Any, SimpleNamespace(remote=remote, name="page")))


@pytest.fixture
def read_aloud(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """All has been read as soon as an enrolment begins; the key is the house's own."""
    async def ear() -> tuple[None, None]:
        return None, None

    done = SimpleNamespace(voice=lambda: voice(7), test=lambda others: Verdict(3, 3, 0, len(others)), sounds=[])
    monkeypatch.setattr(house.voices, "ear", ear)
    monkeypatch.setattr("assistant.people.reading.Enrolment", lambda *parts: done)
    monkeypatch.setattr("assistant.people.register.key_file", lambda: Path(house.store.path).parent / "people.key")


@pytest.fixture
async def house(store: Store, register: Register) -> AsyncIterator[House]:
    made = House(store)
    await register.keep(await register.add("Anna"), voice(1))
    await register.add("Ben", ["children"])
    yield made


async def test_who_lives_here_and_what_they_may(house: House) -> None:
    house.voices.people = {"Anna": ()}
    seen = await house.tab(remote=False).view()
    anna, ben, guest = seen.people
    assert (anna.name, anna.groups, anna.seconds) == ("Anna", ("household",), 30.0)
    assert ("may", "household: everything") in anna.rights and seen.known and seen.may_enrol
    assert ben.seconds == 0.0 and any(title == "may not" and "20:30" in rule for title, rule in ben.rights)
    assert guest.name == "" and all("household" not in rule for _, rule in guest.rights)


async def test_on_this_machine_anybody_enrols(house: House) -> None:
    house.voices.people = {"Anna": ()}
    with pytest.raises(AssistantError, match="the ear"):
        await house.tab(remote=False).begin(NAME, ())


async def test_elsewhere_it_takes_the_pin(house: House, store: Store) -> None:
    house.voices.people = {"Anna": ()}
    tab = house.tab(remote=True)
    assert not (await tab.view()).may_enrol
    with pytest.raises(AssistantError, match="another machine"):
        await tab.begin(NAME, ())
    with pytest.raises(AssistantError, match="no PIN"):
        await tab.prove("2580")
    await Pin(store).set("2580")
    with pytest.raises(AssistantError, match="not the PIN"):
        await tab.prove("1357")
    with pytest.raises(AssistantError, match="another machine"):
        await tab.begin(NAME, ())
    await tab.prove("2580")
    assert (await tab.view()).may_enrol and not (await house.tab(remote=True).view()).may_enrol
    with pytest.raises(AssistantError, match="the ear"):
        await tab.begin(NAME, ())


@pytest.mark.parametrize(("remote", "pin", "open_to_all"), [
    (True, None, True), (True, "2580", False), (False, "2580", True),
])
async def test_elsewhere_settings_of_the_household_take_the_pin_where_one_is_set(
    house: House, store: Store, remote: bool, pin: str | None, open_to_all: bool
) -> None:
    if pin is not None:
        await Pin(store).set(pin)
    tab = house.tab(remote)
    if not open_to_all:
        with pytest.raises(AssistantError, match="takes the PIN"):
            await tab.check_settings()
        await tab.prove("2580")
    await tab.check_settings()


async def test_guessing_locks_it(house: House, store: Store) -> None:
    await Pin(store).set("2580")
    tab = house.tab(remote=True)
    for _ in range(TRIES):
        with pytest.raises(AssistantError, match="not the PIN"):
            await tab.prove("1357")
    with pytest.raises(AssistantError, match=f"{LOCK_SECONDS / 60:.0f} minutes"):
        await tab.prove("2580")
    assert not (await tab.view()).may_enrol


async def test_many_tabs_at_once_have_no_more_tries_than_one(house: House, store: Store) -> None:
    await Pin(store).set("2580")
    guesses = await asyncio.gather(*(house.tab(remote=True).prove("1357") for _ in range(8)), return_exceptions=True)
    assert all(isinstance(guess, AssistantError) for guess in guesses)
    assert await Pin(store).locked() > 0.0


@pytest.mark.parametrize("pin", [None, "2580"])
async def test_the_first_one_may_be_enrolled_from_anywhere_unless_a_pin_is_set(
    house: House, store: Store, pin: str | None
) -> None:
    if pin is not None:
        await Pin(store).set(pin)
    assert (await house.tab(remote=True).view()).may_enrol is (pin is None)


@pytest.mark.parametrize("what", ["read", "keep"])
async def test_nothing_is_read_or_kept_before_it_was_begun(house: House, what: str) -> None:
    tab = house.tab(remote=False)
    with pytest.raises(AssistantError, match="nobody is being enrolled"):
        await (tab.read(0) if what == "read" else tab.keep())
    with pytest.raises(AssistantError, match="no such sentence"):
        await tab.read(99)


@pytest.mark.usefixtures("read_aloud")
async def test_who_leaves_while_it_is_kept_leaves_no_half_of_it(
    house: House, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, added = Register.add, asyncio.Event()

    async def told(*arguments: Any) -> Person:
        person = await add(*arguments)
        added.set()
        return person

    monkeypatch.setattr(Register, "add", told)
    tab = house.tab(remote=False)
    await tab.begin(NAME, ())
    keeping = asyncio.create_task(tab.keep())
    await added.wait()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    async with asyncio.timeout(2.0):
        await house.changed.wait()
    assert NAME in await register.voices("simple/1")


@pytest.mark.usefixtures("read_aloud")
async def test_what_began_before_anybody_was_known_is_not_kept_once_somebody_is(
    house: House, register: Register
) -> None:
    tab = house.tab(remote=True)
    before = await register.voices("simple/1")
    await tab.begin("Anna", ())
    house.voices.people = {"Anna": ()}
    with pytest.raises(AssistantError, match="another machine"):
        await tab.keep()
    after = await register.voices("simple/1")
    assert (after["Anna"].embeddings == before["Anna"].embeddings).all() and not house.changed.is_set()
