"""How lists are spoken of."""

from __future__ import annotations

from collections.abc import Sequence


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Parts as one says them: "milk, eggs and tea"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def sentence(text: str) -> str:
    """With a capital."""
    return text[:1].upper() + text[1:]


def counted(count: int) -> str:
    """So many things."""
    return "one thing" if count == 1 else f"{count} things" if count else "nothing"


def contents(title: str, count: int) -> str:
    """How much is on a list, as a sentence without its end."""
    if not count:
        return f"{sentence(title)} is empty"
    return f"There {'is one thing' if count == 1 else f'are {count} things'} on {title}"
