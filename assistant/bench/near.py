"""Sentences that are nearly orders: other drinks and devices, and talk about both. All are outside the grammar."""

from __future__ import annotations

from pathlib import Path

from assistant.audio.frames import Pcm
from assistant.testing.voices import say

FILE = Path(__file__).with_name("near_orders.txt")
VOICES = ("piper", "espeak:en-us", "espeak:en-gb", "espeak:en-us+f3")


def near_orders() -> list[str]:
    """The sentences, one a line of the file."""
    return FILE.read_text(encoding="utf8").splitlines()


def spoken(number: int, text: str) -> Pcm:
    """A sentence in one of four synthetic voices, in turn."""
    return say(text, VOICES[number % len(VOICES)])
