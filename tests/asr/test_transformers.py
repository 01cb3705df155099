"""The transformers backend where torch is not installed; with it: tests/backends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.asr.transformers import recognizer
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.files import model_folder
from assistant.errors import BackendError
from assistant.extras import install_command
from assistant.registry import OptionError, Registry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a model from outside."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "whisper"}))
    (tmp_path / "model.safetensors").write_bytes(bytes(2_000_000))
    (tmp_path / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n")
    return tmp_path


def test_what_is_missing_is_named_with_the_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognizer, "PACKAGES", ("torch_that_nobody_has", "transformers_that_nobody_has"))
    with pytest.raises(BackendError, match="not installed") as caught:
        recognizer.TransformersRecognizer(TransformersConfig(str(folder)))
    assert caught.value.mend == install_command("transformers")


def test_a_folder_says_what_it_holds(folder: Path) -> None:
    found = model_folder(str(folder))
    assert (found.type, found.licence, found.megabytes) == ("whisper", "apache-2.0", 2.0)
    (folder / "README.md").unlink()
    assert model_folder(str(folder)).licence == "not stated"


def test_settings_are_checked_before_anything_is_loaded() -> None:
    registry = Registry()
    with pytest.raises(OptionError, match="needs the option 'model'"):
        registry.check("asr", "transformers", {})
    with pytest.raises(OptionError, match="device"):
        registry.check("asr", "transformers", {"model": "here", "device": "tpu"})
