"""The memory skill by its sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.skills.harness import Harness, trial
from skills.memory.facts import is_own, placed, subject, told, turned

FOLDER = Path(__file__).parents[1]


async def answer(h: Harness, text: str, *replies: str) -> str:
    return (await h.say(text, replies=replies)).text


@trial
async def test_what_was_told_is_found_by_its_words(h: Harness) -> None:
    assert await answer(h, "remember that my bike is in the cellar") == "I'll remember that your bike is in the cellar."
    await h.say("Remember that Lucy's shoe size is thirty one.")
    await h.say("remember I parked on level three")
    assert await answer(h, "where is my bike") == "Your bike is in the cellar."
    assert await answer(h, "what is lucy's shoe size") == "Lucy's shoe size is thirty one."
    assert await answer(h, "where did I park") == "You parked on level three."
    assert await answer(h, "what did I tell you about shoes") == "Lucy's shoe size is thirty one."
    none = await h.say("where is the passport")
    assert (none.text, none.outcome) == ("Nobody has told me about the passport.", "failed")


@trial
async def test_several_and_half_known_things_are_told_as_what_they_are(h: Harness) -> None:
    await h.say("remember the spare key is under the flower pot")
    await h.say("remember that the garage key hangs in the hall")
    assert await answer(h, "where is the key") == (
        "I know this: the garage key hangs in the hall; and the spare key is under the flower pot."
    )
    assert await answer(h, "where is the spare key") == "The spare key is under the flower pot."
    assert await answer(h, "where is the cellar key") == (
        "I'm not sure about the cellar key, but I know this: the garage key hangs in the hall; and the spare key is "
        "under the flower pot."
    )


@trial
async def test_what_is_known_is_a_known_word_at_once(h: Harness) -> None:
    assert h.understand("what is the garden code word") is None
    await h.say("remember the garden code word is melon")
    match = h.understand("what's the garden code word")
    assert match is not None and match.wildcards == 0
    assert await answer(h, "what's the garden code word") == "The garden code word is melon."
    await h.say("forget the garden code word")
    assert h.understand("what is the garden code word") is None


@trial
async def test_a_thing_is_in_one_place(h: Harness) -> None:
    await h.say("remember that my bike is in the cellar")
    assert (await h.say("remember that my bike is in the cellar")).outcome == "already"
    assert await answer(h, "remember my bike is at the station") == (
        "I'll remember that your bike is at the station, and forget where it was."
    )
    assert await answer(h, "where's my bike") == "Your bike is at the station."


@trial
async def test_forgetting_one_thing(h: Harness) -> None:
    await h.say("remember the wifi password is green elephant")
    await h.say("remember the tent belongs to uncle dave")
    await h.say("remember the tent is in the attic")
    assert await answer(h, "you can forget the wifi password now") == (
        "I've forgotten that the wifi password is green elephant."
    )
    assert await answer(h, "forget what I said about the tent", "the second one") == (
        "I've forgotten that the tent is in the attic."
    )
    assert (await h.say("forget the tent poles", replies=["no"])).outcome == "cancelled"
    assert h.questions[-1] == "Do you mean: the tent belongs to uncle dave?"
    assert (await h.say("forget that my bike is red")).outcome == "already"


@trial
async def test_everything_is_told_in_pieces_and_forgotten_after_a_yes(h: Harness) -> None:
    assert (await h.say("what do you remember")).text == "You have told me nothing to remember yet."
    for number in range(5):
        await h.say(f"remember box {number} is full")
    assert await answer(h, "what do you remember", "yes") == "Box 1 is full; and box 0 is full."
    assert h.questions == [
        "I know 5 things: box 4 is full; box 3 is full; and box 2 is full. There are 2 more. Shall I go on?"
    ]
    assert (await h.say("forget everything I ever told you")).outcome == "cancelled"
    assert h.questions[-1] == "Forget all 5 things that I was told?"
    assert await answer(h, "forget everything I ever told you", "yes") == "I've forgotten everything that I was told."
    assert (await h.say("forget everything")).outcome == "already"


@trial
async def test_what_has_no_room_is_refused_and_forgetting_makes_some(h: Harness) -> None:
    assert (await h.say(f"remember that the box is {'x' * 1000}")).text == "That is too long for me to remember."
    word = "x" * 960
    for number in range(41):
        await h.say(f"remember that box {number} is {word}")
        await h.wait(1)
    full = await h.say(f"remember that box 41 is {word}")
    assert (full.outcome, full.text[-25:]) == ("refused", "Let me forget some first.")
    await h.say("forget box 3", replies=["yes"])
    assert (await h.say(f"remember that box 41 is {word}")).outcome == "done"


@trial
async def test_my_things_are_mine(h: Harness) -> None:
    h.person = "anna"
    await h.say("remember that my bike is in the cellar")
    await h.say("remember that the tent is in the attic")
    h.person = "ben"
    assert (await h.say("where is my bike")).outcome == "failed"
    assert await answer(h, "where is the tent") == "The tent is in the attic."


@trial
async def test_what_is_to_be_done_is_a_reminder(h: Harness) -> None:
    said = await h.say("remember to buy milk")
    assert said.outcome == "refused" and "remind me to buy milk" in said.text


@pytest.mark.parametrize(("text", "back"), [
    ("my bike is in the cellar", "your bike is in the cellar"), ("I am allergic", "you are allergic"),
    ("I was born in May", "you were born in May"), ("your name is Nova", "my name is Nova"),
    ("you are mine", "I am yours"), ("The key is ours", "the key is yours"), ("Lucy likes me", "Lucy likes you"),
    ("i'm tall", "you're tall"),
])
def test_told_back(text: str, back: str) -> None:
    assert told(text) == back


@pytest.mark.parametrize(("text", "about", "place"), [
    ("The spare key is under the pot", "spare key", "the spare key"), ("ben doesn't like fish", "ben", ""),
    ("lucy's shoe size is 31", "lucy's shoe size", ""), ("I parked on level three", "", ""),
    ("the bikes are in the shed", "bikes", "the bikes"),
])
def test_what_a_fact_is_about(text: str, about: str, place: str) -> None:
    assert (subject(text), placed(text)) == (about, place)


def test_whose_it_is() -> None:
    assert [is_own(text) for text in ("my bike", "I parked", "the army", "our tent")] == [True, True, False, False]
    assert turned("where I parked") == "where you parked"


@pytest.mark.parametrize("text", ["what is the capital of france", "what time is it", "who is the president"])
async def test_general_questions_are_left_to_others(text: str) -> None:
    async with Harness(FOLDER) as h:
        assert h.understand(text) is None
