"""Home Assistant's English sentences beside 200 devices: fast enough and small enough.

Bounds have room for a busy machine; ``pytest -s`` prints what was measured.
"""

from __future__ import annotations

import resource
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from assistant.grammar.base import TokenConstraint, Value, View, Vocabulary
from assistant.grammar.grammar import MOST_STATES, Grammar
from assistant.grammar.sentences import load_sentences_yaml
from tests.grammar.conftest import devices, household

KITCHEN = View(area="kitchen")


class Clock:
    """Processor seconds of a block: other programs do not count."""

    def __enter__(self) -> Clock:
        self._start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self._start


def test_compile_and_first_mask(intents: dict[str, Any], moonshine: Vocabulary) -> None:
    with Clock() as compiling:
        grammar = household(intents, 200)
    with Clock() as ready:
        constraint = grammar.constraint(moonshine, KITCHEN)
    with Clock() as first:
        constraint.allowed(constraint.start)
    with Clock() as again:
        for _ in range(1000):
            constraint.allowed(constraint.start)
    print(f"compile {compiling.seconds:.3f} s, constraint {ready.seconds * 1000:.0f} ms, first mask "
          f"{first.seconds * 1000:.0f} ms, again {again.seconds * 1000:.2f} us")  # fmt: skip
    assert compiling.seconds < 1.0 and first.seconds < 0.3 and again.seconds < 0.02


def test_a_new_device_is_heard_at_once(large: Grammar, moonshine: Vocabulary) -> None:
    large.constraint(moonshine, KITCHEN)
    spent = []
    for count in (201, 202, 203):
        with Clock() as clock:
            large.set_list("name", devices(count))
            constraint = large.constraint(moonshine, KITCHEN)
            said = "turn on the " + devices(count)[-1].said
            constraint.advance(constraint.start, said)
        assert large.contains(said.replace("turn on the", "how is"), KITCHEN)
        spent.append(clock.seconds)
    print(f"a device more: {sorted(spent)[1] * 1000:.0f} ms")
    assert sorted(spent)[1] < 0.05


def test_a_new_thing_on_a_list_is_heard_at_once(large: Grammar, moonshine: Vocabulary) -> None:
    """Beside 200 devices, Home Assistant's sentences and all skills that ship, with 900 things on the lists."""
    large = Grammar.load(large.dump())
    for file in sorted((Path(__file__).parents[2] / "skills").glob("*/sentences.yaml")):
        large.set_sentences(file.parent.name, load_sentences_yaml(file, file.parent.name))
    things = [Value(f"thing number {number}", number) for number in range(900)]
    large.set_list("item", things, "lists")
    large.constraint(moonshine, KITCHEN)
    spent = []
    for word in ("kohlrabi", "pak choi", "quark"):
        things.append(Value(word, word))
        with Clock() as clock:
            large.set_list("item", things, "lists")
            constraint = large.constraint(moonshine, KITCHEN)
            said = f"is {word} on the shopping list"
            constraint.advance(constraint.start, said)
        best = large.match(said, KITCHEN)[0]
        assert (best.intent, best.wildcards) == ("Has", 0)
        spent.append(clock.seconds)
    print(f"a thing more on a list: {sorted(spent)[1] * 1000:.0f} ms")
    assert sorted(spent)[1] < 0.1


def test_time_of_orders(intents: dict[str, Any], moonshine: Vocabulary) -> None:
    grammar = household(intents, 200)
    orders = list(grammar.sentences(KITCHEN, 40, seed=9))
    times = []
    for order in orders:
        constraint = grammar.constraint(moonshine, KITCHEN)
        times.append(mask_seconds(constraint, moonshine, " " + order))
    with Clock() as matching:
        for order in orders:
            grammar.match(order, KITCHEN)
    print(f"masks of an order: median {sorted(times)[20] * 1000:.0f} ms; match {matching.seconds * 25:.1f} ms")
    assert len(grammar.walker) < MOST_STATES * 2 and matching.seconds / 40 < 0.03


def mask_seconds(constraint: TokenConstraint, vocabulary: Vocabulary, text: str) -> float:
    """Processor seconds for the masks along one order, written in words."""
    seconds, state = 0.0, constraint.start
    for word in text.split():
        with Clock() as clock:
            constraint.allowed(state)
        seconds += clock.seconds
        after = constraint.advance(state, " " + word)
        assert after is not None
        state = after
    return seconds


def test_memory(intents: dict[str, Any], moonshine: Vocabulary) -> None:
    """In a process of its own: in this one, what other tests freed would be used again and not be seen."""
    context = get_context("spawn")
    measured = context.Queue()
    process = context.Process(target=measure_memory, args=(intents, moonshine.pieces, measured))
    process.start()
    held = measured.get(timeout=60)
    process.join()
    print(f"grammar and caches after 40 orders: {held:.0f} MB")
    assert 5 < held < 80


def measure_memory(intents: dict[str, Any], pieces: tuple[str, ...], measured: Any) -> None:
    vocabulary = Vocabulary(pieces, eos=2)
    before = resident_mb()
    grammar = household(intents, 200)
    for order in grammar.sentences(KITCHEN, 40, seed=9):
        mask_seconds(grammar.constraint(vocabulary, KITCHEN), vocabulary, " " + order)
    measured.put(resident_mb() - before)


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
