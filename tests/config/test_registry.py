"""Backends by entry point: found, loaded and built, or a message that says what to do."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from assistant.errors import BackendError
from assistant.registry import KINDS, OptionError, Registry, missing_packages
from tests.config.backends import Ear, EarConfig, Mouth, Voice

HERE = "tests.config.backends"


@pytest.fixture
def registry() -> Registry:
    targets = [
        ("ear", "plain", f"{HERE}:Ear"), ("mouth", "loud", f"{HERE}:Mouth"),
        ("mouth", "trained", f"{HERE}:Trained"),
        ("mouth", "needy", f"{HERE}:Needy [voices]"), ("mouth", "gone", "no_such_module:Voice"),
        ("mouth", "absent", f"{HERE}:Absent"),
        ("mouth", "number", f"{HERE}:NOT_A_CLASS"),
    ]
    return Registry([EntryPoint(name, target, f"assistant.{kind}") for kind, name, target in targets])


def test_builds_from_a_frozen_configuration(registry: Registry) -> None:
    ear = registry.build("ear", "plain", {"threshold": 1, "names": ["a"]})
    assert isinstance(ear, Ear)
    assert ear.config == EarConfig(1.0, ("a",))
    assert registry.build("ear", "plain").config == EarConfig()


def test_builds_from_plain_arguments(registry: Registry) -> None:
    mouth = registry.build("mouth", "loud", {"path": "x"})
    assert isinstance(mouth, Mouth)
    assert (mouth.path, mouth.speed) == ("x", 1.0)


@pytest.mark.parametrize(
    ("kind", "name", "options", "what", "mend"),
    [
        ("ear", "plane", {}, "no ear backend 'plane'", "'plain'"),
        ("nose", "any", {}, "no nose backend", "pip install"),
        ("mouth", "needy", {}, "no_such_package_anywhere", f"{Path(__file__).parents[2]}[voices]"),
        ("mouth", "gone", {}, "no_such_module", "pip install"),
        ("mouth", "absent", {}, "Absent", ""),
        ("mouth", "number", {}, "is no class", ""),
        ("ear", "plain", {"treshold": 1}, "no option 'treshold'", "'threshold'"),
        ("ear", "plain", {"threshold": "high"}, "valid number", ""),
        ("ear", "plain", {"threshold": True}, "is a number", ""),
        ("mouth", "loud", {}, "needs the option 'path'", "add it"),
        ("mouth", "trained", {}, "needs the option 'model'", "assistant models list"),
    ],
)
def test_says_what_is_wrong(
    registry: Registry, kind: str, name: str, options: dict[str, object], what: str, mend: str
) -> None:
    with pytest.raises(BackendError) as caught:
        registry.build(kind, name, options)
    assert what in caught.value.what
    assert mend in caught.value.mend


def test_names_the_option(registry: Registry) -> None:
    with pytest.raises(OptionError) as caught:
        registry.check("ear", "plain", {"threshold": "high"})
    assert caught.value.option == "threshold"


def test_what_is_installed_is_what_the_project_declares() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    registry = Registry()
    declared = {group.removeprefix("assistant."): sorted(points) for group, points in project["entry-points"].items()}
    assert {kind: registry.names(kind) for kind in declared} == declared
    assert list(KINDS) == registry.kinds()


def test_an_extra_may_have_a_hyphen() -> None:
    assert Registry().find("asr", "faster-whisper").extra == "faster-whisper"
    assert Registry().find("asr", "moonshine").extra == ""


def test_every_declared_backend_loads_and_tells_its_options() -> None:
    registry = Registry()
    for kind in KINDS:
        for name in registry.names(kind):
            if not missing_packages(registry.find(kind, name)):
                assert isinstance(registry.options(kind, name), dict), f"{kind} {name}"


CONTRACTS = Registry([
    EntryPoint("mine", f"{HERE}:VadConfig", "assistant.vad"), EntryPoint("mine", f"{HERE}:VadConfig", "assistant.asr"),
    EntryPoint("mute", f"{HERE}:MuteVoice", "assistant.tts"), EntryPoint("good", f"{HERE}:Voice", "assistant.tts"),
])


def test_a_class_without_the_methods_of_its_kind_is_named() -> None:
    for kind in ("vad", "asr"):
        with pytest.raises(BackendError) as caught:
            CONTRACTS.load(kind, "mine")
        assert caught.value.what == f"{kind} mine ({HERE}:VadConfig) lacks stream()"
        assert f"assistant.testing.conformance.{kind}" in caught.value.mend


def test_what_a_backend_only_has_when_it_is_built_is_sought_then() -> None:
    assert isinstance(CONTRACTS.build("tts", "good"), Voice)
    assert CONTRACTS.load("tts", "mute")
    with pytest.raises(BackendError, match="lacks rate"):
        CONTRACTS.build("tts", "mute")
