"""What is learned of a voice after its enrolment: only where it is certain by itself, bounded, and undone whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import numpy as np
import pytest

from assistant.people.change import Heard
from assistant.people.claim import ODDS
from assistant.people.learned import MOST, SHORTEST, Learner
from assistant.people.register import Register
from assistant.speaker.calibration import unit

from .conftest import voice

CERTAIN = ODDS["certain"]


def one(seed: int) -> np.ndarray:
    return unit(np.random.default_rng(100 + seed).normal(size=8).astype(np.float32))


class Told:
    times = 0

    async def __call__(self) -> None:
        self.times += 1


@pytest.fixture
async def learner(register: Register) -> AsyncIterator[Learner]:
    await register.keep(await register.add("Anna"), voice(1))
    yield Learner(register, lambda: "simple/1", Told())


async def learned(register: Register) -> int:
    return (await register.find("Anna")).learned


async def test_a_certain_utterance_is_learned_and_undone(register: Register, learner: Learner) -> None:
    learner.heard("Anna", Heard({"Anna": CERTAIN}, embedding=one(1)), SHORTEST)
    await learner.close()
    assert await learned(register) == 1 and learner._learned.times == 1  # type: ignore[attr-defined]
    later = (await register.voices("simple/1"))["Anna"].embeddings
    assert len(later) == 4 and np.allclose(later[-1], one(1))
    assert await register.unlearn(await register.find("Anna")) == 1
    assert np.array_equal((await register.voices("simple/1"))["Anna"].embeddings, voice(1).embeddings)


@pytest.mark.parametrize(("spoil", "seconds"), [
    (lambda heard: replace(heard, scores={"Anna": CERTAIN - 0.1}), 3.0),
    (lambda heard: replace(heard, scores={"Ben": 20.0}), 3.0),
    (lambda heard: replace(heard, second=True), 3.0),
    (lambda heard: replace(heard, unchecked=True), 3.0),
    (lambda heard: replace(heard, embedding=None), 3.0),
    (lambda heard: heard, SHORTEST - 0.1),
])
async def test_of_what_is_doubtful_nothing_is_learned(
    register: Register, learner: Learner, spoil: Callable[[Heard], Heard], seconds: float
) -> None:
    learner.heard("Anna", spoil(Heard({"Anna": CERTAIN}, embedding=one(1))), seconds)
    await learner.close()
    assert await learned(register) == 0


async def test_of_somebody_who_is_gone_nothing_is_learned(register: Register, learner: Learner) -> None:
    await register.drop(await register.find("Anna"))
    learner.heard("Anna", Heard({"Anna": CERTAIN}, embedding=one(1)), 3.0)
    await learner.close()
    assert await register.all() == []


async def test_a_voice_does_not_drift_away_and_the_oldest_go(register: Register, learner: Learner) -> None:
    for number in range(MOST + 5):
        learner.heard("Anna", Heard({"Anna": CERTAIN}, embedding=one(number)), 3.0)
        await learner.close()
    assert await learned(register) == MOST
    known = (await register.voices("simple/1"))["Anna"].embeddings
    assert len(known) == 2 * len(voice(1).embeddings), "at most as much as was enrolled"
    assert np.allclose(known[3], one(MOST + 4)), "the newest of it"


async def test_a_new_enrolment_begins_anew(register: Register, learner: Learner) -> None:
    learner.heard("Anna", Heard({"Anna": CERTAIN}, embedding=one(1)), 3.0)
    await learner.close()
    await register.keep(await register.find("Anna"), voice(2))
    assert await learned(register) == 0
