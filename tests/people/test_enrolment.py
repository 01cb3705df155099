"""Learning a voice from real recordings: what is good is taken, what is wrong is told, nothing is half kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant import paths
from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.errors import ConfigError, SoundError, StoreError
from assistant.people import takes
from assistant.people.enrolling import check, keep
from assistant.people.enrolment import SENTENCES, Enrolment
from assistant.people.register import Register
from assistant.people.takes import SHORTEST
from assistant.people.vault import Vault
from assistant.speaker.base import Embedding
from assistant.store.store import Store
from assistant.testing.voices import say
from assistant.vad.silero import SileroVad

from .conftest import voice
from .recorded import embedder, lj, needs_data, speakers, whole

pytestmark = needs_data


@cache
def vad() -> SileroVad:
    return SileroVad()


def enrolment() -> Enrolment:
    hears, calibration = embedder()

    async def embed(pcm: Pcm) -> Embedding:
        return hears.embed(pcm)

    return Enrolment(embed, calibration, vad())


def take(number: int) -> Pcm:
    """Some ten seconds of one voice."""
    return lj(number)[: 10 * 16_000]


def machine(first: int) -> Pcm:
    """Sentences in a voice that nobody would take for another's."""
    return np.concatenate([say(sentence, "espeak") for sentence in SENTENCES[first : first + 3]])


async def test_a_voice_is_learned_from_half_a_minute(register: Register) -> None:
    mine = enrolment()
    for number in range(4):
        assert await mine.take(take(number)) > 5.0
    verdict = await keep(register, mine, "Anna")
    assert verdict.pieces >= 4 and verdict.confused == 0 and "nobody else" in str(verdict)
    found = await register.find("anna")
    assert found.voices and found.voices["simple/1"] == pytest.approx(mine.seconds)
    assert len((await register.voices("simple/1"))["Anna"].embeddings) == verdict.pieces


async def test_the_test_at_the_end_counts_the_others(register: Register) -> None:
    for name, sounds in (("Anna", [take(0), take(1), take(2)]), ("Ben", [whole(next(iter(speakers(False))))])):
        one = enrolment()
        for sound in sounds:
            await one.take(sound)
        verdict = await keep(register, one, name)
    assert verdict.others == 1 and "the other person here" in str(verdict)


@pytest.mark.parametrize(("spoil", "what"), [
    (lambda pcm: pcm[: round(0.3 * 16_000)], "too short"),
    (lambda pcm: np.zeros(80_000, np.int16), "too quiet"),
    (lambda pcm: (pcm / 200).astype(np.int16), "too quiet"),
    (lambda pcm: np.clip(pcm.astype(np.int32) * 40, -32768, 32767).astype(np.int16), "too loud"),
    (lambda pcm: np.random.default_rng(1).integers(-3000, 3000, 80_000).astype(np.int16), "too short"),
    (lambda pcm: (9000 * np.sin(np.arange(80_000) / 8)).astype(np.int16), "too short"),
    (lambda pcm: pcm[:0], "too short"),
])
async def test_what_is_wrong_is_told(spoil: object, what: str) -> None:
    mine = enrolment()
    with pytest.raises(SoundError, match=what) as caught:
        await mine.take(spoil(take(0)))  # type: ignore[operator]
    assert caught.value.mend and mine.seconds == 0.0


async def test_a_few_words_in_much_noise_are_no_take() -> None:
    noise = read_sound(paths.test_data() / "noise" / "running_tap.flac")[: 30 * 16_000]
    mixed = noise.copy()
    mixed[:64_000] = take(0)[:64_000]
    with pytest.raises(SoundError):
        await enrolment().take(mixed)


async def test_takes_are_looked_at_and_written_while_others_are_listened_to(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    works: dict[str, set[bool]] = {"vad": set(), "write": set(), "read": set()}

    def noted(what: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def do(*parts: Any, **named: Any) -> Any:
            works[what].add(threading.current_thread() is threading.main_thread())
            return work(*parts, **named)
        return do

    monkeypatch.setattr("assistant.people.takes.speech_in", noted("vad", takes.speech_in))
    monkeypatch.setattr("assistant.people.kept.soundfile.write", noted("write", soundfile.write))
    monkeypatch.setattr("assistant.people.kept.soundfile.read", noted("read", soundfile.read))
    mine, anna = enrolment(), await register.add("Anna")
    await mine.take(take(0))
    await register.keep(anna, voice(1))
    await register.recordings.keep(anna, mine.sounds)
    [sound] = await register.recordings.of(anna)
    assert np.array_equal(sound, take(0))
    assert works == {"vad": {False}, "write": {False}, "read": {False}}


async def test_another_voice_than_before_is_not_taken() -> None:
    mine = enrolment()
    await mine.take(take(0))
    before = mine.seconds
    with pytest.raises(SoundError, match="not the voice of before"):
        await mine.take(machine(2))
    assert mine.seconds == before


async def test_two_voices_in_one_take_are_noticed() -> None:
    with pytest.raises(SoundError, match="two voices"):
        await enrolment().take(np.concatenate([take(0)[:96_000], machine(2)[:96_000]]))


async def test_too_little_is_not_kept(register: Register) -> None:
    mine = enrolment()
    await mine.take(take(0))
    with pytest.raises(SoundError, match="not enough"):
        await keep(register, mine, "Anna")
    assert await register.all() == []


async def test_who_is_known_already_is_in_the_groups_that_are_told_as_well(register: Register) -> None:
    mine = enrolment()
    for number in range(2):
        await mine.take(take(number))
    await register.add("Anna", ["friends"])
    for _ in range(2):
        await keep(register, mine, "Anna", ["children"])
        assert (await register.find("Anna")).groups == ("friends", "children")
    await keep(register, mine, "Anna")
    assert (await register.find("Anna")).groups == ("friends", "children")


@pytest.mark.parametrize(("name", "group"), [("guests", "children"), ("<b>", "children"), ("Anna", "everyone")])
async def test_a_name_that_cannot_be_kept_is_told_before_anybody_reads(
    register: Register, name: str, group: str
) -> None:
    with pytest.raises(ConfigError):
        await check(register, name, [group])
    await check(register, "Anna", ["children"])


async def test_another_rate_is_the_same_voice(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.repeat(take(0), 3), 48_000)
    assert await enrolment().take(read_sound(tmp_path / "a.wav")) > SHORTEST


async def test_a_full_disk_leaves_nobody_half_enrolled(tmp_path: Path) -> None:
    async with Store(tmp_path / "a.db", max_pages=40) as store:
        register = Register(store, Vault(tmp_path / "key"))
        other = await register.add("Ben")
        for size in (4000, 400, 40):
            with pytest.raises(StoreError):
                for number in range(2000):
                    await store.write(
                        "INSERT INTO voiceprints VALUES (?, ?, 1, 1, ?)", other.id, f"{size} {number}", bytes(size)
                    )
        mine = enrolment()
        for number in range(3):
            await mine.take(take(number))
        with pytest.raises(StoreError, match="full"):
            await keep(register, mine, "Anna")
        assert [one.name for one in await register.all()] == ["Ben"]
