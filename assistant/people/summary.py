"""What the rules let one person do, in words: for the command and the page."""

from __future__ import annotations

from collections.abc import Collection

from assistant.people.rules import EVERYONE, GUESTS, HOUSEHOLD, Rules


def rights_of(rules: Rules, name: str, groups: Collection[str]) -> list[tuple[str, str]]:
    """``may``, ``may not`` or ``is asked for more``, and the rule that says so.

    Args:
        name: of the person; empty: of whoever is not known.
        groups: of theirs, beside the household.
    """
    mine = {name, HOUSEHOLD, EVERYONE, GUESTS, *groups} if name else {EVERYONE, GUESTS}
    kinds = (("may", rules.allow), ("may not", rules.deny), ("is asked for more", rules.ask))
    return [(title, str(rule)) for title, kind in kinds for rule in kind if not mine.isdisjoint(rule.who)]
