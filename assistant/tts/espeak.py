"""espeak-ng through its C library: robotic, tiny, never fails: the voice that speaks when the good one cannot.

GPL-3, so it is only ever loaded in a synthesiser's own process. The library arrives in espeakng-loader. It keeps
global state, so nothing of it may run in two threads.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from assistant.audio.frames import Pcm
from assistant.errors import BackendError
from assistant.ranges import Percent
from assistant.tts.base import Speech
from assistant.tts.clauses import clauses

# From espeak-ng's speak_lib.h.
AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_DONT_EXIT = 0x8000
CHARS_UTF8 = 1
POS_CHARACTER = 1
PARAMETER_RATE, PARAMETER_VOLUME, PARAMETER_PITCH = 1, 2, 3
BUFFER_MS = 200
ALIASES = {"en-gb": "en"}
"""Languages that espeak-ng 1.52 lists under another name than it loads."""
LIBRARIES = ("libespeak-ng.so*", "libespeak-ng*.dylib", "espeak-ng.dll")
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class EspeakConfig:
    """Which voice, and how it speaks."""

    voice: str = "en-us"
    """Name of a language or voice, with a variant if wanted: ``en-us``, ``en-gb+f3``."""
    words_per_minute: Annotated[int, Field(ge=80, le=450)] = 165
    pitch: Percent = 50
    volume: Annotated[int, Field(ge=0, le=200)] = 90
    """Percent of the normal amplitude."""


class Espeak:
    """espeak-ng's formant voice. Of several objects each speaks as it is told, one at a time."""

    _speaking: ClassVar[Espeak | None] = None
    """Whose voice the library has."""

    def __init__(self, config: EspeakConfig | None = None) -> None:
        self.config = config or EspeakConfig()
        self._library, data = load_library()
        self._sound: list[Pcm] = []
        # Kept: the library holds only the bare pointer.
        self._callback = _CALLBACK(self._take)
        self.rate = int(self._library.espeak_Initialize(
            AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, str(data).encode(), INITIALIZE_DONT_EXIT
        ))
        if self.rate <= 0:
            raise BackendError("espeak-ng does not start", where=str(data))
        self._set()

    def _set(self) -> None:
        """Make the library speak as this object: its voice and callback are global."""
        self._library.espeak_SetSynthCallback(self._callback)
        language, plus, variant = self.config.voice.partition("+")
        voice = f"{ALIASES.get(language, language)}{plus}{variant}"
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise BackendError(f"espeak-ng has no voice {self.config.voice!r}", where="tts espeak")
        for parameter, value in (
            (PARAMETER_RATE, self.config.words_per_minute), (PARAMETER_VOLUME, self.config.volume),
            (PARAMETER_PITCH, self.config.pitch),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        Espeak._speaking = self

    def speak(self, text: str) -> Iterator[Speech]:
        """Sound for ``text``, clause by clause; one empty piece if nothing in it can be spoken."""
        pieces = clauses(text)
        for number, piece in enumerate(pieces, 1):
            yield Speech(self._clause(piece), self.rate, piece, number == len(pieces))
        if not pieces:
            yield Speech(np.zeros(0, np.int16), self.rate, "", True)

    def _clause(self, text: str) -> Pcm:
        data = text.encode("utf-8", "ignore") + b"\0"
        if Espeak._speaking is not self:
            self._set()
        self._sound.clear()
        status = self._library.espeak_Synth(data, len(data), 0, POS_CHARACTER, 0, CHARS_UTF8, None, None)
        if status != 0:
            raise BackendError(f"espeak-ng failed with status {status}", where="tts espeak")
        return np.concatenate(self._sound) if self._sound else np.zeros(0, np.int16)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0


def load_library() -> tuple[Any, Path]:
    """The library with its functions' types, and the folder of its data."""
    spec = find_spec("espeakng_loader")
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders:
        raise BackendError("espeak-ng is not installed", where="tts espeak", mend="pip install espeakng-loader")
    folder = Path(folders[0])
    found = sorted(file for pattern in LIBRARIES for file in folder.glob(pattern))
    if not found:
        raise BackendError("the package has no library for this system", where=str(folder))
    try:
        library = ctypes.CDLL(str(found[0]))
    except OSError as error:
        raise BackendError(f"espeak-ng cannot be loaded: {error}", where=str(found[0])) from error
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]
    library.espeak_SetSynthCallback.argtypes = [_CALLBACK]
    library.espeak_SetSynthCallback.restype = None
    return library, folder / "espeak-ng-data"
