"""The notes skill by its sentences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from assistant.clock import run_virtual
from assistant.skills.harness import Harness, trial
from skills.notes.moments import spoken_moment

FOLDER = Path(__file__).parents[1]
NOON = datetime(2026, 3, 4, 12, tzinfo=timezone(timedelta(hours=1)))


async def answer(h: Harness, text: str, *replies: str) -> str:
    return (await h.say(text, replies=replies)).text


def test_notes_are_read_with_their_times() -> None:
    async def trying() -> None:
        async with Harness(FOLDER, now=NOON.replace(tzinfo=None)) as h:
            await h.say("take a note the boiler man is coming back in march")
            await h.wait(86_400 + 300)
            assert await answer(h, "Note down the car park code is 4417, Ben.") == (
                "Noted: the car park code is 4417, Ben."
            )
            assert await answer(h, "read me my notes") == (
                "There are 2 notes. Today at 12:05 PM: the car park code is 4417, Ben. "
                "Yesterday at noon: the boiler man is coming back in march."
            )
            assert await answer(h, "what did I write down last") == "Today at 12:05 PM: the car park code is 4417, Ben."
            assert await answer(h, "read my first note") == "Yesterday at noon: the boiler man is coming back in march."

    run_virtual(trying())


@trial
async def test_who_orders_the_note_again_dictates_what_follows(h: Harness) -> None:
    for reply in ("take a note: buy candles", "note down buy candles", "buy candles"):
        assert await answer(h, "take a note", reply) == "Noted: buy candles."
    assert await answer(h, "take a note", "the note is on the fridge") == "Noted: the note is on the fridge."


@trial
async def test_many_are_read_in_pieces(h: Harness) -> None:
    for number in range(8):
        await h.say(f"note that box {number} is full")
    said = await answer(h, "what notes have I got", "yes")
    assert said == "Okay."
    assert h.questions[0].startswith("There are 8 notes. Today at ")
    assert h.questions[0].endswith("box 5 is full. There are 5 more. Shall I go on?")
    assert "box 4 is full" in h.questions[1]
    assert (await answer(h, "read out all the notes", "yes", "yes")).endswith("box 0 is full.")


@trial
async def test_found_by_their_words(h: Harness) -> None:
    for text in ("the boiler man is coming back in march", "ask tom about the boiler", "the bins go out on monday"):
        await h.say(f"make a note that {text}")
    assert (await answer(h, "find the note about tom")).endswith(": ask tom about the boiler.")
    assert (await answer(h, "search my notes for boiler")).startswith("2 notes fit. ")
    near = await answer(h, "do I have a note about the boiler pressure")
    assert near.startswith("No note has all of “the boiler pressure”, but this comes near. ")
    assert (await h.say("which note mentions walnuts")).outcome == "failed"


@trial
async def test_all_are_deleted_after_a_yes_only(h: Harness) -> None:
    assert (await h.say("delete all my notes")).outcome == "already"
    await h.say("note to self stop buying cheap batteries")
    await h.say("new note ask tom about the ladder")
    assert (await h.say("throw away every note you have")).outcome == "cancelled"
    assert h.questions[-1] == "Delete all 2 notes?"
    assert await answer(h, "scrap that note I just made") == "Deleted: ask tom about the ladder."
    assert await answer(h, "delete all my notes") == "The note is deleted."
    assert (await h.say("delete the last note")).outcome == "already"


@trial
async def test_notes_are_of_whoever_speaks(h: Harness) -> None:
    h.person = "anna"
    await h.say("take a note buy a kite for ben")
    h.person = "ben"
    assert await answer(h, "read me my notes") == "There are no notes."


@pytest.mark.parametrize(("past", "said"), [
    (timedelta(minutes=3), "today at 11:57 AM"), (timedelta(hours=12), "today at midnight"),
    (timedelta(hours=13), "yesterday at 11 PM"), (timedelta(days=3), "on Sunday at noon"),
    (timedelta(days=20), "on February 12th"), (timedelta(days=103), "on November 21st, 2025"),
])
def test_moments(past: timedelta, said: str) -> None:
    assert spoken_moment((NOON - past).astimezone(UTC), NOON) == said
