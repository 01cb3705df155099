"""Whether a wake phrase can be said, and written by a recogniser, at all."""

from __future__ import annotations

from assistant.asr.fold import fold

VOWELS = "aeiouy"
MEND = "write the wake phrase as it sounds, in the letters a to z"


def unsayable(phrase: str) -> str:
    """Why nobody can say this, or no recogniser write it; empty if somebody can."""
    letters = [letter for letter in phrase if letter.isalnum() and not fold(letter)]
    folded = fold(phrase)
    if letters or not folded:
        odd = ", ".join(repr(letter) for letter in dict.fromkeys(letters)) or repr(phrase)
        return f"the recogniser cannot write {odd}"
    for word in folded.replace("'", "").split():
        if not any(letter in VOWELS or letter.isdigit() for letter in word):
            return f"nobody can say {word!r}: it has no vowel"
    return ""
