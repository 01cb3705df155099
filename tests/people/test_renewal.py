"""Recordings of an enrolment, kept where somebody asked for it: sealed, forgotten, learned from by a new backend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import Pcm
from assistant.errors import StoreError
from assistant.people.enrolling import keep
from assistant.people.enrolment import Enrolment
from assistant.people.forgetting import forget
from assistant.people.register import Register
from assistant.people.renewal import renew
from assistant.recorder.sounds import Sounds
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import calibration_of
from assistant.speaker.trained import TrainedEmbedder
from assistant.store.store import Store
from assistant.vad.silero import SileroVad

from .conftest import voice
from .readers import takes
from .recorded import needs_data

pytestmark = needs_data

ANNA, BEN = "0594", "0482"


def read(reader: str) -> list[Pcm]:
    """Half a minute, in pieces."""
    sounds = takes(reader)
    return [np.concatenate(sounds[at : at + 5]) for at in range(0, 20, 5)]


async def by_trained(pcm: Pcm) -> Embedding:
    return TrainedEmbedder().embed(pcm)


def enrolment() -> Enrolment:
    return Enrolment(by_trained, calibration_of(TrainedEmbedder().name), SileroVad())


async def test_they_are_kept_whole_sealed_and_only_if_asked(register: Register, store: Store, tmp_path: Path) -> None:
    for name, reader, recordings in (("Anna", ANNA, True), ("Ben", BEN, False)):
        mine = enrolment()
        for sound in read(reader):
            await mine.take(sound)
        await keep(register, mine, name, recordings=recordings)
    anna, ben = await register.find("Anna"), await register.find("Ben")
    kept = await register.recordings.of(anna)
    assert all(np.array_equal(one, other) for one, other in zip(kept, read(ANNA), strict=True))
    assert anna.recorded and not ben.recorded and await register.recordings.of(ben) == []
    [(sealed,)] = await store.read("SELECT sealed FROM recordings")
    assert b"fLaC" not in sealed
    await forget(store, Sounds(tmp_path / "sounds", 7, 10), anna)
    assert await store.read("SELECT * FROM recordings") == []


async def test_a_new_backend_learns_from_them(register: Register) -> None:
    anna, ben = await register.add("Anna"), await register.add("Ben")
    for person in (anna, ben):
        await register.keep(person, voice(1, "old/1"))
    await register.recordings.keep(anna, read(ANNA))
    embedder = TrainedEmbedder()
    left = await renew(register, by_trained, calibration_of(embedder.name), SileroVad())
    assert left == ["Ben"], "he has to read again"
    known = (await register.find("Anna")).voices
    assert known is not None and set(known) == {"old/1", embedder.name} and known[embedder.name] > 15.0
    assert await renew(register, by_trained, calibration_of(embedder.name), SileroVad()) == ["Ben"]


async def test_recordings_that_cannot_be_read_are_asked_for_again(register: Register, store: Store) -> None:
    anna = await register.add("Anna")
    await register.keep(anna, voice(1, "old/1"))
    await register.recordings.keep(anna, read(ANNA)[:1])
    await store.write("UPDATE recordings SET sealed = ?", bytes(100))
    with pytest.raises(StoreError, match="does not fit"):
        await register.recordings.of(anna)
    assert await renew(register, by_trained, calibration_of(TrainedEmbedder().name), SileroVad()) == ["Anna"]
    assert (await register.find("Anna")).voices == {"old/1": 30.0}
