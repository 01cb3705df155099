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
from assistant.testing.conformance.wake import spoken


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
