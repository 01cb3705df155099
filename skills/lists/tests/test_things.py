"""Things: split, compared, found."""

from __future__ import annotations

import pytest

from skills.lists.things import fitting, has_amount, key, split


@pytest.mark.parametrize(("text", "parts"), [
    ("milk, eggs and two pounds of butter", ["milk", "eggs", "two pounds of butter"]),
    ("Milk, Eggs, and the Butter.", ["milk", "eggs", "butter"]),
    ("mac and cheese and peas", ["mac and cheese", "peas"]),
    ("some milk and also milk", ["milk"]),
    ("1,5 litres of milk", ["1,5 litres of milk"]),
    ("brandy", ["brandy"]),
])
def test_split(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_tasks_are_split_at_commas_only() -> None:
    assert split("call mum and dad, and buy stamps", tasks=True) == ["call mum and dad", "buy stamps"]


@pytest.mark.parametrize(("one", "other", "same"), [
    ("two pounds of butter", "butter", True), ("eggs", "a dozen eggs", True), ("tomatoes", "tomato", True),
    ("berries", "berry", True), ("oat milk", "milk", False), ("glass", "glas", False), ("bag of rice", "rice", False),
    ("a bag of rice", "rice", True),
])
def test_the_same_thing(one: str, other: str, same: bool) -> None:
    assert (key(one) == key(other)) is same


def test_amounts() -> None:
    things = ("two eggs", "a bag of rice", "12 eggs", "eggs")
    assert [has_amount(thing) for thing in things] == [True, True, True, False]


@pytest.mark.parametrize(("said", "found"), [
    ("milk", ["milk"]), ("oat", ["oat milk"]), ("cheese", ["goat cheese", "two blue cheeses"]), ("bread", []),
    ("the milk", ["milk"]),
])
def test_fitting(said: str, found: list[str]) -> None:
    assert fitting(said, ["milk", "oat milk", "goat cheese", "two blue cheeses"]) == found
