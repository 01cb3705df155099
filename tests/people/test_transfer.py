"""A person in a file: sealed, taken in whole, and nothing else is ever taken for one."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli.people_transfer import read, write
from assistant.errors import ConfigError
from assistant.people.register import Person, Register
from assistant.people.transfer import exported, imported
from assistant.speaker.scoring import Voiceprint

from .conftest import voice

ANNA = Person("1", "Anna", ("friends",))
VOICES = {"simple/1": voice(1), "other/2": voice(2, "other/2")}
WORDS = "correct horse battery"


def test_what_comes_back_is_what_was_written() -> None:
    name, groups, voices = imported(exported(ANNA, VOICES, WORDS), WORDS)
    assert (name, groups, set(voices)) == ("Anna", ("friends",), set(VOICES))
    for embedder, one in voices.items():
        assert np.array_equal(one.embeddings, VOICES[embedder].embeddings) and one.seconds == 30.0


def test_neither_the_name_nor_the_voice_can_be_read_in_it() -> None:
    data = exported(ANNA, VOICES, WORDS)
    plain = voice(1).embeddings.astype("<f4").tobytes()
    assert b"Anna" not in data and base64.b64encode(plain)[:40] not in data
    assert plain[:12] not in base64.b64decode(json.loads(data)["sealed"])
    assert exported(ANNA, VOICES, WORDS) != data


@pytest.mark.parametrize("words", ["", WORDS + ".", WORDS.upper()])
def test_other_words_open_nothing(words: str) -> None:
    with pytest.raises(ConfigError, match="not the words"):
        imported(exported(ANNA, VOICES, WORDS), words)


def test_few_words_and_no_voice_are_refused() -> None:
    with pytest.raises(ConfigError, match="too short"):
        exported(ANNA, VOICES, "1234567")
    with pytest.raises(ConfigError, match="not known"):
        exported(ANNA, {}, WORDS)


@pytest.mark.parametrize("spoil", [
    lambda file: file | {"version": 2}, lambda file: file | {"format": "other"}, lambda file: file | {"more": 1},
    lambda file: file | {"salt": "zz"}, lambda file: file | {"sealed": "?"}, lambda file: {**file, "sealed": ""},
    lambda file: {name: value for name, value in file.items() if name != "salt"},
    lambda file: file | {"sealed": "A" + file["sealed"][1:] if file["sealed"][0] != "A" else "B" + file["sealed"][1:]},
])
def test_a_changed_file_is_refused(spoil: object) -> None:
    data = json.dumps(spoil(json.loads(exported(ANNA, VOICES, WORDS)))).encode()  # type: ignore[operator]
    with pytest.raises(ConfigError):
        imported(data, WORDS)


@pytest.mark.parametrize("numbers", [np.full((3, 8), np.nan), np.zeros((3, 8)), np.full((3, 8), 9.0)])
def test_numbers_that_are_no_voice_are_refused(numbers: np.ndarray) -> None:
    data = exported(ANNA, {"simple/1": Voiceprint(numbers.astype(np.float32), "simple/1", 30.0)}, WORDS)
    with pytest.raises(ConfigError, match="no voice"):
        imported(data, WORDS)


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_anything_else_is_no_person(data: bytes) -> None:
    with pytest.raises(ConfigError, match="no exported person"):
        imported(data, WORDS)


async def test_a_person_goes_out_and_comes_back(register: Register, tmp_path: Path) -> None:
    await register.keep(await register.add("Anna", ["friends"]), voice(1))
    await write(register, "anna", tmp_path / "anna.json", WORDS)
    with pytest.raises(ConfigError, match="known here already"):
        await read(register, tmp_path / "anna.json", WORDS)
    await register.rename(await register.find("Anna"), "Hanna")
    person = await read(register, tmp_path / "anna.json", WORDS)
    assert (person.name, person.groups, dict(person.voices or {})) == ("Anna", ("friends",), {"simple/1": 30.0})
    voices = await register.voices("simple/1")
    assert np.array_equal(voices["Anna"].embeddings, voices["Hanna"].embeddings)


async def test_a_voice_that_no_embedder_of_that_name_makes_is_refused(register: Register, tmp_path: Path) -> None:
    (tmp_path / "anna.json").write_bytes(exported(ANNA, {"trained/1": voice(1, "trained/1")}, WORDS))
    with pytest.raises(ConfigError, match="192 numbers, and this one 8") as caught:
        await read(register, tmp_path / "anna.json", WORDS)
    assert caught.value.where.endswith("anna.json") and await register.all() == []
