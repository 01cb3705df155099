"""Conversation memory, what is said on failure, and the order of the fallback chain."""

from __future__ import annotations

import asyncio

import pytest

from assistant.dialogue import phrases
from assistant.dialogue.chain import Chain, Found, LateLink
from assistant.dialogue.conversation import MEMORY_SECONDS, Conversation
from assistant.errors import WorkerLost
from assistant.grammar.base import Match, View


def test_conversation_forgets_what_it_means_but_not_what_it_said() -> None:
    conversation = Conversation()
    conversation.understood("home.TurnOn", {"name": "lamp"}, "turn on the lamp", 10.0)
    conversation.answered("Turned on the lamp.", ["lamp"])
    assert conversation.snapshot(20.0)["devices"] == ["lamp"]
    assert conversation.snapshot(11.0 + MEMORY_SECONDS) == {"answer": "Turned on the lamp.", "unheard": ""}


def test_second_failure_says_what_can_be_said() -> None:
    examples = ["turn on the light", "set a timer for five minutes", "what time is it"]
    assert "You can say" not in phrases.not_understood("blah.", 1, examples)
    second = phrases.not_understood("blah.", 2, examples)
    assert "“blah”" in second and "“what time is it”" in second


@pytest.mark.parametrize(("heard", "answer"), [
    ("yes", "There is nothing to confirm."),
    ("Yes, please.", "There is nothing to confirm."),
    ("okay", "There is nothing to confirm."),
    ("no", "There is no question to say no to."),
    ("no thanks", "There is no question to say no to."),
    ("yes we have no bananas", "I heard “yes we have no bananas”. I can't do that."),
    ("", "I didn't get that."),
])
@pytest.mark.parametrize("failures", [1, 2])
def test_a_yes_or_no_that_nobody_asked_for_is_told_so(heard: str, answer: str, failures: int) -> None:
    assert phrases.not_understood(heard, failures, []) == answer


def test_a_name_that_nothing_here_has_is_said() -> None:
    answer = "I heard “turn on the garage light”. There is nothing called garage light here."
    assert phrases.not_understood("turn on the garage light.", 1, [], "garage light") == answer


def test_chain_asks_in_order_and_names_the_link() -> None:
    asked: list[str] = []

    def nobody(reading: str, heard: str, view: View) -> Match | None:
        asked.append("grammar")
        return None

    def somebody(reading: str, heard: str, view: View) -> Match | None:
        asked.append("open")
        return Match("skill", "Intent", {}, heard)

    chain = Chain([("grammar", nobody), ("open", somebody), ("never", nobody)])
    found = chain.understand("a", "b", View())
    assert found is not None and found.link == "open" and found.match.text == "b"
    assert asked == ["grammar", "open"]
    assert Chain([("grammar", nobody)]).understand("a", "b", View()) is None


async def test_links_that_are_waited_for_have_a_budget_and_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    async def slow(words: str, view: View) -> Found | None:
        await asyncio.sleep(30)
        return Found(Match("slow", "Intent", {}, words), "slow")

    async def broken(words: str, view: View) -> Found | None:
        raise WorkerLost("is not running")

    async def silent(words: str, view: View) -> Found | None:
        return None

    async def unsure(words: str, view: View) -> Found | None:
        return Found(Match("skill", "Intent", {}, words), "unsure", sure=False, certainty=0.7)

    late = [LateLink("slow", slow, 0.02), LateLink("broken", broken, 1.0), LateLink("silent", silent, 1.0)]
    assert await Chain([], late).consider("words", View()) is None
    assert "slow" in caplog.text and "is not running" in caplog.text
    found = await Chain([], [*late, LateLink("unsure", unsure, 1.0)]).consider("words", View())
    assert found is not None and (found.link, found.sure, found.match.text) == ("unsure", False, "words")
    assert Chain([], late).understand("words", "words", View()) is None, "it was not waited for"
