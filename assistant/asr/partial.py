"""Partial texts: how much of one stays when the next comes."""

from __future__ import annotations


def common_words(before: str, now: str) -> int:
    """Characters of the whole words that two texts begin with."""
    n = 0
    while n < min(len(before), len(now)) and before[n] == now[n]:
        n += 1
    if n == len(now) or (n == len(before) and now[n] == " "):
        return n
    return now.rfind(" ", 0, n) + 1
