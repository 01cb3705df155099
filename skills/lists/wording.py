"""How lists are spoken of."""

from __future__ import annotations

from assistant.spoken import sentence


def counted(count: int) -> str:
    """So many things."""
    return "one thing" if count == 1 else f"{count} things" if count else "nothing"


def contents(title: str, count: int) -> str:
    """How much is on a list, as a sentence without its end."""
    if not count:
        return f"{sentence(title)} is empty"
    return f"There {'is one thing' if count == 1 else f'are {count} things'} on {title}"
