"""The lists skill by its sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.skills.harness import Harness, trial

FOLDER = Path(__file__).parents[1]


async def told(h: Harness, text: str, *replies: str) -> str:
    return (await h.say(text, replies=replies)).text


@trial
async def test_several_things_in_one_breath(h: Harness) -> None:
    said = "Add milk, eggs and two pounds of butter to the shopping list."
    assert await told(h, said) == "Milk, eggs and two pounds of butter added to the shopping list."
    assert await told(h, "we need more Tea") == "Tea added to the shopping list; that makes 4 things."
    answer = "There are 4 things on the shopping list: milk, eggs, two pounds of butter and tea."
    assert await told(h, "what's on the list") == answer


@trial
async def test_what_is_there_already_is_said(h: Harness) -> None:
    await h.say("add two pounds of butter to the list")
    answer = await h.say("add butter to the list")
    assert (answer.text, answer.outcome) == ("Already on the shopping list: butter.", "already")
    assert await told(h, "add butter and eggs to the list") == (
        "Eggs added to the shopping list; that makes 2 things. Already there: butter."
    )
    assert await told(h, "add three pounds of butter to the list") == (
        "Three pounds of butter added to the shopping list; that makes 2 things."
    )
    assert await told(h, "is butter on the list") == "Yes: three pounds of butter."


@trial
async def test_taken_off_again_and_put_back(h: Harness) -> None:
    await h.say("add tea to the list")
    await h.say("add milk and eggs to the list")
    assert await told(h, "take it off again") == "Milk and eggs taken off the shopping list again."
    assert await told(h, "put it back on the list") == (
        "Milk and eggs added to the shopping list; that makes 3 things."
    )
    await h.say("remove eggs from the list")
    assert await told(h, "add that again to the list") == "Eggs added to the shopping list; that makes 3 things."
    await h.wait(300)
    assert (await h.say("take that off again")).outcome == "refused"


@trial
async def test_a_thing_is_taken_off_by_the_words_that_name_it(h: Harness) -> None:
    for item in ("oat milk", "two bottles of milk", "a birthday card for gran"):
        await h.say(f"add {item} to the shopping list")
    answer = "Two bottles of milk taken off the shopping list. 2 things left."
    assert await told(h, "take the milk off the list") == answer
    assert await told(h, "take the milk off the list") == "Oat milk taken off the shopping list. One thing left."
    assert (await h.say("take the milk off the list")).text == "Not on the shopping list: milk."
    assert await told(h, "remove the card from the list") == (
        "A birthday card for gran taken off the shopping list. Nothing left."
    )


@trial
async def test_several_that_fit_are_asked_about(h: Harness) -> None:
    await h.say("add goat cheese and blue cheese to the shopping list")
    assert await told(h, "take cheese off the list", "the blue cheese") == (
        "Blue cheese taken off the shopping list. One thing left."
    )
    assert h.questions == ["Which one: goat cheese or blue cheese?"]


@trial
async def test_more_than_one_thing_is_erased_after_a_yes_only(h: Harness) -> None:
    await h.say("add milk and eggs to the list")
    for replies in ((), ("no",), ("never mind",)):
        assert (await h.say("clear the shopping list", replies=replies)).outcome == "cancelled"
    assert await told(h, "how many things are on the list") == "There are 2 things on the shopping list."
    assert await told(h, "clear the shopping list", "yes") == "The shopping list is empty now."
    assert h.questions[-1] == "Remove all 2 things from the shopping list?"
    assert (await h.say("wipe everything off the shopping list")).outcome == "already"
    await h.say("add milk to the list")
    before = len(h.questions)
    assert await told(h, "delete the shopping list") == "The shopping list is empty now."
    assert len(h.questions) == before


@trial
async def test_a_list_of_ones_own_is_made_filled_and_deleted(h: Harness) -> None:
    answer = await h.say("make a new list called Christmas presents")
    assert answer.text == "The christmas presents list is ready. What goes on it?" and answer.continue_conversation
    assert await told(h, "oh and add a kite") == "A kite added to the christmas presents list."
    assert (await h.say("create a christmas presents list")).outcome == "already"
    assert await told(h, "which lists do I have") == (
        "There is the shopping list with nothing on it, the to-do list with nothing on it and the christmas presents "
        "list with one thing on it."
    )
    assert await told(h, "we're out of milk") == "Milk added to the shopping list."
    assert (await h.say("get rid of the christmas presents list")).outcome == "cancelled"
    assert await told(h, "get rid of the christmas presents list", "yes") == "The christmas presents list is deleted."
    assert (await h.say("what's on the christmas presents list")).outcome == "refused"


@trial
async def test_a_list_that_is_not_there_is_offered(h: Harness) -> None:
    assert (await h.say("add sunscreen to the packing list", replies=["no"])).outcome == "cancelled"
    assert (await h.say("what's on the packing list")).text == "There is no packing list."
    assert await told(h, "add sunscreen to the packing list", "yes please") == "Sunscreen added to the packing list."
    assert h.questions[-1] == "There is no packing list yet. Shall I make one?"
    assert await told(h, "create a new list", "camping") == "The camping list is ready. What goes on it?"


@trial
async def test_names_and_things_are_known_words_at_once(h: Harness) -> None:
    await h.say("add kohlrabi, pak choi to the packing list", replies=["yes"])
    for text in ("is pak choi on the packing list", "add kohlrabi and milk to the packing list", "remove pak choi"):
        match = h.understand(text)
        assert match is not None and match.wildcards == 0
    await h.say("remove kohlrabi from the packing list")
    match = h.understand("have we got kohlrabi on the packing list")
    assert match is not None and match.wildcards == 1


@trial
async def test_a_long_list_is_read_in_pieces(h: Harness) -> None:
    for number in range(16):
        await h.say(f"add number {number} bulbs to the list")
    answer = await h.say("read me the shopping list", replies=["yes", "yes"])
    assert h.questions == [
        "There are 16 things on the shopping list: " + ", ".join(f"number {n} bulbs" for n in range(7))
        + ", and 9 more. Shall I go on?",
        ", ".join(f"number {n} bulbs" for n in range(7, 14)) + ", and 2 more. Shall I go on?",
    ]
    assert answer.text == "Then number 14 bulbs and number 15 bulbs."
    assert (await h.say("read me the shopping list", replies=["no thanks"])).text == "Okay."


@trial
async def test_what_is_to_be_done(h: Harness) -> None:
    await h.say("add call mum and dad to my to do list")
    await h.say("put do the ironing on the to do list")
    assert await told(h, "what do I have to do") == (
        "There are 2 things on the to-do list: call mum and dad and do the ironing."
    )
    assert await told(h, "I've done the ironing, you can check it off my to do list") == (
        "Done: do the ironing. One thing left."
    )
    assert await told(h, "tick off call mum and dad") == "Done: call mum and dad. Nothing left."
    assert (await h.say("tick off water the plants")).outcome == "already"


@trial
async def test_what_is_mine_is_mine_and_what_we_buy_is_ours(h: Harness) -> None:
    h.person = "anna"
    await h.say("add milk to my shopping list")
    await h.say("add call the bank to my to do list")
    await h.say("add a kite to my list")
    assert await told(h, "what's on my list") == "There is one thing on your list: a kite."
    h.person = "ben"
    assert await told(h, "what's on the shopping list") == "There is one thing on the shopping list: milk."
    assert await told(h, "what's on my to do list") == "Your to-do list is empty."
    assert await told(h, "what's on my list") == "Your list is empty."
    h.person = "anna"
    assert await told(h, "what's on the to do list") == "There is one thing on your to-do list: call the bank."
    assert await told(h, "what's on our to do list") == "The to-do list is empty."


@trial
async def test_what_was_added_is_taken_back_when_the_speaker_goes_on(h: Harness) -> None:
    await h.say("add milk to the list", turn="one")
    await h.say("add milk and eggs to the list", turn="one")
    assert await told(h, "what's on the list") == "There are 2 things on the shopping list: milk and eggs."


@pytest.mark.parametrize("text", ["we need to talk", "add five minutes", "turn it off again", "remove the timer"])
async def test_other_matters_are_left_to_others(text: str) -> None:
    async with Harness(FOLDER) as h:
        assert h.understand(text) is None


async def test_a_full_list_takes_nothing_more() -> None:
    async with Harness(FOLDER) as h:
        await h.say("add milk to the list")
        data = h.requests._parts.data
        await data.set("lists", "shopping", [f"thing {number}" for number in range(300)])
        answer = await h.say("add one more lamp to the list")
        assert answer.outcome == "refused" and "300" in answer.text
        assert len(await data.get("lists", "shopping")) == 300
