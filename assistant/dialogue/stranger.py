"""The thing that an order names and nobody here knows: "turn on the garage light" in a house without a garage.

Only words in the form of an order to a device are looked at; of others nobody can tell what they name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.dialogue.plainly import unasked

MOST_WORDS = 4
"""Of a name: more is something else that was not understood."""
_THE = r"(?:the |my |our |all (?:the )?)?"
_ORDERS = tuple(
    re.compile(rf"{order}$", re.IGNORECASE) for order in (
        rf"(?:turn|switch|put) (?:on|off) {_THE}(.+)",
        rf"(?:turn|switch|put) {_THE}(.+) (?:on|off)",
        rf"(?:open|close|shut|lock|unlock|dim|brighten|toggle) {_THE}(.+)",
    )
)


def stranger(words: str, known: Callable[[str], bool]) -> str:
    """The name in an order that means nothing here; empty where there is none, or it is known.

    Args:
        known: whether a device, a room or a group is called so.
    """
    plain = unasked(words.strip(" .,!?"))
    for order in _ORDERS:
        if found := order.match(plain):
            name = found[1].strip(" .,!?")
            return name if 0 < len(name.split()) <= MOST_WORDS and not known(name) else ""
    return ""
