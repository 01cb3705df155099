"""How words sound, written in the IPA by espeak-ng. GPL-3, so it is only ever loaded in a process of its own."""

from __future__ import annotations

import ctypes
import re

from assistant.tts.espeak import ALIASES, AUDIO_OUTPUT_SYNCHRONOUS, CHARS_UTF8, INITIALIZE_DONT_EXIT, load_library

IPA = 2
"""Of ``espeak_TextToPhonemes``: International Phonetic Alphabet."""
_UNHEARD = re.compile(r"[ˈˌːˑ\s_|.\-]")
"""Stress, length and joins."""


class PhonemeService:
    """Turns words into phonemes.

    Args:
        voice: a language of espeak-ng.
    """

    def __init__(self, voice: str = "en-us") -> None:
        self._library, data = load_library()
        self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, str(data).encode(), INITIALIZE_DONT_EXIT)
        self._library.espeak_SetVoiceByName(ALIASES.get(voice, voice).encode())
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]

    def phonemes(self, words: list[str]) -> list[str]:
        """Each word as IPA, without stress and length."""
        return [self._one(word) for word in words]

    def _one(self, word: str) -> str:
        text = ctypes.c_char_p(word.encode("utf-8", "ignore"))
        spoken = []
        while text.value:
            spoken.append(self._library.espeak_TextToPhonemes(ctypes.byref(text), CHARS_UTF8, IPA).decode())
        return _UNHEARD.sub("", "".join(spoken))
