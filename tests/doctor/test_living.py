"""What the doctor finds where skills are at work: failures, what they cannot reach, routines nobody understands."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.config import Config, load_config
from assistant.doctor import State
from assistant.doctor.living import left_out, living
from assistant.errors import SkillError
from tests.home.conftest import need_broker

Load = Callable[[str], Config]
BROKEN = """
from assistant.skills import Context, Skill, intent

class Broken(Skill):
    @intent("Brew")
    async def brew(self, ctx: Context, long: "timedelta") -> str:
        return "done"
"""
SETTINGS = """
skills:
  folders: [{folder}]
  settings:
    calendar: {{files: [{folder}/nowhere]}}
    media: {{mpd: {{attic: "127.0.0.1:{port}"}}}}
routines:
  evening: [turn on the kitchen light, paint the kitchen light, good night]
  good night: [turn off everything]
"""


@pytest.fixture
def config(own_folders: Path) -> Load:
    need_broker("mosquitto")

    def load(text: str) -> Config:
        path = own_folders / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return load


def test_what_skills_cannot_reach_and_nobody_understands_is_named(config: Load, own_folders: Path) -> None:
    broken = own_folders / "broken"
    broken.mkdir()
    (broken / "skill.yaml").write_text("name: broken\n", encoding="utf-8")
    (broken / "skill.py").write_text(BROKEN, encoding="utf-8")
    (broken / "sentences.yaml").write_text(
        'intents: {Brew: {data: [{sentences: ["brew for {duration:long}"]}]}}', encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = list(living(config(SETTINGS.format(folder=own_folders, port=port))))
    assert all(finding.state is State.BAD and finding.mend for finding in found), found
    told = {finding.name: finding for finding in found}
    assert "'timedelta' is not there" in told["skills"].text and "broken/skill.py:5" in told["skills"].text
    assert str(own_folders / "nowhere") in told["calendar"].text and "calendar, files" in told["calendar"].mend
    assert "attic cannot be reached" in told["media"].text and str(port) in told["media"].mend
    paint, again = (finding for finding in found if finding.name == "routines")
    assert "config.yaml:8" in paint.text and "“evening” holds “paint the kitchen light”" in paint.text
    assert "for example “" in paint.mend
    assert "“good night”: another routine" in again.text
    assert len(found) == 5


def test_what_is_not_set_up_is_no_trouble(config: Load) -> None:
    found = list(living(config("routines: {evening: [turn on the kitchen light, play jazz]}")))
    assert [(finding.name, finding.state) for finding in found] == [("skills", State.GOOD), ("routines", State.GOOD)]


def test_the_check_of_the_settings_names_the_line_of_an_order_that_nobody_understands(config: Load) -> None:
    wrong = config("wake: computer\nroutines:\n  evening:\n    - turn on the kitchen light\n    - paint the fence\n")
    result = CliRunner().invoke(app, ["config", "check", "--config", str(wrong.file)])
    assert result.exit_code == 2
    assert "config.yaml:5: the routine “evening” holds “paint the fence”, which no sentence fits" in result.output
    right = config("wake: computer\nroutines: {evening: [turn on the kitchen light]}\n")
    assert CliRunner().invoke(app, ["config", "check", "--config", str(right.file)]).exit_code == 0


def test_a_home_that_is_not_reached_knows_no_routine(config: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.doctor.living.SETTLE_SECONDS", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        broker = f"{{host: 127.0.0.1, port: {free.getsockname()[1]}}}"
        away = config(f"home: {{broker: {broker}}}\nroutines: {{evening: [turn on the cellar light]}}\n")
        *_, routines = living(away)
        assert (routines.name, routines.state) == ("routines", State.NOTE) and "cannot be told" in routines.text
        result = CliRunner().invoke(app, ["config", "check", "--config", str(away.file)])
        assert result.exit_code == 0 and "the home is not reached" in result.output


def test_a_skill_that_fails_only_when_it_runs_is_told_once(own_folders: Path) -> None:
    broken = own_folders / "skills" / "broken"
    broken.mkdir(parents=True)
    (broken / "skill.yaml").write_text("name: broken\n", encoding="utf-8")
    config = Config.model_validate({"skills": {"folders": [str(broken)]}})
    at_run = SkillError("no module named tea", where="skill tea")
    of_its_files = SkillError("there is no skill.py", where=str(broken),
                              mend="a skill needs skill.yaml, skill.py and sentences.yaml")
    agent = SimpleNamespace(config=config, skills=SimpleNamespace(problems=[of_its_files, at_run]))
    assert left_out(agent) == [at_run]
