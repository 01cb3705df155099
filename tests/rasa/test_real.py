"""A real Rasa learns the sentences of a small home, serves them, and is a link of the chain."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.config.understanding import Rasa
from assistant.grammar.base import View
from assistant.grammar.phrasing import Phrasing
from assistant.nlu.rasa import RasaLink
from assistant.nlu.rasa_project import train_project, write_project
from tests.llm.floor import small_grammar

START_SECONDS = 900.0
"""On a machine that is busy with other things."""


@pytest.fixture(scope="module")
def url(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that was trained here; a minute or two."""
    folder = tmp_path_factory.mktemp("rasa")
    write_project(small_grammar(), folder, per_rule=20)
    model = train_project(folder, program)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(program), "run", "--enable-api", "-m", str(model), "-i", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log,
                                   env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"})
        try:
            _await(process, f"http://127.0.0.1:{port}/status", folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, timeout=5.0, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise RuntimeError(f"rasa did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


@pytest.mark.parametrize(("text", "meaning"), [
    ("turn on the floor lamp", ("lamps", "TurnOn", {"name": "lamp_1"})),
    ("please could you get the reading light turned on", ("lamps", "TurnOn", {"name": "lamp_2"})),
    ("dim the reading light down to 30 percent", ("lamps", "Dim", {"name": "lamp_2", "level": 30})),
    ("I want to unlock the front door", ("doors", "Unlock", {"name": "door_1"})),
    ("how do penguins sleep", None),
    ("book a table for two", None),
])
async def test_it_guesses_what_was_meant(
    url: str, text: str, meaning: tuple[str, str, dict[str, object]] | None
) -> None:
    link = RasaLink(Rasa(url=url, seconds=10.0), Phrasing(small_grammar()))
    try:
        found = await link.guess(text, View())
    finally:
        await link.close()
    meant = (found.match.skill, found.match.intent, found.match.slots) if found is not None else None
    assert meant == meaning, found
