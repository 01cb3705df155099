"""Forgets a person: voice, history, sound, lists and alarms, so that no copy of them stays on the disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from assistant.errors import StoreError
from assistant.people.register import Person
from assistant.recorder.sounds import Sounds
from assistant.store.store import Store

TRIES, PAUSE_SECONDS = 2, 0.2
"""For a journal that somebody else reads in just now. Each try waits as long as any statement does for a database that
is busy, and holds up what else is to be written."""
VOICES = ("voiceprints", "learned", "recordings")
"""Tables of how people sound."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of each there was."""

    voices: int
    """Also what was learned of them later, and recordings of the enrolment."""
    turns: int
    sounds: int
    values: int
    """That skills kept for them: lists, notes."""
    alarms: int
    """And reminders, and orders for later."""


async def forget(store: Store, sounds: Sounds, person: Person) -> Forgotten:
    """Erase all that is theirs, also whatever a turn that was only perhaps theirs left.

    What the database holds is erased in one transaction, whole or not at all: who was not forgotten to the end is known
    still, and can be forgotten again. Deleted rows are overwritten, the journal of the database is cut off and the file
    is written anew: what was there is nowhere in it any more.

    Raises:
        StoreError: the database cannot be written; it can be done again.
        AudioError: a file of sound cannot be removed.
    """
    await store.read("PRAGMA secure_delete = ON")
    turns = [turn for (turn,) in await store.read("SELECT id FROM turns WHERE person = ?", person.name)]
    removed = [await asyncio.to_thread(sounds.remove, turn) for turn in turns]
    deleted, values, alarms, *voices, _ = await store.write_all([
        ("DELETE FROM turns WHERE person = ?", (person.name,)),
        ("DELETE FROM skill_data WHERE substr(skill, -length(?1)) = ?1", (f"/{person.name}",)),
        ("DELETE FROM timers WHERE person = ?", (person.name,)),
        *((f"DELETE FROM {table} WHERE person = ?", (person.id,)) for table in VOICES),
        ("DELETE FROM people WHERE id = ?", (person.id,)),
    ])
    await scrub(store)
    return Forgotten(sum(voices), deleted, sum(removed), values, alarms)


async def scrub(store: Store) -> None:
    """Leave no trace of deleted rows in the files of the database.

    Raises:
        StoreError: another program reads in it all the time; it can be done again.
    """
    await store.read("VACUUM")
    for _ in range(TRIES):
        [(busy, *_)] = await store.read("PRAGMA wal_checkpoint(TRUNCATE)")
        if not busy:
            return
        await asyncio.sleep(PAUSE_SECONDS)
    raise StoreError("another program holds the database, so its journal cannot be cut off", where=store.path,
                     mend="end the other program, and forget once more")
