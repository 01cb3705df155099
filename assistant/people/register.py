"""Who lives here: names, groups and voices, in the database. Voices are sealed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from assistant.errors import ConfigError
from assistant.paths import data_dir
from assistant.people.kept import KeptRecordings
from assistant.people.rules import EVERYONE, GROUPS, GUESTS, HOUSEHOLD
from assistant.people.vault import Vault
from assistant.speaker.scoring import Voiceprint
from assistant.store.store import Store
from assistant.yamlfile import nearest

LONGEST_NAME = 40
"""Characters."""
NUMBERS = "<f4"
Embeddings = npt.NDArray[np.float32]
NO_CHOICE = (EVERYONE, HOUSEHOLD, GUESTS)
"""Groups to which somebody belongs by living here, or does not."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of this house."""

    id: str
    """Stays when the name is changed."""
    name: str
    groups: tuple[str, ...] = ()
    """Beside the household."""
    added: float = 0.0
    """Seconds since 1970."""
    voices: Mapping[str, float] | None = None
    """Seconds of speech that were enrolled, by the embedder that heard them."""
    learned: int = 0
    """Utterances after that from which more was learned."""
    recorded: bool = False
    """Whether recordings of the enrolment are kept."""


def key_file() -> Path:
    """Where the key of the voices is."""
    return data_dir() / "people.key"


