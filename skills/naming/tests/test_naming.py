"""The naming skill: it asks before it listens to another name, and says what speaks against it."""

from __future__ import annotations

from assistant.skills.harness import Harness, trial


@trial
async def test_a_name_is_taken_after_a_yes(h: Harness) -> None:
    answer = await h.say("call yourself Nova from now on", replies=["yes"])
    assert h.questions == ["Shall I listen to “Nova” from now on?"]
    assert answer.text == "From now on I listen to “Nova”." and h.waking.phrase == "Nova"


@trial
async def test_without_a_yes_nothing_changes(h: Harness) -> None:
    for replies in (["no"], [], ["never mind"]):
        assert (await h.say("your name is now computer", replies=replies)).outcome == "cancelled"
        assert h.waking.phrase == "hey nova"


@trial
async def test_what_speaks_against_a_name_is_said_first(h: Harness) -> None:
    h.waking.against = ["it is short (2 sounds)", "it is an everyday word"]
    await h.say("call yourself go", replies=["yes"])
    assert h.questions == [
        "One thing about “go”: it is short (2 sounds). Shall I listen to it from now on all the same?"
    ]
    assert h.waking.phrase == "go"


@trial
async def test_what_nobody_can_say_is_refused(h: Harness) -> None:
    answer = await h.say("call yourself brrr")
    assert (answer.outcome, h.questions) == ("refused", [])
    assert answer.text == "I can't be called brrr: nobody can say 'brrr': it has no vowel."


@trial
async def test_its_own_name_is_no_news(h: Harness) -> None:
    assert (await h.say("call yourself hey nova")).outcome == "already"


@trial
async def test_a_name_that_was_longer_takes_the_place_of_its_beginning(h: Harness) -> None:
    await h.say("call yourself hey", replies=["yes"], turn="one")
    await h.say("call yourself hey jarvis", replies=["yes"], turn="one")
    assert h.waking.phrase == "hey jarvis"
    await h.say("what's your name", turn="one")
    assert h.waking.phrase == "hey nova", "the order itself was taken back"


@trial
async def test_words_of_the_order_are_none_of_the_name(h: Harness) -> None:
    for said, name in (("nova please", "nova"), ("hey jarvis from now on please", "hey jarvis"), ("now", "now")):
        await h.say(f"call yourself {said}", replies=["yes"])
        assert h.waking.phrase == name
