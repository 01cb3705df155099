"""The assistant that runs ends by a command of its user."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import USER_ERROR, app
from assistant.cli.control import socket_path

START_SECONDS = 60.0
SETTINGS = """home: {household: empty.yaml}
audio: {input: null, output: null}
server: {enabled: false}
"""


@pytest.fixture
def settings(own_folders: Path) -> Path:
    (own_folders / "empty.yaml").write_text("areas: []\n", "utf-8")
    (own_folders / "config.yaml").write_text(SETTINGS, "utf-8")
    return own_folders / "config.yaml"


def test_it_ends_what_runs_and_waits_for_its_end(settings: Path) -> None:
    command = [sys.executable, "-m", "assistant", "run", "--config", str(settings)]
    with subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True) as running:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not socket_path().exists():
                assert running.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            done = subprocess.Popen([sys.executable, "-m", "assistant", "stop"], stdout=subprocess.PIPE, text=True)
            said, _ = running.communicate(timeout=START_SECONDS)
            told, _ = done.communicate(timeout=START_SECONDS)
        finally:
            running.kill()
    assert running.returncode == 0 and said.rstrip().endswith("Good night.")
    assert (done.returncode, told) == (0, f"It has ended (process {running.pid}).\n")
    assert not socket_path().exists()


def test_where_none_runs_it_says_so(own_folders: Path) -> None:
    done = CliRunner().invoke(app, ["stop"])
    assert done.exit_code == USER_ERROR and "no assistant runs" in done.stderr
