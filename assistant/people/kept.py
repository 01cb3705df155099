"""Recordings of an enrolment, where somebody asked to keep them: sealed, so that a new backend can learn from them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import StoreError
from assistant.people.vault import Vault
from assistant.store.store import Store

if TYPE_CHECKING:
    from assistant.people.register import Person


class KeptRecordings:
    """In the database, beside the voices."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def keep(self, person: Person, sounds: Sequence[Pcm]) -> None:
        """Keep recordings, int16[n] at 16 kHz, in place of those before. In one row: whole, or not at all.

        Raises:
            StoreError: they cannot be written.
        """
        first = not await self._store.read("SELECT 1 FROM voiceprints LIMIT 1")
        sealed = self._vault.seal(await asyncio.to_thread(_written, sounds), f"{person.id}/recordings", first=first)
        await self._store.write("INSERT OR REPLACE INTO recordings VALUES (?, ?)", person.id, sealed)

    async def of(self, person: Person) -> list[Pcm]:
        """Theirs; none: none were kept.

        Raises:
            StoreError: the key is lost, or they were changed.
        """
        rows = await self._store.read("SELECT sealed FROM recordings WHERE person = ?", person.id)
        if not rows:
            return []
        return await asyncio.to_thread(_read, self._vault.open(rows[0][0], f"{person.id}/recordings"))


def _written(sounds: Sequence[Pcm]) -> bytes:
    """Each as FLAC after its length in bytes."""
    parts = []
    for sound in sounds:
        file = io.BytesIO()
        soundfile.write(file, sound, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
        parts.append(file.getvalue())
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)


def _read(plain: bytes) -> list[Pcm]:
    found, at = [], 0
    try:
        while at < len(plain):
            size = int.from_bytes(plain[at : at + 4], "little")
            sound, _ = soundfile.read(io.BytesIO(plain[at + 4 : at + 4 + size]), dtype="int16")
            found.append(np.asarray(sound, np.int16))
            at += 4 + size
    except soundfile.SoundFileError as error:
        raise StoreError("a recording of an enrolment is damaged", mend="enrol again") from error
    return found
