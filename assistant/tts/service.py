"""The synthesiser's process: one voice, asked by text, answering clause by clause."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from assistant.errors import BackendError
from assistant.tts.base import Speech, Synthesizer
from assistant.tts.clauses import clauses
from assistant.tts.reading.lexicon import replace_words

BACKENDS = {
    "piper": "assistant.tts.piper:Piper:PiperConfig",
    "espeak": "assistant.tts.espeak:Espeak:EspeakConfig",
    "flite": "assistant.tts.flite:Flite:FliteConfig",
    "kokoro": "assistant.tts.kokoro:Kokoro:KokoroConfig",
}


class SynthesizerService:
    """Runs in a worker.

    Args:
        backend: one of ``BACKENDS``, ``"module:Class:ConfigClass"``, or the name under which a package registers one.
        options: fields of the backend's configuration.
        english: whether numbers, times, units and the like are read as English before the voice sees them; voices of
            other languages read them themselves.
        lexicon: how the household's own words are spoken.
    """

    def __init__(
        self, backend: str = "piper", options: Mapping[str, Any] | None = None, english: bool = False,
        lexicon: Mapping[str, str] | None = None,
    ) -> None:
        self._backend = backend
        self._read = _reader(english, dict(lexicon or {}))
        self._voice = _build(BACKENDS.get(backend, backend), dict(options or {}))

    def describe(self) -> dict[str, Any]:
        """``backend`` and ``rate`` (Hz)."""
        return {"backend": self._backend, "rate": self._voice.rate}

    def speak(self, text: str, skip: int = 0) -> Iterator[dict[str, Any]]:
        """Pieces as ``{"pcm": int16 little-endian, "rate", "text", "last", "clause_end"}``.

        Args:
            skip: clauses at the beginning that were spoken already, by another voice.
        """
        text = self._read(text)
        rest = clauses(text)[skip:] if skip else [text]
        if not rest:
            return
        for speech in self._voice.speak("\n".join(rest)):
            yield _plain(speech)

    def speak_all(self, text: str) -> list[dict[str, Any]]:
        """All pieces at once."""
        return list(islice(self.speak(text), 1000))


def _plain(speech: Speech) -> dict[str, Any]:
    return {
        "pcm": speech.pcm.astype("<i2").tobytes(), "rate": speech.rate, "text": speech.text, "last": speech.last,
        "clause_end": speech.clause_end,
    }


def _reader(english: bool, lexicon: dict[str, str]) -> Callable[[str], str]:
    """What turns a text into the words to speak."""
    if english:
        # Brings num2words, which other languages have no use for.
        from assistant.tts.reading.english import spoken

        spoken("1")  # num2words loads all its languages at its first number: not while somebody waits for it
        return partial(spoken, lexicon=lexicon)
    return partial(replace_words, lexicon=lexicon)


def _build(path: str, options: dict[str, Any]) -> Synthesizer:
    module, _, names = path.partition(":")
    kind, _, config = names.partition(":")
    if not kind:
        # Imported only for voices of other packages: ours start without it.
        from assistant.registry import Registry

        other: Synthesizer = Registry().build("tts", path, options)
        return other
    loaded = importlib.import_module(module)
    try:
        built: Synthesizer = getattr(loaded, kind)(getattr(loaded, config)(**options) if config else None)
    except (AttributeError, TypeError) as error:
        raise BackendError(str(error), where=f"tts {path}") from error
    return built
