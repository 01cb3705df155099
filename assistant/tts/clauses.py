"""Text to speak: cleaned, and cut where a speaker would take breath.

A synthesiser gives a clause at a time, so the first one decides how soon the answer is heard. Sentences stay whole
for the sake of their melody; only the first may be cut at its first comma, and long ones at their marks.
"""

from __future__ import annotations

import re
import unicodedata

LONG_SENTENCE = 160
"""Characters; ten seconds of speech. Longer ones are cut so that work can be stopped in time."""
LONG_OPENING = 48
"""A first sentence longer than this gives its first clause ahead."""
LONGEST_OPENING = 80
"""Characters of a first clause; of a longer one its first phrases are given ahead."""
SHORT_PIECE = 12
"""Characters; a shorter piece sounds clipped on its own."""
SHORT_PHRASE = 8
"""The same where the first sound would be late otherwise."""
MAX_TEXT = 20_000
"""Characters; a quarter of an hour. What lies beyond is not spoken."""

NEVER_END = frozenset(
    ["mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "fig", "e.g", "i.e", "approx", "gen", "sen", "rev", "hon", "mt"]
)
"""Abbreviations that a name or a number follows."""
MAY_END = frozenset(["a.m", "p.m", "etc", "jr", "sr", "inc", "ltd", "co", "u.s", "u.k"])
"""Abbreviations that end a sentence if a capital follows."""

_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])\s*|\n+")  # noqa: RUF001 - full-width marks are meant
_MARK = re.compile(r"(?<=[,;:，；、])\s+|\s+(?=[—–])|\s+(?=\()")  # noqa: RUF001
_PHRASE = re.compile(
    r"\s+(?=(?:and|but|or|so|because|that|which|who|when|while|where|if|before|after|until|since|although|than|as|"
    r"with|without|for|from|in|into|on|at|by|to|of|over|under|between|through)\s)"
)
"""Before words that begin a phrase: a speaker may take breath there."""
_SPACES = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"[\w.]+$")


def clean(text: str) -> str:
    """The text without what cannot be spoken: control characters, emoji and other pictures, surplus space."""
    kept = (_spoken(character) for character in unicodedata.normalize("NFC", text[:MAX_TEXT]))
    lines = _SPACES.sub(" ", "".join(kept)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def _spoken(character: str) -> str:
    if character in "\n°":
        return character
    category = unicodedata.category(character)
    # C: control, format, surrogate, private; So: pictures; Sk with the emoji's skin tones.
    if category[0] in "CZ" or category in ("So", "Sk") or 0xFE00 <= ord(character) <= 0xFE0F:
        return "\n" if category in ("Zl", "Zp") else " "
    return character


def clauses(text: str) -> list[str]:
    """The pieces of ``text`` in the order in which they are spoken; empty if nothing can be."""
    pieces = [piece for sentence in sentences(clean(text)) for piece in cut(sentence)]
    if pieces:
        pieces[:1] = _opening(pieces[0])
    return [piece for piece in pieces if any(character.isalnum() for character in piece)]


def sentences(text: str) -> list[str]:
    """Whole sentences. Abbreviations, initials, decimals and times end none."""
    found: list[str] = []
    begin = 0
    for match in _END.finditer(text):
        if "\n" in match.group() or _ends(text[begin : match.start()], text[match.end() : match.end() + 1]):
            found.append(text[begin : match.end()].strip())
            begin = match.end()
    found.append(text[begin:].strip())
    return [sentence for sentence in found if sentence]


def _ends(before: str, after: str) -> bool:
    """Whether the mark at the end of ``before`` ends a sentence that ``after`` follows."""
    if not before.endswith("."):
        return True
    word = _WORD.search(before[:-1])
    last = word.group().lower().strip(".") if word else ""
    if last in NEVER_END or (len(last) == 1 and last.isalpha() and last != "i"):
        return False
    if last in MAY_END:
        return after.isupper() or not after
    return not after.islower()


def cut(sentence: str, longest: int = LONG_SENTENCE) -> list[str]:
    """A sentence in pieces of at most ``longest`` characters, cut at marks, else between words."""
    pieces: list[str] = []
    for part in _MARK.split(sentence) if len(sentence) > longest else [sentence]:
        if pieces and len(pieces[-1]) + 1 + len(part) <= longest:
            pieces[-1] = f"{pieces[-1]} {part}"
        else:
            pieces.extend(_wrap(part, longest))
    return pieces


def _wrap(part: str, longest: int) -> list[str]:
    pieces = []
    while len(part) > longest:
        space = part.rfind(" ", SHORT_PIECE, longest)
        at = space if space > 0 else longest
        pieces.append(part[:at].strip())
        part = part[at:].strip()
    return [*pieces, part] if part else pieces


def _opening(piece: str) -> list[str]:
    """The first piece, its first clause ahead where that brings the first sound earlier."""
    if len(piece) <= LONG_OPENING:
        return [piece]
    for match in _MARK.finditer(piece):
        if match.start() >= SHORT_PIECE and len(piece) - match.end() >= SHORT_PIECE:
            return [*phrase_ahead(piece[: match.start()], LONGEST_OPENING), piece[match.end() :]]
    return phrase_ahead(piece, LONGEST_OPENING)


def phrase_ahead(piece: str, longest: int) -> list[str]:
    """A piece of more than ``longest`` characters in two: the first ends before a phrase, else between two words."""
    if len(piece) <= longest:
        return [piece]
    last = min(longest, len(piece) - SHORT_PHRASE)
    phrases = [match.start() for match in _PHRASE.finditer(piece) if SHORT_PHRASE <= match.start() <= last]
    at = max(phrases, default=piece.rfind(" ", SHORT_PHRASE, last + 1))
    return [piece[:at].strip(), piece[at:].strip()] if at > 0 else [piece]
