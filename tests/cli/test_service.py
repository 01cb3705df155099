"""The systemd unit, with a systemctl that only notes what it is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import unit
from assistant.cli.app import app


@pytest.fixture
def asked(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What systemctl was asked, one call a line."""
    log = own_folders / "asked"
    log.write_text("", encoding="utf-8")
    tool = own_folders / "bin" / "systemctl"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" >> {log}\ncase "$*" in *is-active*) echo active;; esac\n', encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    return log


def service(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["service", *words])
    return result.exit_code, result.output


def test_install_writes_a_unit_and_starts_it(asked: Path) -> None:
    code, output = service("install")
    assert code == 0
    assert str(unit.unit_path()) in output
    assert unit.unit_path().read_text(encoding="utf-8") == unit.unit_text()
    assert asked.read_text(encoding="utf-8").splitlines()[-2:] == [
        "--user daemon-reload", f"--user enable --now {unit.NAME}"
    ]


def test_remove_undoes_it(asked: Path) -> None:
    service("install")
    assert service("remove")[0] == 0
    assert not unit.unit_path().exists()
    assert f"--user disable --now {unit.NAME}" in asked.read_text(encoding="utf-8")
    code, output = service("remove")
    assert code == 0 and "there is no" in output


def test_a_refusal_of_systemd_is_said(asked: Path) -> None:
    tool = Path(shutil.which("systemctl") or "")
    tool.write_text('#!/bin/sh\ncase "$*" in *enable*) echo "Unit is masked." >&2; exit 1;; esac\n', encoding="utf-8")
    code, output = service("install")
    assert code == 2
    assert "Unit is masked." in output and "enable" in output


def test_a_wrong_configuration_is_refused_before_anything_is_written(asked: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("vadd: silero\n", encoding="utf-8")
    assert service("install", "--config", str(wrong))[0] == 2
    assert not unit.unit_path().exists()


def test_without_systemd_it_says_how_to_go_on(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "has_systemd", lambda: False)
    code, output = service("install")
    assert code == 0
    assert "systemd does not run here" in output
    assert unit.unit_path().exists()


def test_show_prints_the_unit_and_writes_nothing(own_folders: Path) -> None:
    code, output = service("install", "--show")
    assert code == 0
    assert output == unit.unit_text()
    assert "Type=notify" in output and "WatchdogSec=" in output
    assert not unit.unit_path().exists()


def test_paths_with_signs_of_systemds_own(tmp_path: Path) -> None:
    text = unit.unit_text(tmp_path / "my $ettings 100%.yaml")
    assert "my $$ettings 100%%.yaml\"" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("spoilt", [False, True])
def test_systemd_understands_the_unit(own_folders: Path, spoilt: bool) -> None:
    path = own_folders / unit.NAME
    text = unit.unit_text()
    path.write_text(text.replace("WatchdogSec=", "WatchdogSec=x") if spoilt else text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--user", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (unit.NAME in done.stderr) == spoilt, done.stderr
