"""Makes a test case of a turn: a file for pytest, the record that it replays, and the sound where it was kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from pprint import pformat
from typing import Any

import yaml

from assistant.audio.files import read_sound
from assistant.config import Config
from assistant.config.load import check_config
from assistant.errors import AudioError, StoreError
from assistant.recorder.course import Course, course_of
from assistant.recorder.record import Record
from assistant.recorder.replay import replay
from assistant.recorder.sounds import SUFFIX
from assistant.store.turns import TurnRecord
from assistant.yamlfile import parse_yaml

SECTIONS = ("language", "wake", "vad", "asr", "skills", "turns")
"""Settings that a replay goes by. Brokers, keys and passwords are in none of them."""
ASSERTED = ("meanings", "slots", "questions", "done", "answers", "outcome")
WIDTH = 100
TEMPLATE = '''"""{title}

What is expected is what came of it then; where that was wrong, write what should have come of it.
"""

from pathlib import Path

import pytest

from assistant.recorder.course import Course
from assistant.recorder.export import replayed


@pytest.fixture(scope="module")
def course() -> Course:
    return replayed(Path(__file__).with_name({record!r}))


def test_what_was_understood(course: Course) -> None:
    assert course.meanings == {meanings}
    assert course.slots == {slots}


def test_what_was_asked_and_done(course: Course) -> None:
    assert course.questions == {questions}
    assert course.done == {done}


def test_what_was_answered(course: Course) -> None:
    assert course.answers == {answers}
    assert course.outcome == {outcome}
'''


def export_turn(turn: TurnRecord, config: Config, sound: Path, folder: Path) -> list[Path]:
    """Write the files; gives their paths, the test first.

    Args:
        sound: where the sound is, if it was kept; a damaged one is left out.

    Raises:
        StoreError: the turn's record is damaged, or a file cannot be written.
    """
    record = Record.of(turn)
    name = f"turn_{record.id}"
    paths = [folder / f"test_{name}.py", folder / f"{name}.json"]
    held = {"record": record.model_dump(mode="json", exclude_defaults=True), "settings": _settings(config)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths[1].write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if _readable(sound):
            paths.append(folder / f"{name}{SUFFIX}")
            shutil.copyfile(sound, paths[-1])
        paths[0].write_text(_test(record, paths[1].name), "utf-8")
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", where=str(folder),
                         mend="name another folder: --output DIR") from error
    return paths


def replayed(path: Path) -> Course:
    """What comes of an exported turn today: from its sound where that lies beside the record, else from its words.

    Raises:
        AssistantError: a file is missing or damaged.
    """
    try:
        held = json.loads(path.read_text("utf-8"))
        record, settings = held["record"], held["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"is no exported turn: {error}", where=str(path), mend="export it again") from error
    sound = path.with_suffix(SUFFIX)
    config = check_config(parse_yaml(yaml.safe_dump(settings), f"the settings in {path}"))
    pcm = read_sound(sound) if sound.exists() else None
    return replay(Record.read(record, str(path)), config, pcm).course


def _settings(config: Config) -> dict[str, Any]:
    """The settings that matter, as they are written; folders of skills with their whole paths."""
    written: dict[str, Any] = {name: config.written[name] for name in SECTIONS if name in config.written}
    if config.skills.folders and isinstance(written.get("skills"), Mapping):
        written["skills"] = {**written["skills"], "folders": [str(folder) for folder in config.skills.folders]}
    return written


def _readable(sound: Path) -> bool:
    try:
        return sound.exists() and len(read_sound(sound)) > 0
    except AudioError:
        return False


def _test(record: Record, name: str) -> str:
    course = course_of(record.decoded())
    day = datetime.fromtimestamp(record.began).strftime("%d %b %Y")
    words = " ".join(record.text.split()).replace("\\", "").replace('"""', "'''")
    expected = {field.name: pformat(getattr(course, field.name), width=WIDTH) for field in fields(Course)
                if field.name in ASSERTED}
    title = f"Turn {record.id} of {day}: {words or 'nothing understood'}."
    return TEMPLATE.format(title=title, record=name, **expected)
