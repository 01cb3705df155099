"""The ``assistant`` command as a person starts it: a process of its own, in a home that has never seen it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.audio.files import write_sound
from assistant.audio.frames import Pcm

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 120.0
XDG = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command wrote and left."""

    lines: list[str]
    """Of its standard output."""
    errors: str
    code: int

    def after(self, word: str) -> list[str]:
        """The rest of the lines that begin with a word."""
        return [line.removeprefix(word).strip() for line in self.lines if line.startswith(word)]


def assistant(
    folder: Path, *words: str, through: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Done:
    """Run ``assistant WORDS`` with a fresh home in ``folder``.

    Args:
        through: a command that runs it.
    """
    home = {f"XDG_{name}": str(folder / name.lower()) for name in XDG}
    with tempfile.TemporaryDirectory() as runtime:  # a socket's path may have 107 bytes: the test's own is too long
        home |= {"HOME": str(folder), "XDG_RUNTIME_DIR": runtime}
        done = subprocess.run(
            [*through, sys.executable, "-m", "assistant", *words], cwd=ROOT, capture_output=True, text=True,
            check=False, env={**os.environ, **home, **(environment or {})}, timeout=LIMIT_SECONDS,
        )
    return Done(done.stdout.splitlines(), done.stderr, done.returncode)


def recording(folder: Path, pcm: Pcm) -> Path:
    """A sound as a file."""
    path = folder / "said.wav"
    write_sound(path, pcm)
    return path
