"""Spoken sentences for tests and benchmarks: text to 16 kHz sound by Piper or espeak-ng, kept on disk.

    pcm = say("turn on the kitchen light")
    pcm = say("turn on the kitchen light", "espeak:en-gb+f3", words_per_minute=140)

The voices run in processes of their own, started when first needed and ended with this one, or when many others were
asked since.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import WorkerLost
from assistant.workers.process import settings, start_process
from assistant.workers.spec import WorkerSpec
from assistant.workers.wire import HEADER, Message, decode_error, pack, unpack

VERSION = 3
"""Counts up when the same request gives another sound."""
TIMEOUT = 120.0
DEFAULTS: dict[str, dict[str, Any]] = {"piper": {"variation": 0.0}}
"""Nothing of a sentence is left to chance: what is understood today is understood tomorrow."""

MOST_VOICES = 4
"""Processes kept; a neural voice takes a quarter of a gigabyte."""

_lock = threading.Lock()
_voices: dict[str, _Voice] = {}
"""The one asked last at the end."""


def say(text: str, voice: str = "piper", **options: Any) -> Pcm:
    """The sentence as int16, 16 kHz mono; the same sound whenever it is asked again, on any machine.

    Args:
        voice: ``piper`` or ``espeak``, or ``espeak:NAME`` for a voice of espeak-ng.
        options: fields of the backend's configuration (``speed``, ``words_per_minute``, ...).

    Raises:
        AssistantError: the voice cannot be loaded.
    """
    backend, _, name = voice.partition(":")
    wanted = {**DEFAULTS.get(backend, {}), **options, **({"voice": name} if name else {})}
    key = json.dumps([VERSION, backend, wanted, text], sort_keys=True)
    kept = cache_folder() / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npy"
    if kept.exists():
        return np.asarray(np.load(kept, allow_pickle=False), np.int16)
    with _lock:
        spoken = _voice(backend, wanted).speak(text)
    handle, part = tempfile.mkstemp(dir=kept.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        np.save(file, spoken, allow_pickle=False)
    Path(part).replace(kept)
    return spoken


def cache_folder() -> Path:
    """Where the sentences are kept: the user's cache folder, else a temporary one."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "voice-assistant" / "test-voices"
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError:
        base = Path(tempfile.gettempdir()) / f"voice-assistant-test-voices-{os.getuid()}"
        base.mkdir(mode=0o700, exist_ok=True)
    return base


class _Voice:
    """A synthesiser's process, asked one sentence at a time."""

    def __init__(self, backend: str, options: dict[str, Any]) -> None:
        spec = WorkerSpec(
            name=f"test voice {backend}", service="assistant.tts.service:SynthesizerService",
            config={"backend": backend, "options": options},
        )
        self._line, theirs = socket.socketpair()
        self._line.settimeout(TIMEOUT)
        self._process = start_process(spec, theirs.fileno(), subprocess.DEVNULL)
        theirs.close()
        atexit.register(self.close)
        self._line.sendall(pack(["init", settings(spec)]))
        self._expect("ready")

    def speak(self, text: str) -> Pcm:
        self._line.sendall(pack(["call", 1, "speak_all", [text]]))
        pieces = [
            soxr.resample(np.frombuffer(item["pcm"], "<i2"), item["rate"], SAMPLE_RATE)
            for item in self._expect("result")[2] if item["pcm"]
        ]
        return np.concatenate(pieces).astype(np.int16) if pieces else np.zeros(0, np.int16)

    def close(self) -> None:
        atexit.unregister(self.close)
        self._process.kill()
        self._process.wait()
        self._line.close()

    def _expect(self, kind: str) -> Message:
        message = unpack(self._read(HEADER.unpack(self._read(HEADER.size))[0]))
        if message[0] in ("failed", "error"):
            raise decode_error(message[-1])
        if message[0] != kind:
            raise WorkerLost(f"said {message[0]!r} instead of {kind!r}", where="test voice")
        return message

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self._line.recv(size - len(data))
            if not part:
                raise WorkerLost("the voice's process has ended", where="test voice")
            data += part
        return bytes(data)


def _voice(backend: str, options: dict[str, Any]) -> _Voice:
    key = json.dumps([backend, options], sort_keys=True)
    voice = _voices.pop(key, None) or _Voice(backend, options)
    _voices[key] = voice
    while len(_voices) > MOST_VOICES:
        _voices.pop(next(iter(_voices))).close()
    return voice
