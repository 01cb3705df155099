"""Several orders in one sentence: "close the blinds and turn on the light" is two, where no one sentence says both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.grammar.base import Match, View
from assistant.skills import builtin

MOST = 4
"""Orders in one breath; whoever says more is telling a story."""
MOST_JOINTS = 8
_BETWEEN = "and then|and also|and|then|und dann|und|y luego|y|et puis|et"
"""Words between orders, of all languages in which the assistant answers: each order must have a meaning by itself."""
_JOINT = re.compile(rf"(?:[.;,]\s*|\s+)(?:{_BETWEEN})\s+|[.;,]\s+", re.IGNORECASE)

Meaning = Callable[[str, View], Match | None]


def several(words: str, view: View, meaning: Meaning) -> tuple[Match, ...]:
    """The orders of which a sentence consists, as few as possible; empty if it is no such sentence.

    A later order may lean on the one before it ("and the bedroom too"), if both are of the same skill.
    """
    joints = list(_JOINT.finditer(words))[:MOST_JOINTS]
    if not joints:
        return ()
    for count in range(2, MOST + 1):
        found = next(_split(words, 0, joints, count, view, meaning), ())
        if found:
            return found
    return ()


def _split(
    words: str, start: int, joints: list[re.Match[str]], count: int, view: View, meaning: Meaning,
    before: Match | None = None,
) -> Iterator[tuple[Match, ...]]:
    """Ways to read the words from ``start`` on as ``count`` orders."""
    if count == 1:
        match = _order(words[start:], view, meaning, before)
        if match is not None:
            yield (match,)
        return
    for number, joint in enumerate(joints):
        first = _order(words[start:joint.start()], view, meaning, before)
        if first is not None:
            rests = _split(words, joint.end(), joints[number + 1:], count - 1, view, meaning, first)
            yield from ((first, *others) for others in rests)


def _order(words: str, view: View, meaning: Meaning, before: Match | None) -> Match | None:
    match = meaning(words, view)
    if match is None and before is not None:
        leaning = replace(view, scopes=tuple(dict.fromkeys((*view.scopes, "follow_up"))))
        match = meaning(words, leaning) or meaning(f"and {words}", leaning)
        if match is not None and match.skill != before.skill:
            return None
    return match if match is not None and match.skill != builtin.SKILL else None
