"""Text to symbols: the one place that says which differences of writing do not matter.

Case and the marks ``, . ? ! ; :`` are free, a hyphen is a space, ``%`` and ``°`` are words of their own, and so are the
digits and the letters of "8am" or "tv2". Between digits a mark counts: "19.5", "8:30", "2,700", and "19, 5", which
recognisers write for nineteen point five. Templates, lists and sentences all pass through here, a character at a time,
so the decoder (which sees pieces of words) and the matcher (which sees whole sentences) cannot disagree.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

GAP = " "
"""Symbol between words."""
MARK_GAP = "\x1d"
"""Symbol for a mark and a space between digits: a gap, or a decimal mark."""
DASH = "-"
"""Symbol for a dash right before digits, after a gap or at the beginning: a minus."""
MARKS = ".,:"
WORD_SYMBOLS = "%°"
_ORDINALS = re.compile(r"(?<=\d) (?=(?:st|nd|rd|th)(?![^ ]))")
_THOUSANDS = re.compile(MARK_GAP + r"(?=\d{3}(?!\d))")
_ACCENTED = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
"""Latin letters beyond ASCII."""
_FREE = frozenset('?!;"“”„…«»()*`¿¡。')
_PICTURES = ("So", "Sk", "Mn")
"""Categories of emoji and what modifies them; ``°`` has a meaning of its own."""
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2212")
_SAME = {"\u2019": "'", "\u2018": "'", "\u00ba": "°", "℃": "°c", "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "ß": "ss",
         "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "\u0131": "i", "þ": "th"}
_SPACES = frozenset(" \t\n\r\u00a0\u2009_\u2014\u2015") | _HYPHENS


def _plain_letters() -> dict[int, str]:
    """What ``fold`` puts in place of a character: the letter under an accent, or an equal sign."""
    letters = {code: unicodedata.normalize("NFD", chr(code))[0] for code in _ACCENTED}
    plain = {code: letter for code, letter in letters.items() if letter.isascii()}
    return plain | {code: "" for code in range(0x300, 0x370)} | {ord(sign): same for sign, same in _SAME.items()}


_PLAIN = _plain_letters()


class Mode(IntEnum):
    """What the last characters of a text leave pending."""

    START = 0
    START_GAP = 1
    """A space before the first word: another may not follow in a recogniser's text."""
    WORD = 2
    DIGIT = 3
    SYMBOL = 4
    """After ``%``: the next word needs no space."""
    GAP = 5
    DASH = 6
    POINT = 7
    COMMA = 8
    COLON = 9
    MARK_GAP = 10
    START_DASH = 11


_AFTER_DIGIT = {".": Mode.POINT, ",": Mode.COMMA, ":": Mode.COLON}
_MARK_OF = {Mode.POINT: ".", Mode.COMMA: ",", Mode.COLON: ":", Mode.MARK_GAP: MARK_GAP}
_AT_START = (Mode.START, Mode.START_GAP, Mode.START_DASH)
_PENDING_GAP = (Mode.GAP, Mode.DASH, Mode.MARK_GAP, Mode.START_GAP, Mode.START_DASH)
_AFTER_DASH = (Mode.DASH, Mode.START_DASH)
JOINING = frozenset((Mode.WORD, *_AT_START))
"""Modes in which a letter is the next symbol; in others a gap comes before it."""
LETTERLESS = frozenset((*_AFTER_DASH, *_AFTER_DIGIT.values()))
"""Modes in which a recogniser writes no letter."""
Step = tuple[str, Mode]


@lru_cache(maxsize=4096)
def feed(mode: Mode, character: str) -> Step:
    """Symbols that one more lower-case character emits, and the mode after it. Anything is allowed."""
    if character in _SPACES:
        return _feed_space(mode, character)
    if character in MARKS:
        return "", _AFTER_DIGIT[character] if mode is Mode.DIGIT else _after_free(mode)
    if character in WORD_SYMBOLS:
        return (character if mode in _AT_START else GAP + character), Mode.SYMBOL
    if character in _FREE or not character.isprintable() or unicodedata.category(character) in _PICTURES:
        return "", _after_free(mode)
    if character.isdigit():
        return _feed_digit(mode, character)
    return (character if mode in JOINING else GAP + character), Mode.WORD


@lru_cache(maxsize=4096)
def feed_strict(mode: Mode, character: str) -> Step | None:
    """As ``feed``, but only what a recogniser writes; None where it would not write that.

    No two spaces, no mark after a space, a dash after one only before digits.
    """
    pending = mode in _PENDING_GAP
    if character in _FREE and character not in "?!;":
        return None
    if character in MARKS or character in _FREE:
        return None if pending or mode is Mode.START or mode in _AFTER_DIGIT.values() else feed(mode, character)
    if character in _SPACES and (character != " " or pending):
        return None if character != "-" else _strict_dash(mode)
    if character == " ":
        return feed(mode, character)
    if mode in LETTERLESS and not character.isdigit():
        return None
    return feed(mode, character)


def _strict_dash(mode: Mode) -> Step | None:
    """A hyphen within a word or between words."""
    if mode in _AFTER_DASH or mode in _AFTER_DIGIT.values():
        return None
    return feed(mode, "-")


def _feed_space(mode: Mode, character: str) -> Step:
    if mode in _AT_START:
        return "", Mode.START_DASH if character in _HYPHENS else Mode.START_GAP
    if mode in (Mode.POINT, Mode.COMMA, Mode.COLON):
        return "", Mode.MARK_GAP
    if mode in (Mode.GAP, Mode.MARK_GAP, Mode.DASH):
        return "", Mode.DASH if character in _HYPHENS else Mode.GAP if mode is Mode.DASH else mode
    return "", Mode.GAP


def _after_free(mode: Mode) -> Mode:
    if mode in (Mode.DIGIT, Mode.POINT, Mode.COMMA, Mode.COLON):
        return Mode.SYMBOL
    return mode


def _feed_digit(mode: Mode, character: str) -> Step:
    if mode is Mode.START_DASH:
        return DASH + character, Mode.DIGIT
    if mode is Mode.DIGIT or mode in _AT_START:
        return character, Mode.DIGIT
    if mode in _MARK_OF:
        return _MARK_OF[mode] + character, Mode.DIGIT
    if mode is Mode.DASH:
        return GAP + DASH + character, Mode.DIGIT
    return GAP + character, Mode.DIGIT


def fold(text: str) -> str:
    """Lower case with plain apostrophes and signs; Latin letters without accents, as English recognisers write them."""
    text = text.lower()
    return text if text.isascii() else text.translate(_PLAIN)


def symbols_of(text: str) -> str:
    """The symbols of a whole text; pending gaps and marks at its end are dropped."""
    mode, out = Mode.START, []
    for character in fold(text):
        symbols, mode = feed(mode, character)
        out.append(symbols)
    return "".join(out)


def readable(symbols: str) -> str:
    """Symbols as text again: "19, 5" as "19.5", "2, 700" as "2,700", "50 %" as "50%", "21 st" as "21st"."""
    text = _ORDINALS.sub("", _THOUSANDS.sub(",", symbols).replace(MARK_GAP, "."))
    for sign in WORD_SYMBOLS:
        text = text.replace(GAP + sign, sign)
    return text
