"""The coffee skill that serves the recordings: every label can be said, in any order of its parts."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from assistant.grammar.base import View
from assistant.skills.harness import Harness, NotUnderstoodError

FOLDER = Path(__file__).parent / "coffee"


def spoken(slots: dict[str, str], order: tuple[str, ...], start: str) -> str:
    """A sentence with these slots."""
    parts = [slots[name] for name in order if name in slots]
    extras = " and ".join(slots[name] for name in ("milkAmount", "sugarAmount") if name in slots)
    return " ".join([start, *parts, slots["coffeeDrink"], *([f"with {extras}"] if extras else [])])


def labels(data: Path) -> list[dict[str, Any]]:
    return list(json.loads((data / "commands" / "coffee" / "labels.json").read_text("utf-8")).values())


async def test_every_label_is_understood_exactly(data: Path) -> None:
    async with Harness(FOLDER) as h:
        for label in labels(data):
            match = h.understand(spoken(label["slots"], ("size", "roast", "numberOfShots"), "can I get a"))
            assert match is not None
            assert (match.intent, match.slots) == (label["intent"], label["slots"])


async def test_the_parts_may_come_in_any_order() -> None:
    slots = {
        "size": "twelve ounce", "roast": "dark roast", "numberOfShots": "triple shot", "coffeeDrink": "iced coffee",
        "milkAmount": "a little bit of cream",
    }
    async with Harness(FOLDER) as h:
        for order in permutations(("size", "roast", "numberOfShots")):
            match = h.understand(spoken(slots, order, "I'd like a"))
            assert match is not None
            assert match.slots == slots


@pytest.mark.parametrize(("text", "answer"), [
    ("Make me a large latte with soy milk.", "Your order is one large latte with soy milk."),
    ("Can I have a 12 ounce ice coffee?", "Your order is one twelve ounce iced coffee."),
    ("get me an espresso", "Your order is one espresso."),
    (
        "brew a small light roast double-shot mocha with a lot of sugar and cream",
        "Your order is one small light roast double shot mocha with cream and a lot of sugar.",
    ),
])
async def test_answer_repeats_the_order(text: str, answer: str) -> None:
    async with Harness(FOLDER) as h:
        assert (await h.say(text)).text == answer


@pytest.mark.parametrize("text", ["large latte", "make me a large", "make me a sandwich", "with milk"])
async def test_less_or_other_is_no_order(text: str) -> None:
    async with Harness(FOLDER) as h:
        with pytest.raises(NotUnderstoodError):
            await h.say(text)


async def test_what_the_decoder_may_write_is_understood() -> None:
    async with Harness(FOLDER) as h:
        for sentence in h.grammar.sentences(View(("order",), skills=("coffee",)), 50, seed=3):
            assert h.understand(sentence) is not None, sentence
