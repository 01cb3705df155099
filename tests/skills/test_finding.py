"""Short texts found by their words."""

from __future__ import annotations

import pytest

from assistant.skills.finding import best, content

TEXTS = ("my bike is in the cellar", "I parked on level three", "the spare key is under the pot", "Ben's bike is red")


@pytest.mark.parametrize(("query", "found", "whole"), [
    ("my bike", [0], True), ("the bike", [0, 3], True), ("i park", [1], True), ("ben's bike", [3], True),
    ("Ben's red bikes", [3], True), ("keys", [2], True), ("lucy's bike", [0, 3], False), ("the tent", [], False),
    ("the big red tent", [], False), ("where is it", [], True),
])
def test_best(query: str, found: list[int], whole: bool) -> None:
    assert best(query, TEXTS) == (found, whole)


def test_content_is_stems_without_empty_words() -> None:
    assert content("Where are the berries that I picked?") == content("berry pick")
    assert content("what did I tell you about it") == frozenset()


def test_nothing_is_found_in_nothing() -> None:
    assert best("bike", ()) == ([], False)
