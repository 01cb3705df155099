"""New devices for ``bench grammar``: how long until one that was just added is heard and understood."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from assistant.asr.client import RecognizerClient
from assistant.asr.moonshine.recognizer import MoonshineRecognizer
from assistant.asr.service import RecognizerService
from assistant.bench.crowd import LargeHome
from assistant.dialogue.keeper import GrammarKeeper
from assistant.grammar.base import TokenConstraint, View, Vocabulary
from assistant.grammar.edits import view_from, view_to
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Device
from assistant.home.vocabulary import vocabulary
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

COLOURS = ("amber", "crimson", "emerald", "golden", "indigo", "ivory", "lilac", "ruby", "scarlet", "silver")
THINGS = ("lantern", "fountain", "projector", "aquarium", "treadmill", "pump", "robot", "globe")
SERVICE = f"{__name__}:AskedRecognizer"


class AskedRecognizer(RecognizerService):
    """The recogniser's service, with a question to its copy of the grammar."""

    def hears(self, text: str, view: Mapping[str, Any]) -> bool:
        """Whether the decoder may write a text now; its first mask is made, as it is when speech begins."""
        recognizer = self._recognizer
        assert isinstance(recognizer, MoonshineRecognizer)
        return heard(self._grammar.constraint(recognizer.model.vocabulary.grammar, view_from(view)), text)


def heard(constraint: TokenConstraint, text: str) -> bool:
    """Whether a whole sentence may be written; makes the first mask."""
    after = constraint.advance(constraint.start, text)
    return len(constraint.allowed(constraint.start)[0]) > 0 and after is not None and constraint.is_final(after)


def added(home: LargeHome, number: int) -> tuple[Device, str]:
    """A device that was not there before, and the order that names it."""
    name = f"{COLOURS[number % len(COLOURS)]} {THINGS[number // len(COLOURS) % len(THINGS)]}"
    device = Device.model_validate({"id": name.replace(" ", "_"), "name": name, "kind": "switch", "area": "kitchen"})
    home.devices[device.id] = device
    return device, f"turn on the {name}"


def newcomer(grammar: Grammar, home: LargeHome, pieces: Vocabulary, view: View, number: int) -> float:
    """Milliseconds until a device that was added is heard and understood in this process."""
    constraint = grammar.constraint(pieces, view)
    device, order = added(home, number)
    assert constraint.advance(constraint.start, order) is None
    began = time.perf_counter()
    for name, values in vocabulary(home).items():
        grammar.set_list(name, values)
    accepted = heard(grammar.constraint(pieces, view), order) and grammar.match(order, view)
    took = time.perf_counter() - began
    assert accepted and accepted[0].slots["name"] == device.id
    return 1000 * took


async def through_worker(grammar: Grammar, home: LargeHome, view: View, count: int) -> list[float]:
    """The same by the agent's way: keeper, client, and a recogniser in its own process."""
    worker = Worker(WorkerSpec("recogniser", SERVICE, {"backend": "moonshine"}))
    client = RecognizerClient(worker, grammar)
    keeper = GrammarKeeper(grammar)
    keeper.set_lists(vocabulary(home))
    await worker.start()
    try:
        await client.warm(view)
        return [await _through_worker(client, keeper, home, view, number) for number in range(-count, 0)]
    finally:
        await worker.close()


async def _through_worker(
    client: RecognizerClient, keeper: GrammarKeeper, home: LargeHome, view: View, number: int
) -> float:
    changed = asyncio.Event()
    keeper.on_change = changed.set
    device, order = added(home, number)
    began = time.perf_counter()
    keeper.set_lists_soon(lambda: vocabulary(home))
    await changed.wait()
    await client.sync()
    accepted = await client.worker.call("hears", order, view_to(view)) and keeper.grammar.match(order, view)
    took = time.perf_counter() - began
    assert accepted and accepted[0].slots["name"] == device.id
    return 1000 * took
