"""Notes: taken down as they are spoken, read back with the time they were taken, found by their words, deleted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.skills import Answer, Cancelled, Context, Refusal, Skill, intent
from assistant.skills.finding import best
from assistant.skills.services import StoreApi

from .moments import spoken_moment

NOTES = "notes"
"""Name under which they are kept, the oldest first."""
MOST_NOTES = 300
MOST_TOLD = 3
"""So many at a time."""
DICTATED = (
    "{anything:text}",
    "[please] (take|make|write) [down] (a|another|the|this) [new|quick] note [that|saying|to self] {anything:text}",
    "[please] (note|write|jot) [this|that] down [that] {anything:text}",
    "[please] (note|write|jot) down [that] {anything:text}",
)
"""A note that was asked for; who orders one again dictates only what follows."""
_SEVERAL = re.compile(r"\b(?:notes|all|every)\b")


@dataclass(frozen=True, slots=True)
class Note:
    """One note."""

    text: str
    at: datetime


class Notes(Skill):
    """Notes. They are of whoever speaks, where that is known."""

    @intent("Take")
    async def take(self, ctx: Context, text: str = "") -> Answer:
        words = ctx.written(text) if text else (await ctx.ask("What shall I write down?", DICTATED)).slots["text"]
        notes = await _kept(ctx)
        if len(notes) >= MOST_NOTES:
            raise Refusal(f"There are {MOST_NOTES} notes already. Let me delete some first.")
        await _keep(ctx, [*notes, Note(words, ctx.now)])
        return Answer(f"Noted: {words}.")

    @intent("Read")
    async def read(self, ctx: Context) -> Answer:
        notes = (await _kept(ctx))[::-1]
        if not notes:
            return Answer("There are no notes.", "info")
        if not _SEVERAL.search(ctx.text):
            first = re.search(r"\bfirst\b", ctx.text) is not None
            return Answer(f"{_told(notes[-1 if first else 0], ctx.now)}.", "info")
        opening = "There is one note. " if len(notes) == 1 else f"There are {len(notes)} notes. "
        return await _read(ctx, opening, notes)

    @intent("Find")
    async def find(self, ctx: Context, text: str) -> Answer:
        notes = (await _kept(ctx))[::-1]
        at, whole = best(text, [note.text for note in notes])
        if not at:
            return Answer(f"No note mentions {text}.", "failed")
        found = [notes[number] for number in at]
        opening = "" if len(found) == 1 else f"{len(found)} notes fit. "
        if not whole:
            opening = f"No note has all of “{text}”, but this comes near. "
        return await _read(ctx, opening, found)

    @intent("DeleteLast")
    async def delete_last(self, ctx: Context) -> Answer:
        notes = await _kept(ctx)
        if not notes:
            return Answer("There are no notes.", "already")
        await _keep(ctx, notes[:-1])
        return Answer(f"Deleted: {notes[-1].text}.")

    @intent("DeleteAll")
    async def delete_all(self, ctx: Context) -> Answer:
        count = len(await _kept(ctx))
        if not count:
            return Answer("There are no notes.", "already")
        if count > 1 and not await ctx.confirm(f"Delete all {count} notes?"):
            raise Cancelled
        await _keep(ctx, [])
        return Answer("The note is deleted." if count == 1 else f"All {count} notes are deleted.")


async def _read(ctx: Context, opening: str, notes: Sequence[Note]) -> Answer:
    """Notes in pieces, as far as somebody wants to hear them."""
    while len(notes) > MOST_TOLD + 1:
        piece, notes = notes[:MOST_TOLD], notes[MOST_TOLD:]
        told = ". ".join(_told(note, ctx.now) for note in piece)
        if not await ctx.confirm(f"{opening}{told}. There are {len(notes)} more. Shall I go on?"):
            return Answer("Okay.", "info")
        opening = ""
    return Answer(f"{opening}{'. '.join(_told(note, ctx.now) for note in notes)}.", "info")


def _told(note: Note, now: datetime) -> str:
    when = spoken_moment(note.at, now)
    return f"{when[0].upper()}{when[1:]}: {note.text}"


def _store(ctx: Context) -> StoreApi:
    return ctx.personal if ctx.person else ctx.store


async def _kept(ctx: Context) -> list[Note]:
    held = await _store(ctx).get(NOTES, [])
    return [Note(str(one["text"]), datetime.fromisoformat(one["at"])) for one in held]


async def _keep(ctx: Context, notes: Sequence[Note]) -> None:
    plain = [{"text": note.text, "at": note.at.isoformat(timespec="seconds")} for note in notes]
    await _store(ctx).set(NOTES, plain or None)
