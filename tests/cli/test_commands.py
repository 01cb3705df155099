"""The command line as a person meets it: short answers, errors in one or two lines, nothing slow to load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from assistant.cli.app import FAULT, USER_ERROR, app
from assistant.config import load_config
from assistant.paths import shipped_dir

COMMANDS = (
    "run", "ask", "say", "mute", "doctor", "devices", "components", "paths", "config", "turns", "service", "bench",
    "models", "voices", "stop",
)
HEAVY = ("numpy", "pydantic", "yaml", "rich", "fastapi", "onnxruntime", "asyncio", "sqlite3")


@pytest.fixture(autouse=True)
def apart(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSISTANT_DEBUG", raising=False)


def command(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_help_lists_every_command_in_one_line_each() -> None:
    lines = command("--help").output.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in COMMANDS]
    assert sorted(listed) == sorted(COMMANDS)
    assert not any(line.endswith("...") and line.split()[0] in COMMANDS for line in lines), "a help text is cut off"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    result = command(name, "--help")
    assert result.exit_code == 0
    assert f"{name} [OPTIONS]" in result.output


def test_help_loads_nothing_heavy() -> None:
    script = f"import sys, assistant.cli.app; print(sorted(set({HEAVY}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_without_a_command_it_shows_help() -> None:
    assert "Commands:" in command().output


def test_a_wrong_setting_ends_in_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("vad: silera\n", encoding="utf-8")
    result = command("config", "check", "--config", str(path))
    assert result.exit_code == USER_ERROR
    assert result.stderr.splitlines() == [f"{path}:1: there is no vad backend 'silera'", "  did you mean 'silero'?"]
    assert result.stdout == ""


def test_debug_shows_where(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("vad: silera\n", encoding="utf-8")
    words = [sys.executable, "-m", "assistant", "--debug", "config", "check", "-c", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Traceback" in done.stderr


def test_a_fault_of_ours_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Path:
        raise KeyError("oh")

    monkeypatch.setattr("assistant.paths.config_file", broken)
    result = command("paths")
    assert result.exit_code == FAULT
    assert result.stderr.splitlines()[0].startswith("a fault of the assistant: KeyError")
    assert "Traceback" not in result.output


def test_a_wrong_command_names_the_nearest() -> None:
    result = command("devces")
    assert result.exit_code == USER_ERROR
    assert "devices" in result.output


def test_benchmarks_are_listed_by_the_names_that_one_types() -> None:
    output = command("bench", "--help").output
    assert "nlu-train" in output and "nlu_train" not in output and "``" not in output
    assert command("bench", "nlu-train", "--help").exit_code == 0


@pytest.mark.parametrize("name", ["asr", "commands", "intents", "latency", "vad"])
def test_nothing_is_measured_of_nothing(name: str) -> None:
    needed = ["--skill", "coffee"] if name == "commands" else []
    result = command("bench", name, "-n", "0", *needed)
    assert result.exit_code == USER_ERROR
    assert "greater than or equal to 1" in result.output


def test_paths_stand_in_the_users_folders(own_folders: Path) -> None:
    output = command("paths").output
    assert str(own_folders / "data_home" / "voice-assistant") in output
    assert str(shipped_dir()) in output


def test_shown_settings_are_settings(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    said = (
        "vad: {backend: silero, threshold: 0.6}", "home: {broker: {host: lan}}",
        "asr: {second: {backend: faster-whisper, threads: 1}}",
    )
    path.write_text("\n".join(said), encoding="utf-8")
    shown = tmp_path / "shown.yaml"
    shown.write_text(command("config", "show", "-c", str(path)).output, encoding="utf-8")
    assert load_config(shown).model_dump() == load_config(path).model_dump()


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("home: {broker: {host: lan, username: me, password: sesame}}\n", encoding="utf-8")
    output = command("config", "show", "-c", str(path)).output
    assert "sesame" not in output
    assert yaml.safe_load(output)["home"]["broker"]["username"] == "me"


def test_check_gives_one_verdict_on_a_room_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    room = "sources:\n  microphone: {area: kitchn}\n"
    path.write_text(room, encoding="utf-8")
    result = command("config", "check", "-c", str(path))
    assert result.exit_code == USER_ERROR
    assert f"{path}:2" in result.stderr and "'kitchen'" in result.stderr
    assert result.stdout == ""
    path.write_text(f"{room}home: {{broker: {{host: lan}}, household: home.yaml}}\n", encoding="utf-8")
    result = command("config", "check", "-c", str(path))
    assert result.exit_code == 0, "the broker may know the room"
    first, second = result.stdout.splitlines()
    assert first == f"{path} is right, with remarks:"
    assert f"{path}:2" in second and "'kitchen'" in second


def test_check_shows_every_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "vad: silera\nwake: {backend: micro, phrase: hello world}\nsources:\n  microphone: {area: kitchn}\n", "utf-8"
    )
    result = command("config", "check", "-c", str(path))
    assert result.exit_code == USER_ERROR and result.stdout == ""
    said = [line for line in result.stderr.splitlines() if not line.startswith("  ")]
    assert [line.split(": ")[0] for line in said] == [f"{path}:{line}" for line in (1, 2, 4)], result.stderr


def test_check_builds_the_trained_wake_word(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("wake: {backend: micro, phrase: hello world}\n", encoding="utf-8")
    result = command("config", "check", "-c", str(path))
    assert result.exit_code == USER_ERROR
    assert result.stderr.startswith(f"{path}:1: there is no trained wake word 'hello world'")
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--input", "/nope.wav"), "there is no file /nope.wav"),
        (("--input", __file__, "--output", "/nodir/x.wav"), "there is no folder /nodir"),
        (("--input", __file__, "--output", "/"), "/ cannot be written"),
    ],
)
def test_paths_are_looked_at_before_anything_is_heard(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    def early() -> None:
        raise AssertionError("the settings were read first")

    monkeypatch.setattr("assistant.config.load_config", early)
    result = command("run", *words)
    assert result.exit_code == USER_ERROR
    assert says in result.stderr


def test_components_are_marked_and_licensed() -> None:
    rows = [line for line in command("components").output.splitlines() if " silero " in line]
    assert len(rows) == 1
    assert rows[0].startswith("*") and "MIT" in rows[0] and rows[0].endswith("ready")


def test_commands_for_a_running_assistant_say_that_none_runs() -> None:
    result = command("mute")
    assert result.exit_code == USER_ERROR
    assert "assistant run" in result.stderr


def test_an_output_wants_an_input() -> None:
    result = command("run", "--fast")
    assert result.exit_code == USER_ERROR
    assert "--input" in result.output


def test_a_broken_pipe_is_no_error() -> None:
    words = f"{sys.executable} -m assistant config show | true"
    done = subprocess.run(words, shell=True, capture_output=True, text=True, env={**os.environ}, check=False)
    assert done.stderr == ""
