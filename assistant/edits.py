"""How far two sequences are apart."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def edits(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Levenshtein's distance: items to put in, leave out or change."""
    row = list(range(len(other) + 1))
    for number, item in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, another in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (item != another))
    return row[-1]
