"""Models inside packages: all are listed with the version that is installed, and damage is found."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from importlib.metadata import requires
from pathlib import Path

import pytest

from assistant.models.packages import packaged_models
from assistant.registry import Registry


def test_every_model_that_a_package_brings_is_whole() -> None:
    for model in packaged_models():
        assert model.version == model.requirement.partition("==")[2], model.id
        assert model.faults() == []


def test_they_serve_backends_that_there_are() -> None:
    registry = Registry()
    for model in packaged_models():
        if model.kind != "nlu":  # trained understanding stands on one encoder, which nothing takes the place of
            assert registry.find(model.kind, model.backend)


def test_an_extra_that_brings_one_asks_for_its_version() -> None:
    asked = " ".join(requires("voice-assistant") or [])
    for model in packaged_models():
        assert model.requirement in asked


def test_damage_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "brings_a_model"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "net.bin").write_bytes(b"net")
    monkeypatch.syspath_prepend(str(tmp_path))
    digest = hashlib.sha256(b"net").hexdigest()
    model = replace(packaged_models()[0], package="brings_a_model", files={"net.bin": digest, "gone.bin": digest})
    assert model.faults() == ["gone.bin: gone.bin is not installed"]
    (package / "net.bin").write_bytes(b"not")
    assert model.faults()[0].startswith("net.bin: the file is damaged")
    assert "brings_a_model" not in sys.modules


def test_without_the_package_the_command_is_named() -> None:
    model = replace(packaged_models()[0], requirement="no-such-package==1", extra="")
    assert model.version is None and model.command == "pip install no-such-package==1"
