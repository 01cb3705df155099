"""A setting is changed in the user's file, and nothing else in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.config import load_config
from assistant.config.write import changed, write_setting
from assistant.errors import ConfigError
from assistant.paths import own_config_file, shipped_dir
from assistant.yamlfile import parse_yaml

BLOCK = """\
# mine
wake:
  - hey nova  # the name
  - phrase: be silent
    action: stop

# sound
audio: {input: default}
"""


@pytest.mark.parametrize(
    ("before", "place", "value", "after"),
    [
        ("wake: hey nova    # its name\nlanguage: en\n", ("wake",), "computer",
         "wake: computer    # its name\nlanguage: en\n"),
        ("wake: [a b, c d]\n", ("wake", 1), "e f", "wake: [a b, e f]\n"),
        ("wake: {phrase: a b, person: anna}\n", ("wake", "phrase"), "yes", "wake: {phrase: 'yes', person: anna}\n"),
        (BLOCK, ("wake", 0), "computer", BLOCK.replace("hey nova", "computer")),
        (BLOCK, ("wake", 1, "phrase"), "hush now", BLOCK.replace("be silent", "hush now")),
        (BLOCK, ("wake",), ["a b", "c d"],
         "# mine\nwake:\n  [a b, c d]\n\n# sound\naudio: {input: default}\n"),
        ("language: en", ("wake",), "computer", "language: en\nwake: computer\n"),
        ("", ("wake",), "computer", "wake: computer\n"),
        ("# nothing\n", ("wake_review",), True, "# nothing\nwake_review: true\n"),
        ("wake: ü ö\nlanguage: en\n", ("wake",), "hey, you: x", "wake: 'hey, you: x'\nlanguage: en\n"),
    ],
)
def test_only_the_value_changes(before: str, place: tuple[str | int, ...], value: Any, after: str) -> None:
    assert changed(before, place, value) == after


def test_what_is_not_there_and_not_at_the_top_is_left_to_people() -> None:
    with pytest.raises(ConfigError, match=r"there is no turns\.chime"):
        changed("wake: a b\n", ("turns", "chime"), False)


def test_a_layout_that_would_change_more_is_left_alone() -> None:
    text = "wake: &name\n  - a b\nother: *name\n"
    with pytest.raises(ConfigError, match=r"<text>:2.*unusual way"):
        changed(text, ("wake", 0), "c d")


def test_the_first_change_begins_a_file_with_what_ships(own_folders: Path) -> None:
    config = write_setting(("wake",), "computer")
    own, shipped = own_config_file(), shipped_dir() / "configs" / "default.yaml"
    assert load_config().file == own and load_config().wake == config.wake and config.wake[0].phrase == "computer"
    assert load_config().area_of("microphone") == load_config(shipped).area_of("microphone")
    before = parse_yaml(shipped.read_text("utf-8")).data
    assert parse_yaml(own.read_text("utf-8")).data == {**before, "wake": "computer"}


def test_what_would_be_wrong_is_not_written(own_folders: Path) -> None:
    path = own_folders / "config.yaml"
    path.write_text("wake: hey nova\n", "utf-8")
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="cannot write"):
        write_setting(("wake",), "漢字", path)
    assert path.read_text("utf-8") == "wake: hey nova\n"
    write_setting(("wake",), "computer", path)
    assert path.read_text("utf-8") == "wake: computer\n" and path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in own_folders.glob("config.yaml*")] == ["config.yaml"]


def test_a_link_to_the_settings_stays_one(own_folders: Path) -> None:
    real, link = own_folders / "real.yaml", own_folders / "config.yaml"
    real.write_text("wake: hey nova\n", "utf-8")
    link.symlink_to(real)
    write_setting(("wake",), "computer", link)
    assert link.is_symlink() and real.read_text("utf-8") == "wake: computer\n"


def test_a_file_that_cannot_be_written_is_named(own_folders: Path) -> None:
    folder = own_folders / "nowhere"
    folder.write_text("no folder", "utf-8")
    with pytest.raises(ConfigError, match="cannot be"):
        write_setting(("wake",), "computer", folder / "config.yaml")
