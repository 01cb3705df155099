"""What people say of themselves, as it is said to them: "take my pills" is told as "take your pills"."""

from __future__ import annotations

_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "we": "you", "us": "you",
    "our": "your", "ours": "yours", "ourselves": "yourselves", "am": "are", "i'm": "you're", "i've": "you've",
    "i'll": "you'll", "i'd": "you'd", "we're": "you're", "we've": "you've", "we'll": "you'll", "we'd": "you'd",
}
_WAS = ("i", "me")


def turned(words: str) -> str:
    """Words that somebody said of himself, as they are said to him."""
    said = words.split()
    return " ".join(
        "were" if word.lower() == "was" and before.lower() in _WAS else _TURNED.get(word.lower(), word)
        for before, word in zip(["", *said], said, strict=False)
    )
