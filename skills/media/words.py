"""What is said of players and of what they play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.skills import Answer, Outcome
from assistant.spoken import listed, sentence

from .daemon import NOTHING_QUEUED
from .players import Player

ALREADY = {
    "play": "{} already playing.", "pause": "{} already paused.", "stop": "{} already quiet.",
    "mute": "{} already muted.", "unmute": "{} not muted.", "set_volume": "{} already at {value} percent.",
    "shuffle": "Shuffle is already {value} for {who}.", "repeat": "Repeat is already {value} for {who}.",
}
"""What is said of players that were so; braces: "the TV is"."""
FAULTS = {
    "no_answer": "did not answer", "unavailable": "can't be reached", "unreachable": "can't be reached",
    "refused": "can't do that",
}
TOLD = {
    "nothing found": "I found nothing like that to play.", NOTHING_QUEUED: "There is nothing to go on with.",
    "is not playing": "Nothing is playing.",
}
"""Reasons of a refusal that are worth more than "can't do that"."""


def report(
    done: str, command: str, chosen: Sequence[Player], outcomes: Sequence[Outcome], value: object = ""
) -> Answer:
    """The answer to an order: what was done, and what was not.

    Args:
        done: what is said of those that did it: "Paused {}."
    """
    ids = tuple(one.id for one in chosen)
    of = {
        status: [player for player, outcome in zip(chosen, outcomes, strict=True) if outcome.status == status]
        for status in dict.fromkeys(outcome.status for outcome in outcomes)
    }
    if set(of) == {"already"}:
        return Answer(sentence(_already(command, chosen, value)), "already", devices=ids)
    parts = [sentence(done.format(named(of["done"])))] if "done" in of else []
    for status, text in FAULTS.items():
        if status in of:
            parts.append(_fault(status, text, of[status], outcomes))
    outcome = "done" if "done" in of else "refused" if "refused" in of else "failed"
    return Answer(" ".join(parts), outcome, devices=ids)


def _already(command: str, chosen: Sequence[Player], value: object) -> str:
    who = named(chosen)
    shown = ("on" if value else "off") if isinstance(value, bool) else value
    return ALREADY[command].format(f"{who} {'is' if len(chosen) == 1 else 'are'}", who=who, value=shown)


def _fault(status: str, text: str, chosen: Sequence[Player], outcomes: Sequence[Outcome]) -> str:
    reasons = [TOLD[outcome.detail] for outcome in outcomes if outcome.status == status and outcome.detail in TOLD]
    return reasons[0] if reasons else f"{sentence(named(chosen))} {text}."


def piece(state: Mapping[str, Any]) -> str:
    """What plays: "Blue Hour by Anna Berg"; empty if it does not say."""
    title, artist = str(state.get("title") or ""), str(state.get("artist") or "")
    return f"{title} by {artist}" if title and artist else title


def named(chosen: Sequence[Player]) -> str:
    """Players by name."""
    return listed([str(one) for one in chosen])


def braced(text: str) -> str:
    """A foreign text inside a template."""
    return text.replace("{", "{{").replace("}", "}}")
