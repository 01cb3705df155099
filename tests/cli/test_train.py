"""``assistant train nlu``: a project for Rasa from one's skills and home, and what is said where there is no Rasa."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from assistant.cli.app import USER_ERROR, app

pytestmark = pytest.mark.usefixtures("own_folders")
FEW = ["--per-rule", "5"]


def train(*words: str) -> Result:
    return CliRunner().invoke(app, ["train", "nlu", *words])


def test_a_project_is_written_and_how_to_train_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = train("--backend", "rasa", "--output", str(tmp_path / "project"), *FEW)
    assert result.exit_code == 0, result.output
    assert "rasa train nlu" in result.output
    domain = yaml.safe_load((tmp_path / "project" / "domain.yml").read_text())
    assert {"home.TurnOn", "timers.SetTimer", "oos"} <= set(domain["intents"])
    assert "builtin.Stop" not in domain["intents"]


def test_where_there_is_a_rasa_it_trains(tmp_path: Path) -> None:
    rasa = tmp_path / "rasa"
    rasa.write_text("#!/bin/sh\nmkdir -p models && echo \"$@ $RASA_TELEMETRY_ENABLED\" > models/assistant.tar.gz\n")
    rasa.chmod(0o755)
    result = train("--output", str(tmp_path / "project"), "--rasa", str(rasa), *FEW)
    assert result.exit_code == 0, result.output
    model = tmp_path / "project" / "models" / "assistant.tar.gz"
    assert str(model) in result.output and "run --enable-api" in result.output
    assert model.read_text().startswith("train nlu --nlu nlu.yml") and "false" in model.read_text()


@pytest.mark.parametrize(("words", "told"), [
    (["--rasa", "/no/such/rasa"], "there is no program '/no/such/rasa'"),
    (["--backend", "rsa"], "did you mean 'rasa'"),
])
def test_what_is_not_there_is_said(tmp_path: Path, words: list[str], told: str) -> None:
    result = train("--output", str(tmp_path), *words)
    assert result.exit_code == USER_ERROR and told in result.output
