"""The synthesiser's process: one voice, asked by text, answering clause by clause."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from assistant.errors import BackendError
from assistant.tts.base import Speech, Synthesizer
from assistant.tts.clauses import clauses
from assistant.tts.markup.manner import Manner, speak_so
from assistant.tts.markup.ssml import MarkupError, Passage, is_markup, passages, without_tags
from assistant.tts.reading.lexicon import replace_words

log = logging.getLogger(__name__)

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
        self._english = english
        self._read = _reader(english, dict(lexicon or {}))
        self._voice = _build(BACKENDS.get(backend, backend), dict(options or {}))
        self._foreign: dict[str, Synthesizer] = {}

    def describe(self) -> dict[str, Any]:
        """``backend`` and ``rate`` (Hz)."""
        return {"backend": self._backend, "rate": self._voice.rate}

    def speak(self, text: str, skip: int = 0) -> Iterator[dict[str, Any]]:
        """Pieces as ``{"pcm": int16 little-endian, "rate", "text", "last", "clause_end"}``.

        Args:
            skip: clauses at the beginning that were spoken already, by another voice.
        """
        marked = self._marked(text)
        if marked:
            yield from map(_plain, self._passages(marked, skip))
            return
        text = self._read(without_tags(text) if is_markup(text) else text)
        rest = clauses(text)[skip:] if skip else [text]
        if not rest:
            return
        for speech in self._voice.speak("\n".join(rest)):
            yield _plain(speech)

    def speak_all(self, text: str) -> list[dict[str, Any]]:
        """All pieces at once."""
        return list(islice(self.speak(text), 1000))

    def _marked(self, text: str) -> list[Passage]:
        """The passages of SSML; none of other text, and of SSML that cannot be used: its words are spoken."""
        if not is_markup(text):
            return []
        try:
            return passages(text)
        except MarkupError as error:
            log.warning("%s; only its words are spoken", error)
            return []

    def _passages(self, marked: list[Passage], skip: int) -> Iterator[Speech]:
        todo: list[tuple[Passage, list[str]]] = []
        for passage in marked:
            foreign = self._voice_for(passage.manner) is not self._voice
            found = clauses(passage.text if foreign else self._read(passage.text))
            if found[skip:]:
                todo.append((passage, found[skip:]))
            skip = max(0, skip - len(found))
        for number, (passage, found) in enumerate(todo, 1):
            if passage.pause:
                silence = np.zeros(round(passage.pause * self._voice.rate), np.int16)
                yield Speech(silence, self._voice.rate, "", False, False)
            voice = self._voice_for(passage.manner)
            for speech in speak_so(voice, "\n".join(found), passage.manner):
                yield replace(speech, last=speech.last and number == len(todo))

    def _voice_for(self, manner: Manner) -> Synthesizer:
        """The voice, or espeak-ng where it does not speak the passage's language."""
        base = manner.language.split("-")[0].lower()
        own = "en" if self._english else str(getattr(getattr(self._voice, "config", None), "voice", "")).split("-")[0]
        if base in ("", own):
            return self._voice
        if base not in self._foreign:
            from assistant.config.speaking import espeak_language

            name = "en-us" if base == "en" else espeak_language(manner.language)
            known = name and _build(BACKENDS["espeak"], {"voice": name})
            self._foreign[base] = known or self._voice
        return self._foreign[base]


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