class Register:
    """The people in one database."""

    def __init__(self, store: Store, vault: Vault | None = None) -> None:
        self._store = store
        self._vault = vault or Vault(key_file())
        self.recordings = KeptRecordings(store, self._vault)

    async def all(self) -> list[Person]:
        """Everybody, by name."""
        voices: dict[str, dict[str, float]] = {}
        for person, embedder, seconds in await self._store.read("SELECT person, embedder, seconds FROM voiceprints"):
            voices.setdefault(person, {})[embedder] = seconds
        rows = await self._store.read(
            "SELECT id, name, groups, added, (SELECT count(*) FROM learned WHERE person = people.id), "
            "EXISTS (SELECT 1 FROM recordings WHERE person = people.id) FROM people ORDER BY name COLLATE NOCASE"
        )
        return [Person(number, name, tuple(json.loads(groups)), added, voices.get(number, {}), learned, bool(recorded))
                for number, name, groups, added, learned, recorded in rows]

    async def find(self, name: str) -> Person:
        """The person of that name, however it is capitalised.

        Raises:
            ConfigError: there is none; names the nearest.
        """
        people = await self.all()
        found = next((one for one in people if one.name.casefold() == name.strip().casefold()), None)
        if found is None:
            mend = nearest(name, [one.name for one in people]) or f"assistant people add {name}"
            raise ConfigError(f"nobody called {name!r} is known here", mend=mend)
        return found

    async def add(self, name: str, groups: Sequence[str] = ()) -> Person:
        """Somebody new.

        Raises:
            ConfigError: the name cannot be used, or somebody has it.
        """
        name, groups = await self.free(name), grouped(groups)
        person = Person(uuid4().hex[:12], name, groups, time.time(), {})
        await self._store.write(
            "INSERT INTO people VALUES (?, ?, ?, ?)", person.id, name, json.dumps(list(groups)), person.added
        )
        return person

    async def regroup(self, person: Person, groups: Sequence[str]) -> Person:
        """Put somebody into other groups."""
        groups = grouped(groups)
        await self._store.write("UPDATE people SET groups = ? WHERE id = ?", json.dumps(list(groups)), person.id)
        return replace(person, groups=groups)

    async def rename(self, person: Person, name: str) -> Person:
        """Give somebody another name, also where it stands beside what is theirs; everywhere, or nowhere."""
        same = name.strip().casefold() == person.name.casefold()
        name = _spelled(name) if same else await self.free(name)
        await self._store.write_all([
            ("UPDATE people SET name = ? WHERE id = ?", (name, person.id)),
            ("UPDATE timers SET person = ? WHERE person = ?", (name, person.name)),
            ("UPDATE turns SET person = ? WHERE person = ?", (name, person.name)),
            ("UPDATE skill_data SET skill = substr(skill, 1, length(skill) - length(?1)) || '/' || ?2 "
             "WHERE substr(skill, -length(?1)) = ?1", (f"/{person.name}", name)),
        ])
        return await self.find(name)

    async def drop(self, person: Person) -> None:
        """Take somebody out of whom nothing else is kept yet."""
        await self._store.write("DELETE FROM people WHERE id = ?", person.id)

    async def keep(self, person: Person, voice: Voiceprint) -> None:
        """Keep how somebody sounds, in place of what the same embedder heard before. Whole, or not at all.

        Raises:
            StoreError: it cannot be written, or the key of those that are kept is lost.
        """
        plain = np.ascontiguousarray(voice.embeddings, NUMBERS).tobytes()
        first = not await self._store.read("SELECT 1 FROM voiceprints LIMIT 1")
        sealed = self._vault.seal(plain, f"{person.id}/{voice.embedder}", first=first)
        await self._store.write_all([
            ("INSERT OR REPLACE INTO voiceprints VALUES (?, ?, ?, ?, ?)",
             (person.id, voice.embedder, voice.seconds, len(voice.embeddings), sealed)),
            ("DELETE FROM learned WHERE person = ? AND embedder = ?", (person.id, voice.embedder)),
        ])

    async def learn(self, person: Person, embedder: str, plain: bytes, seconds: float, most: int, at: float) -> None:
        """Keep one more embedding of somebody who is enrolled; of those that were learned the newest ``most`` stay.

        Args:
            plain: the embedding, little-endian float32.
            at: seconds since 1970.
        """
        sealed = self._vault.seal(plain, f"{person.id}/{embedder}/learned", first=False)
        await self._store.write(
            "INSERT INTO learned (person, embedder, at, seconds, sealed) VALUES (?, ?, ?, ?, ?)",
            person.id, embedder, at, seconds, sealed,
        )
        await self._store.write(
            "DELETE FROM learned WHERE person = ?1 AND embedder = ?2 AND id NOT IN "
            "(SELECT id FROM learned WHERE person = ?1 AND embedder = ?2 ORDER BY id DESC LIMIT ?3)",
            person.id, embedder, most,
        )

    async def unlearn(self, person: Person) -> int:
        """Forget what was learned after the enrolment; how many utterances that were."""
        return await self._store.write("DELETE FROM learned WHERE person = ?", person.id)

    async def voices(self, embedder: str) -> dict[str, Voiceprint]:
        """Everybody's voice, as this embedder heard it, by name.

        Raises:
            StoreError: the key is lost, or what was kept was changed.
        """
        rows = await self._store.read(
            "SELECT people.name, people.id, seconds, count, sealed FROM voiceprints JOIN people ON person = people.id "
            "WHERE embedder = ?", embedder,
        )
        found = {}
        for name, number, seconds, count, sealed in rows:
            plain = np.frombuffer(self._vault.open(sealed, f"{number}/{embedder}"), NUMBERS)
            enrolled = plain.reshape(count, -1).astype(np.float32)
            later = await self._learned(number, embedder, count)
            found[name] = Voiceprint(np.concatenate([enrolled, *later]), embedder, seconds)
        return found

    async def _learned(self, person: str, embedder: str, most: int) -> list[Embeddings]:
        """What was learned later, the newest; no more of it than was enrolled, so that a voice does not drift away."""
        rows = await self._store.read(
            "SELECT sealed FROM learned WHERE person = ? AND embedder = ? ORDER BY id DESC LIMIT ?",
            person, embedder, most,
        )
        plain = [self._vault.open(sealed, f"{person}/{embedder}/learned") for (sealed,) in rows]
        return [np.frombuffer(one, NUMBERS).astype(np.float32)[None] for one in plain]

    async def free(self, name: str) -> str:
        """The name, spelled well, where nobody has it.

        Raises:
            ConfigError: somebody has.
        """
        name = _spelled(name)
        if any(one.name.casefold() == name.casefold() for one in await self.all()):
            raise ConfigError(f"somebody called {name!r} is known here already", mend="assistant people list")
        return name


def grouped(groups: Sequence[str]) -> tuple[str, ...]:
    """Groups beside the household, spelled well. Raises ConfigError where one is none."""
    spelled = (" ".join(group.split()) for group in groups)
    found = tuple(dict.fromkeys(one.casefold() if one.casefold() in GROUPS else one for one in spelled))
    wrong = next((group for group in found if not group or group in NO_CHOICE), None)
    if wrong is not None:
        raise ConfigError(f"{wrong!r} is no group to choose", mend="children, or one that your rules speak of")
    return found


def _spelled(name: str) -> str:
    """Raises ConfigError where it is no name."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not all(letter.isalpha() or letter in " '-." for letter in name):
        raise ConfigError(f"{name!r} is no name", mend=f"letters, at most {LONGEST_NAME} of them")
    if name.casefold() in GROUPS:
        raise ConfigError(f"{name!r} is what a group is called", mend="another name")
    return name
