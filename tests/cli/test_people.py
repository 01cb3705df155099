"""``assistant people``: enrolment from recordings, groups, another name, another machine, forgetting; and bad input.

With the embedder that ships and people who were recorded. Whatever goes wrong is told in words, and nobody is half
enrolled.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from assistant import paths
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.cli.app import app
from assistant.paths import data_dir, database
from assistant.store.store import Statement, Store
from tests.people.readers import takes
from tests.people.recorded import needs_data

pytestmark = [needs_data, pytest.mark.usefixtures("own_folders")]

ANNA, BEN = "0594", "0482"
WORDS = "correct horse battery"


def people(*words: str, answer: str = "") -> tuple[int, str]:
    """Exit code, and what was told on both streams."""
    result = CliRunner().invoke(app, ["people", *words], input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def file(folder: Path, pcm: Pcm, rate: int = SAMPLE_RATE, name: str = "a") -> str:
    path = folder / f"{name}.wav"
    soundfile.write(path, pcm, rate)
    return str(path)


def reader(number: str) -> Pcm:
    """Some 25 seconds of speech, with pauses."""
    return np.concatenate(takes(number))[: 36 * SAMPLE_RATE]


def enrolled() -> list[str]:
    """Names of those who are in the database at all."""
    with closing(sqlite3.connect(database())) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM people ORDER BY name")]


def test_a_life(tmp_path: Path) -> None:
    assert "everybody may everything" in people("list")[1]
    assert people("enrol", "Anna", file(tmp_path, reader(ANNA)))[0] == 0
    code, told = people("enrol", "Ben", file(tmp_path, reader(BEN)), "--group", "Children", "--keep-recordings")
    assert code == 0 and "told apart from the other person here" in told
    told = people("list")[1]
    assert "household, children" in told and "recordings kept" in told
    told = people("show", "ben")[1]
    assert "may not" in told and "20:30-06:30" in told and "may not" not in people("show", "anna")[1]
    assert "called Annie now" in people("rename", "Anna", "Annie")[1] and enrolled() == ["Annie", "Ben"]
    assert people("pin", answer="2580\n2580\n")[0] == 0 and people("pin", answer="12\n12\n")[0]
    assert "0 utterances" in people("unlearn", "Ben")[1]
    assert people("forget", "Ben", answer="n\n")[0] and "forgotten: Ben" in people("forget", "Ben", "--yes")[1]
    assert enrolled() == ["Annie"]
    code, told = people("forget", "Ben", answer="y\n")
    assert code and "Ben" in told and "Erase" not in told


def test_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people("enrol", "Anna", file(tmp_path, reader(ANNA)))
    there = tmp_path / "anna.person"
    assert people("export", "Anna", str(there), answer="short\nshort\n")[0] and not there.exists()
    assert people("export", "Anna", str(there), answer=f"{WORDS}\n{WORDS}\n")[0] == 0
    assert there.stat().st_mode & 0o777 == 0o600
    code, told = people("export", "Anna", str(there), answer=f"{WORDS}\n{WORDS}\n")
    assert code and "already" in told
    assert people("import", str(there), answer=f"{WORDS}\n")[0], "somebody has the name"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    code, told = people("import", str(there), answer="other words\n")
    assert code and "not the words" in told and enrolled() == []
    code, told = people("import", str(there), answer=f"{WORDS}\n")
    assert code == 0 and "Anna lives here: " in told and "trained" in told
    assert (data_dir() / "people.key").exists()


# What cannot be enrolled.


def noise() -> Pcm:
    """A tap that runs, of the half for measuring."""
    sound = read_sound(paths.test_data() / "noise" / "running_tap.flac")
    return sound[len(sound) // 2 :][: 30 * SAMPLE_RATE]


def music() -> Pcm:
    """Thirty seconds of chords with overtones and a beat."""
    at = np.arange(30 * SAMPLE_RATE) / SAMPLE_RATE
    chords = ((220.0, 277.2, 329.6), (196.0, 246.9, 293.7), (174.6, 220.0, 261.6), (164.8, 207.7, 246.9))
    played = np.zeros_like(at)
    for number in range(30):
        span = (at >= number) & (at < number + 1)
        for tone in chords[number % 4]:
            for overtone in range(1, 6):
                played[span] += np.sin(2 * np.pi * tone * overtone * at[span]) / overtone
        played[span] *= np.exp(-2.0 * (at[span] - number))
    beat = np.random.default_rng(1).normal(size=len(at)) * np.exp(-30.0 * (at % 0.5))
    return np.asarray(6000 * played / np.abs(played).max() + 1500 * beat, np.int16)


def two() -> Pcm:
    return np.concatenate([reader(ANNA)[: 8 * SAMPLE_RATE], reader(BEN)[: 8 * SAMPLE_RATE]])


@pytest.mark.parametrize(("sound", "what"), [
    (lambda: np.zeros(30 * SAMPLE_RATE, np.int16), "too quiet"),
    (noise, "speech"),
    (music, "speech"),
    (two, "two voices"),
    (lambda: takes(ANNA)[0][SAMPLE_RATE:][: round(0.3 * SAMPLE_RATE)], "too short"),
    (lambda: np.zeros(0, np.int16), "too short"),
    (lambda: (reader(ANNA) / 300).astype(np.int16), "too quiet"),
    (lambda: np.clip(reader(ANNA).astype(np.int32) * 60, -32768, 32767).astype(np.int16), "too loud"),
    (lambda: reader(ANNA)[: 6 * SAMPLE_RATE], "not enough to know a voice by"),
], ids=["silence", "noise", "music", "two voices", "0.3 s", "nothing", "quiet", "clipped", "6 s"])
def test_what_is_no_voice_is_told_and_enrols_nobody(
    tmp_path: Path, sound: Callable[[], Pcm], what: str
) -> None:
    code, told = people("enrol", "Anna", file(tmp_path, sound()))
    assert code and what in told, told
    assert enrolled() == [] and not (data_dir() / "people.key").exists()


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF" + bytes(200))
    code, told = people("enrol", "Anna", str(tmp_path / "a.wav"))
    assert code and "a.wav" in told and enrolled() == []


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_another_rate_is_the_same_voice(tmp_path: Path, rate: int) -> None:
    import soxr

    sound = soxr.resample(reader(ANNA), SAMPLE_RATE, rate)
    both = np.stack([sound, sound], axis=1)
    code, told = people("enrol", "Anna", file(tmp_path, both, rate))
    assert code == 0 and "Anna is enrolled: recognised" in told, told


def test_another_person_in_the_second_file_is_told_and_left_out(tmp_path: Path) -> None:
    code, told = people("enrol", "Anna", file(tmp_path, reader(ANNA)), file(tmp_path, reader(BEN), name="b"))
    assert code == 0 and "b.wav: this is not the voice of before" in told


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    people("enrol", "Anna", file(tmp_path, reader(ANNA)))
    database().write_bytes(b"no database" * 2000)
    for path in database().parent.glob(f"{database().name}-*"):
        path.unlink()
    code, told = people("enrol", "Ben", file(tmp_path, reader(BEN)))
    assert code and "damaged" in told


def test_a_damaged_voice_is_told(tmp_path: Path) -> None:
    people("enrol", "Anna", file(tmp_path, reader(ANNA)))
    with closing(sqlite3.connect(database())) as opened:
        opened.execute("UPDATE voiceprints SET sealed = zeroblob(length(sealed))")
        opened.commit()
    code, told = people("enrol", "Ben", file(tmp_path, reader(BEN)))
    assert code and "the key does not fit, or the voices were changed" in told and enrolled() == ["Anna"]


def test_a_lost_key_is_told_and_not_made_anew(tmp_path: Path) -> None:
    people("enrol", "Anna", file(tmp_path, reader(ANNA)))
    (data_dir() / "people.key").unlink()
    code, told = people("enrol", "Ben", file(tmp_path, reader(BEN)))
    assert code and "the key of the voices is lost" in told and "backup" in told
    assert enrolled() == ["Anna"] and not (data_dir() / "people.key").exists()


@pytest.mark.parametrize("table", ["people", "recordings", "voiceprints"])
def test_a_full_disk_leaves_nobody_half_enrolled(tmp_path: Path, table: str) -> None:
    write = Store.write_all

    async def full(store: Store, statements: Sequence[Statement]) -> list[int]:
        if any(table in sql and sql.startswith("INSERT") for sql, _ in statements):
            raise store._explain(sqlite3.OperationalError("database or disk is full"))
        return await write(store, statements)

    with patch.object(Store, "write_all", full):
        code, told = people("enrol", "Anna", file(tmp_path, reader(ANNA)), "--keep-recordings")
    assert code and "the disk is full" in told and "make room" in told
    assert enrolled() == []
    assert people("enrol", "Anna", file(tmp_path, reader(ANNA)))[0] == 0, "once there is room"


def test_a_disk_too_full_for_the_key_enrols_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    with patch("assistant.people.private.os.fsync", full):
        code, told = people("enrol", "Anna", file(tmp_path, reader(ANNA)))
    assert code and "No space" in told and "people.key" in told
    assert enrolled() == [] and not (data_dir() / "people.key").exists()
