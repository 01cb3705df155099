"""The common part of SSML (W3C, Speech Synthesis Markup Language 1.1): break, emphasis, prosody, say-as, sub, lang.

What else an author writes (audio, voice, phoneme, mark) is passed over, its words are spoken. Text that is not well
formed, or that defines entities, is refused with the place; whoever asked then speaks its words.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.errors import BackendError
from assistant.tts.markup.attributes import pause, pitch, rate, volume
from assistant.tts.markup.manner import Manner
from assistant.tts.reading.say_as import say_as

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_DEPTH = 40
"""Elements within each other; answers have three."""
LONGEST_PAUSE = 10.0
"""Seconds."""
EMPHASIS = {"strong": (0.88, 1.0, 4.0), "moderate": (0.94, 0.5, 2.0), "reduced": (1.06, 0.0, -3.0), "none": (1, 0, 0)}
"""Pace, semitones, dB."""
_BEGINS = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?(?:<speak[\s>/]|<!DOCTYPE\b)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class MarkupError(BackendError):
    """A text's markup cannot be used."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that are said in one manner."""

    text: str
    manner: Manner
    pause: float = 0.0
    """Seconds of silence before."""


def is_markup(text: str) -> bool:
    """Whether a text means to be SSML."""
    return _BEGINS.match(text) is not None


def passages(text: str) -> list[Passage]:
    """What is to be said, one after the other; empty if nothing is.

    Raises:
        MarkupError: it is not well formed, nested too deeply, or defines entities.
    """
    import defusedxml.ElementTree as Xml

    try:
        root = Xml.fromstring(text, forbid_dtd=True)
    except Xml.ParseError as error:
        raise MarkupError(f"the SSML is not well formed: {error}", where="speech",
                          mend="close each element, write & as &amp; and < as &lt;") from error
    except ValueError as error:  # defusedxml's, and text that XML cannot hold
        raise MarkupError("the SSML has a document type or entities, which are not read", where="speech",
                          mend="leave out <!DOCTYPE ...>") from error
    if _name(root) != "speak":
        raise MarkupError(f"the SSML begins with <{_name(root)}>", where="speech", mend="begin it with <speak>")
    reader = _Reader()
    reader.read(root, Manner(), 0)
    return [passage for passage in reader.found if passage.text.strip()]


def words_of(text: str) -> str:
    """A text as it is shown: without markup."""
    if not is_markup(text):
        return text
    try:
        said = " ".join(passage.text.strip() for passage in passages(text))
    except MarkupError:
        return without_tags(text)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(said.split()))


def without_tags(text: str) -> str:
    """The words of a text whose markup is broken: they are spoken all the same."""
    for _ in range(2):  # entity definitions stand within a document type
        text = _TAG.sub(" ", text)
    words = html.unescape(text).replace("<", " ").replace(">", " ")
    return " ".join(re.sub(r"&\w+;", " ", words).split())


class _Reader:
    """Walks through the elements."""

    def __init__(self) -> None:
        self.found: list[Passage] = []
        self._pause = 0.0

    def read(self, element: Element, manner: Manner, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise MarkupError(f"the SSML has elements more than {MOST_DEPTH} deep", where="speech")
        name = _name(element)
        manner = _manner(name, element, manner)
        if name == "break":
            self._pause = min(self._pause + pause(element.get("time", ""), element.get("strength", "")), LONGEST_PAUSE)
        elif name == "sub" and element.get("alias"):
            self._say(element.get("alias", ""), manner)
        elif name == "say-as":
            kind, form = element.get("interpret-as", ""), element.get("format", "")
            self._say(say_as("".join(element.itertext()), kind, form), manner)
        elif name not in ("metadata", "meta", "desc"):
            self._within(element, manner, depth, "\n" if name in ("p", "s") else "")

    def _within(self, element: Element, manner: Manner, depth: int, edge: str) -> None:
        self._say(edge + (element.text or ""), manner)
        for child in element:
            self.read(child, manner, depth + 1)
            self._say(child.tail or "", manner)
        self._say(edge, manner)

    def _say(self, text: str, manner: Manner) -> None:
        """Words of one manner that nothing parts stay together: a sentence keeps its melody."""
        before = self.found[-1] if self.found else None
        if before is not None and before.manner == manner and not self._pause:
            self.found[-1] = replace(before, text=before.text + text)
        elif text.strip():
            self.found.append(Passage(text, manner, self._pause))
            self._pause = 0.0


def _manner(name: str, element: Element, manner: Manner) -> Manner:
    if name == "prosody":
        return manner.with_(rate(element.get("rate", "")), pitch(element.get("pitch", "")),
                            volume(element.get("volume", "")))
    if name == "emphasis":
        return manner.with_(*EMPHASIS.get(element.get("level", ""), EMPHASIS["moderate"]))
    return manner.with_(language=element.get(_LANG, "")) if name in ("lang", "p", "s", "voice", "speak") else manner


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
