"""Who lives here: kept sealed, renamed with all that is theirs, and forgotten without a trace on the disk."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import read_sound
from assistant.errors import ConfigError, StoreError
from assistant.people.forgetting import forget, scrub
from assistant.people.private import write_new
from assistant.people.register import Register
from assistant.people.vault import KEY_BYTES, Vault
from assistant.recorder.sounds import Sounds
from assistant.store.store import Store
from assistant.store.timer import Purpose
from assistant.store.timers import Timers
from assistant.store.turns import TurnRecord, Turns
from assistant.store.values import SkillData

from .conftest import voice

PLANTED = "zanzibar-quokka-7741"
BEEP = (np.sin(np.arange(16_000) / 3) * 9000).astype(np.int16)


async def test_what_is_kept_is_what_was_heard(register: Register) -> None:
    anna = await register.add("Anna", ["grown-ups"])
    await register.keep(anna, voice(1))
    await register.keep(await register.add("Ben"), voice(2))
    found = await register.voices("simple/1")
    assert list(found) == ["Anna", "Ben"] and found["Anna"].seconds == 30.0
    assert np.array_equal(found["Anna"].embeddings, voice(1).embeddings)
    assert (await register.find(" anna ")).groups == ("grown-ups",)


async def test_voices_of_different_embedders_are_never_mixed(register: Register) -> None:
    anna = await register.add("Anna")
    await register.keep(anna, voice(1))
    await register.keep(anna, voice(2, "other/1"))
    await register.keep(anna, voice(3))
    assert np.array_equal((await register.voices("simple/1"))["Anna"].embeddings, voice(3).embeddings)
    assert (await register.find("Anna")).voices == {"simple/1": 30.0, "other/1": 30.0}
    assert await register.voices("simple/2") == {}


async def test_voices_are_sealed_and_the_key_is_its_users_alone(register: Register, tmp_path: Path) -> None:
    await register.keep(await register.add("Anna"), voice(1))
    plain = voice(1).embeddings[0].astype("<f4").tobytes()
    key = tmp_path / "data" / "people.key"
    assert all(plain not in path.read_bytes() for path in key.parent.iterdir())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_bytes()) == KEY_BYTES


@pytest.mark.parametrize("spoil", ["lost", "other", "short"])
async def test_without_its_key_no_voice_is_read(register: Register, tmp_path: Path, spoil: str) -> None:
    await register.keep(await register.add("Anna"), voice(1))
    key = tmp_path / "data" / "people.key"
    key.unlink() if spoil == "lost" else key.write_bytes(bytes(KEY_BYTES if spoil == "other" else 3))
    with pytest.raises(StoreError) as caught:
        await register.voices("simple/1")
    assert "forget" in caught.value.mend
    assert (await register.find("Anna")).voices, "who lives here is known all the same"


async def test_a_lost_key_is_not_made_anew_while_voices_are_sealed_by_it(register: Register, tmp_path: Path) -> None:
    anna, ben = await register.add("Anna"), await register.add("Ben")
    await register.keep(anna, voice(1))
    key = tmp_path / "data" / "people.key"
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(StoreError, match="lost"):
        await register.keep(ben, voice(2))
    assert not key.exists()
    key.write_bytes(kept)
    await register.keep(ben, voice(2))
    assert list(await register.voices("simple/1")) == ["Anna", "Ben"]


async def test_groups_can_be_changed(register: Register) -> None:
    ben = await register.add("Ben")
    assert (await register.regroup(ben, ["Children", " chess  club"])).groups == ("children", "chess club")
    assert (await register.find("Ben")).groups == ("children", "chess club")
    for group in ("guests", "Everyone", " "):
        with pytest.raises(ConfigError, match="no group"):
            await register.regroup(ben, [group])


async def test_while_somebody_else_reads_the_database_forgetting_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.store.store.BUSY_SECONDS", 0.05)
    async with Store(tmp_path / "assistant.db") as store:
        register = Register(store, Vault(tmp_path / "people.key"))
        await register.keep(await register.add("Anna"), voice(1))
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM people").fetchall()
            with pytest.raises(StoreError, match="another program holds the database"):
                await scrub(store)
        await scrub(store)


async def test_a_voice_is_no_other_persons(register: Register, store: Store) -> None:
    anna, ben = await register.add("Anna"), await register.add("Ben")
    await register.keep(anna, voice(1))
    await store.write("UPDATE voiceprints SET person = ? WHERE person = ?", ben.id, anna.id)
    with pytest.raises(StoreError, match="does not fit"):
        await register.voices("simple/1")


@pytest.mark.parametrize("name", ["", "   ", "a" * 41, "<b>", "Anna\x00", "guests", "Household", "ann/a", "'; DROP"])
async def test_what_is_no_name(register: Register, name: str) -> None:
    with pytest.raises(ConfigError):
        await register.add(name)
    assert await register.all() == []


async def test_two_have_not_one_name(register: Register) -> None:
    await register.add("Anna")
    with pytest.raises(ConfigError, match="already"):
        await register.add("ANNA")
    with pytest.raises(ConfigError, match="nobody") as caught:
        await register.find("Anja")
    assert "Anna" in caught.value.mend


async def test_who_is_renamed_keeps_what_is_theirs(register: Register, store: Store) -> None:
    anna, data = await register.add("Anna"), SkillData(store)
    await register.keep(anna, voice(1))
    await data.set("lists/Anna", "shopping", ["milk"])
    await data.set("lists/Joanna", "shopping", ["rum"])
    renamed = await register.rename(anna, "Hannah")
    assert renamed.id == anna.id and list(await register.voices("simple/1")) == ["Hannah"]
    assert await data.get("lists/Hannah", "shopping") == ["milk"]
    assert await data.get("lists/Joanna", "shopping") == ["rum"]


async def hinder(store: Store, change: str) -> None:
    """Let a change of a table fail."""
    await store.write(f"CREATE TRIGGER hindered BEFORE {change} BEGIN SELECT RAISE(ABORT, 'hindered'); END")


async def test_who_is_not_renamed_everywhere_is_renamed_nowhere(register: Register, store: Store) -> None:
    anna, data = await register.add("Anna"), SkillData(store)
    await Turns(store).add(TurnRecord("a", "kitchen", 9e9, "done", person="Anna"))
    await data.set("lists/Anna", "shopping", ["milk"])
    await hinder(store, "UPDATE ON skill_data")
    with pytest.raises(StoreError, match="hindered"):
        await register.rename(anna, "Hannah")
    assert [one.name for one in await register.all()] == ["Anna"]
    assert await store.read("SELECT person FROM turns") == [("Anna",)]


async def test_who_is_not_forgotten_whole_is_known_still_with_all_that_is_theirs(
    register: Register, store: Store, tmp_path: Path
) -> None:
    anna, data, sounds = await register.add("Anna"), SkillData(store), Sounds(tmp_path / "turns", 7, 100)
    await register.keep(anna, voice(1))
    await Turns(store).add(TurnRecord("a", "kitchen", 9e9, "done", person="Anna"))
    await data.set("lists/Anna", "shopping", ["milk"])
    await hinder(store, "DELETE ON people")
    with pytest.raises(StoreError, match="hindered"):
        await forget(store, sounds, anna)
    assert list(await register.voices("simple/1")) == ["Anna"]
    assert await data.get("lists/Anna", "shopping") == ["milk"] and await store.read("SELECT id FROM turns") == [("a",)]
    await store.write("DROP TRIGGER hindered")
    done = await forget(store, sounds, anna)
    assert (done.voices, done.turns, done.values) == (1, 1, 1) and await register.all() == []


async def test_who_is_forgotten_is_nowhere_on_the_disk(register: Register, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sounds, data = Sounds(folder / "turns", 7, 100), SkillData(store)
    anna, ben = await register.add("Anna"), await register.add("Ben")
    for number, person in enumerate((anna, ben)):
        await register.keep(person, voice(number))
        words = f"{PLANTED} {person.name}"
        for many in range(40):
            trace = {"events": [{"type": "FinalHeard", "text": words * 20}]}
            record = TurnRecord(f"{person.name}{many}", "kitchen", 9e9, "done", words, words, trace, person.name)
            await Turns(store).add(record)
        await data.set(f"lists/{person.name}", "shopping", [words])
        timers = Timers(store, lambda event: None)
        await timers.start()
        await timers.set_after(3600, Purpose("reminder", words, "kitchen", person.name))
        timers.close()
        sounds.write(f"{person.name}0", BEEP if person is anna else np.zeros(16_000, np.int16))
    sealed = {name: row for name, row in await store.read(
        "SELECT name, sealed FROM voiceprints JOIN people ON people.id = person")}
    forgotten = await forget(store, sounds, anna)
    assert (forgotten.voices, forgotten.turns, forgotten.sounds, forgotten.values, forgotten.alarms) == (1, 40, 1, 1, 1)
    files = [path for path in folder.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    assert f"{PLANTED} Anna".encode() not in held and b"Anna" not in held and sealed["Anna"] not in held
    kept = [read_sound(path) for path in files if path.suffix == ".flac"]
    assert len(kept) == 1 and not kept[0].any()
    assert f"{PLANTED} Ben".encode() in held and sealed["Ben"] in held, "what is another's stays"
    assert [one.name for one in await register.all()] == ["Ben"] and list(await register.voices("simple/1")) == ["Ben"]


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space"):
        Vault(tmp_path / "people.key").seal(b"a", "b", first=True)
    assert not list(tmp_path.iterdir())


def test_a_process_that_dies_while_it_writes_a_key_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "people.key"

    def dies(number: int) -> None:
        assert not key.exists(), "it has its name before it is on the disk"
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", dies)
        with pytest.raises(SystemExit):
            Vault(key).seal(b"a", "b", first=True)
    vault = Vault(key)
    assert vault.open(vault.seal(b"a", "b", first=True), "b") == b"a"
    assert [path.name for path in tmp_path.iterdir()] == ["people.key"] and stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_is_there_is_never_written_over(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr("os.link", none)
    path = tmp_path / "a.file"
    write_new(path, b"one")
    with pytest.raises(StoreError, match="already"):
        write_new(path, b"two")
    assert path.read_bytes() == b"one" and [one.name for one in tmp_path.iterdir()] == ["a.file"]


@pytest.mark.parametrize(("first", "mend"), [(True, "delete it"), (False, "from a backup")])
def test_a_torn_key_is_told_and_how_to_mend_it(first: bool, mend: str, tmp_path: Path) -> None:
    key = tmp_path / "people.key"
    key.write_bytes(b"half")
    with pytest.raises(StoreError, match="torn: 4 bytes of 32") as caught:
        Vault(key).seal(b"a", "b", first=first)
    assert mend in caught.value.mend and str(key) in caught.value.where
