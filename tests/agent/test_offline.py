"""Once installed, no network is needed and none is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import read_sound
from assistant.testing.voices import say
from tests.agent.command import Done, assistant, recording
from tests.agent.stage import silence

UNPLUG = """
import errno, fcntl, os, socket, struct, sys
with socket.socket() as line:
    fcntl.ioctl(line, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
    line.settimeout(2)
    if line.connect_ex(("192.0.2.1", 9)) != errno.ENETUNREACH:
        sys.exit("there still is a network")
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a command with the loopback interface up and nothing else; proves it first."""
GUARD = Path(__file__).parent / "guard"


def unplugged() -> list[str]:
    """A command that runs another one without network; skips where the machine does not allow it."""
    for namespace in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        try:
            if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0:
                return [*namespace, sys.executable, "-I", "-c", UNPLUG]
        except FileNotFoundError:
            break
    pytest.skip("no network can be taken away here: unshare -n needs root or user namespaces")


def order(folder: Path, **how: object) -> Done:
    said = np.concatenate([silence(0.6), say("hey nova"), silence(0.7), say("turn on the kitchen light"), silence(0.5)])
    return assistant(
        folder, "run", "--input", str(recording(folder, said)), "--output", str(folder / "reply.wav"), "--fast",
        **how,  # type: ignore[arg-type]
    )


def assert_works(done: Done, folder: Path) -> None:
    assert done.code == 0, done.errors
    assert done.after("wake") == ["hey nova"], done
    assert [line.split(" (")[0] for line in done.after("did")] == ["kitchen_light: turn_on, done"], done
    assert done.after("answered")
    assert np.abs(read_sound(folder / "reply.wav")).max() > 3000


def test_it_works_without_a_network(tmp_path: Path) -> None:
    assert_works(order(tmp_path, through=unplugged()), tmp_path)


def test_no_process_speaks_to_another_machine(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    path = os.pathsep.join([str(GUARD), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = order(tmp_path, environment={"PYTHONPATH": path, "NETWORK_GUARD": str(notes)})
    lines = notes.read_text("utf8").splitlines()
    assert [line for line in lines if line.startswith("FORBIDDEN")] == []
    assert_works(done, tmp_path)
    assert len(lines) >= 5, "agent, recogniser, phrase scorer, voice, skills: all were guarded"


def test_the_guard_notices(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    environment = {**os.environ, "PYTHONPATH": str(GUARD), "NETWORK_GUARD": str(notes)}
    for attempt in ("create_connection(('192.0.2.1', 80), 1)", "getaddrinfo('example.org', 80)"):
        script = f"import socket; socket.{attempt}"
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False)
        assert b"the network is forbidden here" in done.stderr
    assert notes.read_text("utf8").count("FORBIDDEN") == 2
