"""The wheel: built, installed beside the packages it needs, and run outside the checkout."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.packaging.conftest import ROOT, run


def test_what_ships_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("configs/default.yaml", "configs/home.yaml", "training/README.md", "voices/README.md"):
        assert f"assistant/_shipped/{name}" in names
    assert "assistant/py.typed" in names
    assert any(name.startswith("assistant/server/static/") for name in names)
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names}
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]
    skills = {path.parent.name for path in (ROOT / "skills").glob("*/skill.yaml")}
    assert skills <= {Path(name).parent.name for name in names if name.endswith("/skill.yaml")}


def test_it_runs_outside_the_checkout(python: Path, tmp_path: Path) -> None:
    where = run(python, "-c", "import assistant, assistant.paths as p; print(assistant.__file__, p.shipped_dir())",
                cwd=tmp_path)
    assert str(ROOT) not in where
    assert "_shipped" in where
    assert "is right" in run(python, "-m", "assistant", "config", "check", cwd=tmp_path)
    assert "_shipped/configs/default.yaml" in run(python, "-m", "assistant", "paths", cwd=tmp_path)


def test_it_says_how_to_install_more_without_a_checkout(python: Path, tmp_path: Path) -> None:
    code = "from assistant.extras import install_command as how; print(how('webrtc'))"
    command = run(python, "-c", code, cwd=tmp_path)
    assert command.strip() == f"{python} -m pip install 'webrtcvad-wheels>=2.0.11'"


def test_its_script_and_backends_are_found(python: Path, tmp_path: Path) -> None:
    script = python.parent / "assistant"
    assert "Commands:" in run(python, str(script), "--help", cwd=tmp_path)
    rows = run(python, "-m", "assistant", "components", cwd=tmp_path).splitlines()
    assert any(" silero " in row and row.endswith("ready") for row in rows)
