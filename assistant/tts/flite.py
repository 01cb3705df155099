"""flite, a small program with four recorded American and Scottish voices: needs no model and hardly any work.

It is Debian's package ``flite`` (BSD-like licence), run once per clause: 20 to 110 ms each.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unicodedata
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import Pcm
from assistant.errors import BackendError
from assistant.ranges import Share
from assistant.tts.base import Speech
from assistant.tts.clauses import clauses
from assistant.tts.shaping import pause_after, without_edges

PROGRAM = "flite"
INSTALL = "sudo apt install flite"
RATE = 16_000
"""Hz, of all four voices."""
VOICES = ("slt", "rms", "awb", "kal16")
"""A woman's, two men's (awb is Scottish), and one made of diphones."""
DEADLINE = 30.0
"""Seconds for a clause. The longest takes a tenth of one: only a program that hangs needs more, and long before that
another voice has taken over."""


@dataclass(frozen=True, slots=True)
class FliteConfig:
    """Which voice, and how it speaks."""

    voice: str = "slt"
    """One of: slt, rms, awb, kal16."""
    speed: float = 1.0
    """0.5 to 2; above 1 is faster."""
    volume: Share = 0.9

    def __post_init__(self) -> None:
        if self.voice not in VOICES:
            mend = f"one of: {', '.join(VOICES)}"
            raise BackendError(f"there is no voice {self.voice!r}", where="tts flite", mend=mend)
        if not 0.5 <= self.speed <= 2.0:
            raise BackendError(f"speed is 0.5 to 2, not {self.speed}", where="tts flite")


class Flite:
    """A voice of flite.

    Raises:
        BackendError: the program is not installed, or does not speak.
    """

    licence = "BSD"
    rate = RATE

    def __init__(self, config: FliteConfig | None = None) -> None:
        self.config = config or FliteConfig()
        self._program = shutil.which(PROGRAM) or ""
        if not self._program:
            raise BackendError("flite is not installed", where="tts flite", mend=INSTALL)

    @staticmethod
    def lacking() -> str:
        """What to do before it can be used; empty if nothing."""
        return "" if shutil.which(PROGRAM) else f"flite missing: {INSTALL}"

    def speak(self, text: str) -> Iterator[Speech]:
        """Sound for ``text``, clause by clause; one empty piece if nothing in it can be spoken."""
        spoken = clauses(text)
        for number, clause in enumerate(spoken, 1):
            last = number == len(spoken)
            pause = np.zeros(0 if last else round(pause_after(clause) * RATE), np.int16)
            yield Speech(np.concatenate([self._clause(clause), pause]), RATE, clause, last)
        if not spoken:
            yield Speech(np.zeros(0, np.int16), RATE, "", True)

    def _clause(self, clause: str) -> Pcm:
        """int16 of a clause; empty where nothing is left of it in ASCII, which is all that flite reads."""
        letters = unicodedata.normalize("NFKD", clause).encode("ascii", "ignore")
        if not any(chr(letter).isalnum() for letter in letters):
            return np.zeros(0, np.int16)
        with tempfile.TemporaryDirectory(prefix="flite-") as folder:
            text, sound = Path(folder) / "text", Path(folder) / "sound.wav"
            text.write_bytes(letters)
            self._run("-voice", self.config.voice, "--setf", f"duration_stretch={1 / self.config.speed:.3f}",
                      "-f", str(text), "-o", str(sound))
            return without_edges(self._read(sound), RATE)

    def _run(self, *arguments: str) -> None:
        try:
            subprocess.run([self._program, *arguments], capture_output=True, text=True, timeout=DEADLINE, check=True)
        except subprocess.TimeoutExpired as error:
            raise BackendError(f"flite took more than {DEADLINE:g} s", where="tts flite") from error
        except subprocess.CalledProcessError as error:
            said = (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]
            raise BackendError(f"flite failed: {said}", where="tts flite") from error
        except OSError as error:
            raise BackendError(f"flite cannot be run: {error.strerror}", where=self._program, mend=INSTALL) from error

    def _read(self, path: Path) -> Pcm:
        try:
            with wave.open(str(path)) as file:
                form = (file.getframerate(), file.getnchannels(), file.getsampwidth())
                pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        except (OSError, wave.Error, EOFError, ValueError) as error:
            raise BackendError(f"flite wrote no sound: {error}", where="tts flite") from error
        if form != (RATE, 1, 2):
            raise BackendError(f"flite wrote {form[0]} Hz, {form[1]} channels, not {RATE} Hz mono", where="tts flite")
        return (pcm * self.config.volume).astype(np.int16)
