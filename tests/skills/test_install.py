"""What a wheel may hold to be installed as a skill, and what a skill may reach is kept by package."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assistant.errors import SkillError
from assistant.skills.choices import Choices, key
from assistant.skills.install import LARGEST_TEXT, Offer, install, read_wheel
from assistant.skills.loader import load_skill
from tests.skills.conftest import Write

POINTS = '[assistant.skills]\ntea = my_tea\n'


def wheel(folder: Path, **files: str) -> Path:
    path = folder / "my_tea-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {"my_tea/skill.yaml": "name: tea\n", "my_tea-1.0.dist-info/entry_points.txt": POINTS,
                           **files}.items():
            archive.writestr(name, text)
    return path


def test_a_skill_in_a_wheel_is_read(tmp_path: Path) -> None:
    assert read_wheel(wheel(tmp_path)).name == "tea"


@pytest.mark.parametrize(("files", "what"), [
    ({"evil.pth": "import os"}, "more than a skill: evil.pth"),
    ({"my_tea-1.0.dist-info/entry_points.txt": POINTS + "[assistant.asr]\nx = my_tea:X\n"}, "more than a skill"),
    ({"my_tea-1.0.dist-info/entry_points.txt": POINTS + "[console_scripts]\npip = my_tea:x\n"}, "more than a skill"),
    ({"sitecustomize.py": ""}, "more than a skill: sitecustomize.py"),
    ({"assistant/bus.py": ""}, "more than a skill: assistant/bus.py"),
    ({"my_tea-1.0.data/scripts/python": ""}, "more than a skill"),
    ({"my_tea/../numpy/x.py": ""}, "more than a skill"),
    ({"my_tea-1.0.dist-info/entry_points.txt": "[assistant.skills]\ntea = numpy\n"}, "more than a skill"),
    ({"my_tea-1.0.dist-info/entry_points.txt": "nonsense"}, "damaged"),
    ({"my_tea-1.0.dist-info/entry_points.txt": ""}, "holds 0 skills"),
    ({"my_tea/skill.yaml": "#" * (LARGEST_TEXT + 1)}, "larger than"),
])
def test_what_is_refused(tmp_path: Path, files: dict[str, str], what: str) -> None:
    with pytest.raises(SkillError, match=what):
        read_wheel(wheel(tmp_path, **files))


@pytest.mark.parametrize("package", ["numpy", "assistant", "json"])
def test_what_is_anothers_is_not_overwritten(tmp_path: Path, package: str) -> None:
    path = tmp_path / "my_tea-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{package}/skill.yaml", "name: tea\n")
        archive.writestr("my_tea-1.0.dist-info/entry_points.txt", f"[assistant.skills]\ntea = {package}\n")
    with pytest.raises(SkillError, match="would overwrite"):
        read_wheel(path)


def test_a_damaged_wheel_is_named(tmp_path: Path) -> None:
    path = tmp_path / "my_tea-1.0-py3-none-any.whl"
    path.write_bytes(b"no zip")
    with pytest.raises(SkillError, match="damaged"):
        read_wheel(path)


def test_what_one_package_was_allowed_another_was_not() -> None:
    choices = Choices(granted={key("My.Tea_skill 1.2", "tea"): ["home"]})
    assert not choices.lacking(key("my-tea-skill 2.0", "tea"), ["home"])
    assert choices.lacking(key("your-tea-skill 1.2", "tea"), ["home"]) == ["home"]


def test_a_folder_with_links_is_not_copied(write: Write, own_folders: Path, tmp_path: Path) -> None:
    code = 'class Tea(Skill):\n    @intent("Brew")\n    async def brew(self, ctx: Context) -> str:\n        return ""\n'
    folder = write("tea", code, into=tmp_path / "mine", Brew="brew tea")
    (folder / "private").symlink_to("/etc/hostname")
    offer = Offer(load_skill(folder).manifest, folder)
    with pytest.raises(SkillError, match="no links"):
        install(offer)
    (folder / "private").unlink()
    install(offer)
    copied = own_folders / "data_home" / "voice-assistant" / "skills"
    assert [path.name for path in copied.iterdir()] == ["tea"]
