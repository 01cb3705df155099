"""The doctor looks at the servers that links ask."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant.config import load_config
from assistant.doctor.finding import State
from assistant.doctor.links import is_local, links
from tests.llm.scripted import Turn, scripted
from tests.nlu.test_rasa import parse, rasa


def settings(folder: Path, port: int, more: str = "") -> Path:
    path = folder / "config.yaml"
    path.write_text(f"llm: {{url: 'http://127.0.0.1:{port}/v1', model: tiny{more}}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("turn", "state", "told"), [
    (Turn(["Hello."]), State.GOOD, "tiny answers after"),
    (Turn(status=401, body="{}"), State.BAD, "does not let us in (401)"),
    (Turn(status=404, body='{"error": {"message": "no tiny here"}}'), State.BAD, "no tiny here"),
    (Turn(then="break"), State.BAD, "broke off"),
])
async def test_an_endpoint_is_tried(tmp_path: Path, turn: Turn, state: State, told: str) -> None:
    async with scripted(turn) as server:
        config = load_config(settings(tmp_path, server.port))
        (finding,) = await asyncio.to_thread(lambda: list(links(config)))
        assert finding.state is state and told in finding.text
        assert state is State.GOOD or finding.mend


@pytest.mark.parametrize(("body", "status", "state", "told"), [
    (parse("hello", "oos"), 200, State.GOOD, "answers in"),
    ("{}", 500, State.BAD, "fails (500)"),
    ("hello", 200, State.BAD, "no parse"),
])
async def test_a_rasa_is_tried(tmp_path: Path, body: str, status: int, state: State, told: str) -> None:
    async with rasa(body, status) as link:
        path = tmp_path / "config.yaml"
        path.write_text(f"understanding: {{rasa: {{url: '{link.config.url}'}}}}\n", encoding="utf-8")
        (finding,) = await asyncio.to_thread(lambda: list(links(load_config(path))))
        assert finding.name == "rasa" and finding.state is state and told in finding.text
        assert state is State.GOOD or finding.mend


def test_without_a_link_nothing_is_asked(tmp_path: Path) -> None:
    path = settings(tmp_path, 1)
    path.write_text(path.read_text() + "understanding: {links: [grammar, open]}\n", encoding="utf-8")
    assert not list(links(load_config(path)))


def test_what_leaves_the_machine() -> None:
    assert is_local("http://127.0.0.1:1/v1") and is_local("http://localhost/v1") and is_local("http://[::1]:2/v1")
    assert not is_local("http://192.168.1.2/v1") and not is_local("https://api.example.com/v1")
