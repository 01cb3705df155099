"""What of an answer was not heard, because somebody talked over it."""

from __future__ import annotations

from difflib import SequenceMatcher

AS_I_SAID = "As I said, "
"""How a rest begins when it is said again."""


def unheard(answer: str, heard: str) -> str:
    """The rest of an answer, from the last word that was heard on: that one was half heard at best.

    The two differ in numbers and names, which are written one way and spoken another.

    Args:
        answer: as it is written.
        heard: the words that were heard, as they are spoken.

    Returns:
        Empty where nothing was heard, or everything.
    """
    words = answer.removeprefix(AS_I_SAID).split()
    blocks = SequenceMatcher(None, _plain(words), _plain(heard.split()), autojunk=False).get_matching_blocks()
    end = max((block.a + block.size for block in blocks if block.size), default=0)
    return " ".join(words[end - 1 :]) if 0 < end < len(words) else ""


def _plain(words: list[str]) -> list[str]:
    return ["".join(one for one in word.lower() if one.isalnum()) for word in words]
