"""The doctor's checks: each can find something, and says what to do about it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import aiomqtt
import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.config import Config, load_config
from assistant.doctor import State, checks
from assistant.doctor.devices import devices
from assistant.doctor.models import components, misbuilt, models
from assistant.home.broker import EmbeddedBroker
from assistant.paths import shipped_dir
from tests.home.conftest import need_broker

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def config(own_folders: Path) -> Callable[[str], Config]:
    def load(text: str = "") -> Config:
        path = own_folders / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return load


Load = Callable[[str], Config]


def test_settings_name_a_wrong_household(config: Load, own_folders: Path) -> None:
    assert checks.settings(config("")).state is State.GOOD
    (own_folders / "house.yaml").write_text("areas: []\n", encoding="utf-8")
    loaded = config("home: {household: house.yaml}")
    (own_folders / "house.yaml").write_text("areas:\n  - nam: kitchen\n", encoding="utf-8")
    finding = checks.settings(loaded)
    assert finding.state is State.BAD
    assert "house.yaml:2" in finding.text
    assert checks.settings(config("sources: {microphone: {area: moon}}")).state is State.BAD
    foreign = "{household: home.yaml, broker: {host: lan}}"
    assert checks.settings(config(f"home: {foreign}\nsources: {{microphone: {{area: moon}}}}")).state is State.NOTE


def test_a_skill_that_is_left_out_is_named_with_its_line(config: Load, own_folders: Path) -> None:
    assert [finding.state for finding in checks.skills(config(""))] == [State.GOOD]
    shutil.copytree(shipped_dir() / "skills" / "timers", own_folders / "skills" / "bad")
    (own_folders / "skills" / "bad" / "skill.py").write_text("import os\ndef (:\n", encoding="utf-8")
    finding, hidden = checks.skills(config("skills: {folders: [skills]}"))
    assert finding.state is hidden.state is State.BAD
    assert "bad/skill.py:2" in finding.text and "left out" in finding.text
    assert hidden.text.startswith("timers (ships) is off") and str(own_folders / "skills" / "bad") in hidden.text


async def test_a_device_that_nothing_announces_is_noted(config: Load, own_folders: Path) -> None:
    need_broker("mosquitto")
    (own_folders / "house.yaml").write_text(
        "devices: [{name: lamp, id: plug_7}]\ngroups: [{name: evening, devices: [lamp, candle]}]\n", encoding="utf-8")
    async with EmbeddedBroker("mosquitto") as settings:
        place = f"{{host: 127.0.0.1, port: {settings.port}}}"
        finding = await asyncio.to_thread(
            checks.broker, config(f"home: {{broker: {place}, household: house.yaml}}")
        )
    assert finding.state is State.NOTE
    assert "nothing announces lamp, lamp (evening), candle (evening)" in finding.text and "house.yaml" in finding.mend


async def test_what_is_not_understood_of_devices_is_noted(config: Load) -> None:
    need_broker("mosquitto")
    assert list(devices(config(""))) == []
    async with EmbeddedBroker("mosquitto") as settings:
        place = config(f"home: {{broker: {{host: 127.0.0.1, port: {settings.port}}}}}")
        async with aiomqtt.Client(settings.host, settings.port) as client:
            for template in ("{{ value_json.state }}", "{{ 'ON' if value_json.w > 3 else 'OFF' }}"):
                body = {"name": "Desk", "cmd_t": "desk/set", "stat_t": "desk", "val_tpl": template}
                await client.publish("homeassistant/switch/desk/config", json.dumps(body), retain=True)
                found = await asyncio.to_thread(lambda: list(devices(place)))
                if template.startswith("{{ value"):
                    assert [(one.state, one.text) for one in found] == [(State.GOOD, "all 1 are understood")]
    (finding,) = found
    assert finding.state is State.NOTE
    assert finding.text.startswith("Desk: value_template: the template") and "not evaluated" in finding.text


def test_a_trained_wake_word_is_built_with_its_phrase(config: Load) -> None:
    loaded = config("wake: {backend: micro, phrase: hello world}")
    assert ("wake", "micro", {"phrase": "hello world"}) in components(loaded)


@pytest.mark.parametrize(("free", "state"), [(10_000, State.GOOD), (100, State.NOTE), (5, State.BAD)])
def test_disk(config: Load, monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(0, 0, free << 20))
    finding = checks.disk(config(""))
    assert finding.state is state
    assert bool(finding.mend) == (state is not State.GOOD)


def test_disk_that_may_not_be_written(config: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert checks.disk(config("")).state is State.BAD


def test_broker_to_start(config: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.broker(config("")).state is State.GOOD
    monkeypatch.setattr("assistant.home.broker.find_brokers", lambda: ())
    finding = checks.broker(config(""))
    assert finding.state is State.BAD
    assert "mosquitto" in finding.mend


def test_broker_that_is_not_there(config: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CONNECT_SECONDS", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        finding = checks.broker(config(f"home: {{broker: {{host: 127.0.0.1, port: {free.getsockname()[1]}}}}}"))
    assert finding.state is State.BAD
    assert "config.yaml:1" in finding.mend


def test_page_port(config: Load) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.listen()
        finding = checks.page(config(f"server: {{port: {port}}}"))
        assert finding.state is State.BAD
        assert str(port) in finding.text and "config.yaml:1" in finding.mend
    assert checks.page(config("server: {enabled: false}")).state is State.NOTE


def test_service(config: Load, own_folders: Path) -> None:
    from assistant.cli import unit

    assert checks.service(config("")).state is State.NOTE
    unit.unit_path().parent.mkdir(parents=True)
    ours = unit.unit_text(own_folders / "my.yaml")
    for other in ("[Unit]\nDescription=Another\n", ours.replace("Type=notify", "Type=simple"), ours + "Nice=5\n"):
        unit.unit_path().write_text(other, encoding="utf-8")
        assert "not what this version writes" in checks.service(config("")).text
    unit.unit_path().write_text(ours, encoding="utf-8")
    assert "not what this version writes" not in checks.service(config("")).text


def test_components_in_use_are_each_probed_once(config: Load) -> None:
    loaded = config("wake: [hey nova, computer]\nvad: {backend: silero, threshold: 0.6}\n")
    assert components(loaded) == [
        ("vad", "silero", {"threshold": 0.6}), ("asr", "moonshine", {}), ("wake", "phrase", {}), ("tts", "piper", {}),
        ("tts", "espeak", {}),
    ]


def test_the_line_of_a_second_recogniser_that_cannot_be_built_is_named(config: Load, own_folders: Path) -> None:
    loaded = config(f"asr:\n  threads: 1\n  second:\n    backend: moonshine\n    folder: {own_folders / 'none'}\n")
    (mistake,) = misbuilt(loaded)
    assert mistake.where.endswith("config.yaml:3")
    assert str(own_folders / "none") in str(mistake)


def test_a_model_that_is_not_the_locked_one_is_found(config: Load, own_folders: Path) -> None:
    """A voice with a wrong hash beside four good components."""
    voice = own_folders / "voice.onnx"
    voice.write_bytes(b"not a voice")
    text = f"tts: {{backend: piper, fallback: null, model: {voice}, sha256: '{'0' * 64}'}}\n"
    found = {finding.name: finding for finding in models(config(text))}
    assert found["vad silero"].state is State.GOOD
    assert found["asr moonshine"].state is State.GOOD
    assert found["tts piper"].state is State.BAD
    assert "voice.onnx" in found["tts piper"].text


def test_the_command_counts_what_is_to_mend(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.doctor.finding import bad, good

    found = [good("disk", "fine"), bad("page", "taken", "move")]
    monkeypatch.setattr("assistant.cli.doctor._findings", lambda *_: found)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].split() == ["ok", "disk", "fine"]
    assert lines[2].strip() == "move"
    assert lines[-1] == "1 thing to mend."
