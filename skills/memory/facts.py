"""Facts as they are told and retold: pronouns turned, what they are about, which of them a newer one replaces."""

from __future__ import annotations

import re

_TURNED = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll", "me": "you", "my": "your",
    "mine": "yours", "myself": "yourself", "we": "you", "we're": "you're", "we've": "you've", "us": "you",
    "our": "your", "ours": "yours", "am": "are", "you": "I", "you're": "I'm", "your": "my", "yours": "mine",
}
_BE_AFTER_I = {"am": "are", "was": "were"}
_BE_AFTER_YOU = {"are": "am", "were": "was"}
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|me|my|mine)\b")
_PIECE = re.compile(r"[\w'\u2019]+|[^\w'\u2019]+")
_VERB = re.compile(
    r"^(.+?)\s(?:is|are|was|were|has|have|had|belongs?|likes?|loves?|hates?|takes?|needs?|lives?|works?|costs?"
    r"|starts?|opens?|closes?|can|can't|will|does|doesn't|do|don't)\s"
)
_PLACE = re.compile(
    r"^(.+?)\s(?:is|are|was|were)\s(?:in|on|at|under|behind|inside|above|below|beside|between|near|with|next to"
    r"|upstairs|downstairs|outside)\b"
)
_ARTICLE = re.compile(r"^(?:the|my|our|your|a|an)\s")
LONGEST_SUBJECT = 6
"""Words; a longer one nobody repeats to ask about it."""


def turned(text: str) -> str:
    """What somebody told, told back: "my bike" is "your bike", "I am" is "you are"."""
    out, before = [], ""
    for piece in _PIECE.findall(text):
        word = piece.lower().replace("\u2019", "'")
        if word == "was" and before == "i":
            piece = _BE_AFTER_I[word]
        elif before == "you" and word in _BE_AFTER_YOU:
            piece = _BE_AFTER_YOU[word]
        elif word in _TURNED:
            piece = _TURNED[word]
        out.append(piece)
        before = word if word.strip() else before
    return "".join(out)


def told(text: str) -> str:
    """A fact within a sentence: its first word is small unless it is a name."""
    first = text.split(" ", 1)[0]
    small = first.lower() in _TURNED or _ARTICLE.match(text.lower() + " ") is not None
    return turned(text[:1].lower() + text[1:] if small and first.lower() != "i" else text)


def is_own(text: str) -> bool:
    """Whether it is about whoever speaks."""
    return _FIRST_PERSON.search(text.lower()) is not None


def subject(text: str) -> str:
    """What a fact is about, without its article: "bike", "lucy's shoe size"; empty where nobody can tell."""
    found = _VERB.match(text.lower() + " ")
    name = _ARTICLE.sub("", found[1]) if found else ""
    name = re.sub(r"[^\w' -]", "", name.replace("\u2019", "'")).strip()
    return name if 0 < len(name.split()) <= LONGEST_SUBJECT else ""


def placed(text: str) -> str:
    """The thing of which a fact says where it is; empty if it says no such thing."""
    found = _PLACE.match(text.lower())
    return found[1] if found else ""
