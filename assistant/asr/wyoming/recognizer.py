"""The Wyoming backend of the recogniser: the sound goes to a service, its text comes back."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated

import numpy as np
from pydantic import Field

from assistant.asr.base import Capabilities
from assistant.asr.text.base import Transcript
from assistant.asr.text.recognizer import TextRecognizer
from assistant.asr.wyoming.address import Address
from assistant.asr.wyoming.wire import NOT_WYOMING, Line
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import BackendError
from assistant.extras import install_command
from assistant.grammar.base import Constraints
from assistant.ranges import Share

CHUNK = SAMPLE_RATE // 10
"""Samples in one event."""
LONGEST_MESSAGE = 200
"""Characters of a service's own complaint that are told."""
AWAY = "start the service, or write its address as `uri` among the recogniser's options"


@dataclass(frozen=True, slots=True)
class WyomingConfig:
    """Settings of the backend."""

    uri: str = "tcp://127.0.0.1:10300"
    """Where the service listens: ``tcp://HOST:PORT`` or ``unix:///PATH``."""
    language: str = "en"
    model: str = ""
    """One of the service's models; empty for the one that it takes by itself."""
    timeout: Annotated[float, Field(gt=0.0, le=6.0)] = 4.0
    """Seconds for one reading; the agent gives a recogniser up after 6."""
    partials: bool = False
    """Words while somebody speaks. The service then reads all of the sound again and again: for a fast one."""
    surety: Share = 0.75
    """How sure a text counts, as services do not say. From ``turns.accept_follow_up`` on, orders are taken
    where nobody said the wake phrase."""


class Wyoming(TextRecognizer):
    """A recogniser elsewhere, without a grammar: a text that is a sentence of it is a reading.

    Nothing is asked of the service before there is sound: it may start later, and be away for a while.

    Raises:
        BackendError: wyoming is not installed, or a setting is impossible.
    """

    licence = "the service's"

    def __init__(self, config: WyomingConfig | None = None, grammar: Constraints | None = None) -> None:
        self.config = config or WyomingConfig()
        capabilities = Capabilities(
            streaming=False, languages=(self.config.language,), grammar=False, licence=self.licence, model_mb=0.0
        )
        super().__init__(_Service(self.config), capabilities, grammar, partials=self.config.partials)


class _Service:
    def __init__(self, config: WyomingConfig) -> None:
        self._asr, self._audio, self._event = _library()
        self._config = config
        self._address = Address.parse(config.uri)

    def transcribe(self, sound: Floats) -> Transcript:
        """What the service writes for a sound.

        Raises:
            BackendError: it is away, too slow, says that it failed, or says nothing that makes sense.
        """
        where, deadline = self._config.uri, time.monotonic() + self._config.timeout
        try:
            with self._address.connect(self._config.timeout) as connection:
                return self._ask(Line(connection, deadline, where), sound)
        except TimeoutError as error:
            what = f"the service gave no answer within {self._config.timeout:g} s"
            raise BackendError(what, where=where, mend="take a smaller model there, or a longer `timeout`") from error
        except OSError as error:
            raise BackendError(f"the service is away: {error.strerror or error}", where=where, mend=AWAY) from error

    def _ask(self, line: Line, sound: Floats) -> Transcript:
        line.send(self._request(sound))
        while True:
            said = line.event()
            text = said.data.get("text")
            if said.type not in ("transcript", "error"):
                continue  # the beginning of a transcript that is sent in parts: the whole follows
            if not isinstance(text, str):
                what = f"the {said.type} has no text"
                raise BackendError(what, where=self._config.uri, mend=NOT_WYOMING)
            if said.type == "error":
                what = f"the service says: {text[:LONGEST_MESSAGE]}"
                raise BackendError(what, where=self._config.uri, mend="look at its log")
            return Transcript(" ".join(text.split()), self._config.surety)

    def _request(self, sound: Floats) -> bytes:
        """All that is said to the service; there is no answer before the last of it."""
        pcm = np.clip(np.round(sound * 32768.0), -32768, 32767).astype("<i2").tobytes()
        form = {"rate": SAMPLE_RATE, "width": 2, "channels": 1}
        events = [
            self._asr.Transcribe(name=self._config.model or None, language=self._config.language or None),
            self._audio.AudioStart(**form),
            *(self._audio.AudioChunk(**form, audio=pcm[at : at + 2 * CHUNK]) for at in range(0, len(pcm), 2 * CHUNK)),
            self._audio.AudioStop(),
        ]
        request = io.BytesIO()
        for event in events:
            self._event.write_event(event.event(), request)
        return request.getvalue()


def _library() -> tuple[ModuleType, ModuleType, ModuleType]:
    try:
        from wyoming import asr, audio, event
    except ImportError as error:
        mend = install_command("wyoming")
        raise BackendError(str(error), where="asr wyoming", mend=mend) from error
    return asr, audio, event
