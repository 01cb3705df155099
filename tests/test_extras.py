"""The commands that messages name install what is missing, from this checkout, and nothing of a stranger's."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from assistant import extras
from assistant.extras import PACKAGE, install_command, requirements

ROOT = Path(__file__).parents[1]
TEXTS = [*ROOT.glob("*.md"), *(path for folder in ("assistant", "configs", "docs", "skills", "training")
                               for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md", ".yaml"))]


def test_from_a_checkout_it_is_the_checkouts() -> None:
    assert shlex.split(install_command("kokoro")) == [
        sys.executable, "-m", "pip", "install", "-e", f"{ROOT}[kokoro]"
    ]
    assert shlex.split(install_command())[-1] == str(ROOT)


def test_from_a_wheel_it_is_the_packages_that_the_extra_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(extras, "shipped_dir", lambda: tmp_path)
    assert shlex.split(install_command("webrtc"))[3:] == ["install", "webrtcvad-wheels>=2.0.11"]
    always = shlex.split(install_command())
    assert "moonshine-voice==0.0.73" in always and not any("webrtcvad" in word or ";" in word for word in always)


def test_every_extra_has_its_requirements() -> None:
    for extra in distribution(PACKAGE).metadata.get_all("Provides-Extra") or []:
        assert requirements(PACKAGE, extra), extra


def test_nowhere_is_the_assistant_fetched_by_name() -> None:
    assert len(TEXTS) > 500
    named = re.compile(rf"pip install [^\n`]*\b{PACKAGE}\b")
    assert [path for path in TEXTS if named.search(path.read_text("utf-8"))] == []
