"""``assistant wake``: what it is called, by command, without an assistant that runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.audio.files import write_sound
from assistant.cli.app import app
from assistant.config import load_config
from assistant.paths import own_config_file
from assistant.recorder.doubts import ACCEPTED, MISSED, doubt_sounds, doubts_in
from assistant.testing.conformance.wake import spoken
from assistant.wake.household import NEGATIVES, RECORDINGS, sounds_of


@pytest.fixture(autouse=True)
def apart(own_folders: Path) -> None:
    pass


def wake(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["wake", *words])
    return result.exit_code, result.output


def test_another_name_goes_into_the_settings_with_what_speaks_against_it() -> None:
    code, printed = wake("use", "computer")
    assert code == 0 and f"“computer” stands in {own_config_file()}" in printed
    assert "everyday word" in printed
    assert [one.phrase for one in load_config().wake] == ["computer"]
    assert wake("use", "hello jarvis", "--add")[0] == 0
    assert [one.phrase for one in load_config().wake] == ["computer", "hello jarvis"]


@pytest.mark.parametrize(("phrase", "why"), [("", "cannot write"), ("漢字", "cannot write"), ("brrr", "no vowel")])
def test_what_nobody_can_say_is_refused(phrase: str, why: str) -> None:
    code, printed = wake("use", phrase)
    assert code == 2 and why in printed and not own_config_file().exists()


def test_the_list_says_what_each_does_and_what_speaks_against_it() -> None:
    own_config_file().parent.mkdir(parents=True)
    own_config_file().write_text(
        "wake: [hey nova, {phrase: hush now, action: stop}, {phrase: go, person: anna}]\nfalse_accept_hours: 30\n"
    )
    code, printed = wake("list")
    lines = printed.splitlines()
    assert code == 0 and lines[1].split("  ")[0] == "hey nova"
    assert "silences" in lines[2] and "of anna" in lines[3]
    assert "one false accept in 30 hours" in printed and "“go”: it is short" in printed


def test_how_readily_it_listens() -> None:
    code, printed = wake("sensitivity", "30")
    assert code == 0 and "one false accept in 30 hours" in printed
    assert load_config().false_accept_hours == 30
    assert wake("sensitivity", "0")[0] == 2


def test_a_recording_shows_how_well_it_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    write_sound(path, np.concatenate([spoken("computer", after=1.5)[0], spoken("what a lovely morning")[0]]))
    code, printed = wake("test", "computer", "--audio", str(path))
    heard = [line for line in printed.splitlines() if line.endswith("heard")]
    assert code == 0 and len(heard) == 1 and "computer" in heard[0] and "█│" in heard[0], printed
    code, printed = wake("test", "hello jarvis", "--audio", str(path))
    assert code == 1 and "not heard in" in printed
    assert wake("test", "漢字", "--audio", str(path))[0] == 2
    assert wake("test", "computer", "--audio", str(tmp_path / "none.wav"))[0] == 2


def test_recordings_of_ones_own_are_looked_at_and_kept(tmp_path: Path) -> None:
    for number, voice in enumerate(("piper", "espeak:en-us", "espeak:en-gb")):
        write_sound(tmp_path / f"{number}.wav", spoken("hey nova", voice, before=0.8, after=0.8)[0])
    write_sound(tmp_path / "other.wav", spoken("good evening", before=0.8, after=0.8)[0])
    (tmp_path / "broken.wav").write_text("no sound")
    code, printed = wake("record", "hey nova", "--from", str(tmp_path))
    assert code == 0 and "other.wav: it sounds like other words" in printed and "broken.wav: " in printed
    kept = sounds_of("hey nova", RECORDINGS)
    assert len(kept) == printed.count(": good") >= 2
    assert f"{len(kept)} recordings" in wake("list")[1]
    assert f"forgotten: {len(kept)} sounds" in wake("forget", "hey nova")[1] and not sounds_of("hey nova", RECORDINGS)


def test_a_folder_without_recordings_is_named(tmp_path: Path) -> None:
    code, printed = wake("record", "hey nova", "--from", str(tmp_path))
    assert code == 2 and str(tmp_path) in printed
    assert wake("record", "brrr", "--from", str(tmp_path))[0] == 2


def three_doubts() -> None:
    sounds = doubt_sounds(7, 100)
    for number, kind in enumerate((MISSED, ACCEPTED, MISSED)):
        sounds.write(f"2026-{number}.{kind}.hey-nova", spoken("hey nova")[0])


def review(*words: str, keys: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["wake", "review", *words], input=keys)
    return result.exit_code, result.output


def test_doubts_are_labelled_by_key() -> None:
    three_doubts()
    code, printed = review(keys="x yn q")
    assert code == 0 and "1 are it, 1 are not" in printed, printed
    assert len(sounds_of("hey nova", RECORDINGS)) == len(sounds_of("hey nova", NEGATIVES)) == 1
    assert [doubt.kept.turn for doubt in doubts_in(doubt_sounds(7, 100))] == [f"2026-2.{MISSED}.hey-nova"]


def test_doubts_are_listed_and_erased() -> None:
    assert review()[1] == "Nothing waits; to keep some: wake_review: true\n"
    three_doubts()
    printed = review("--list")[1]
    assert printed.count("“hey nova” nearly heard") == 2 and "heard, and nothing came of it" in printed
    assert review("--erase") == (0, "erased: 3\n") and not doubts_in(doubt_sounds(7, 100))


def test_a_damaged_doubt_is_left_out() -> None:
    three_doubts()
    doubts_in(doubt_sounds(7, 100))[0].kept.path.write_bytes(b"no sound")
    code, printed = review(keys="nn")
    assert code == 0 and "erased" in printed and "0 are it, 2 are not" in printed
