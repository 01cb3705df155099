"""One case of ``bench grammar``, measured in a process that has done nothing before."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import psutil

from assistant.asr.moonshine.files import TOKENIZER, model_files
from assistant.asr.moonshine.vocabulary import MoonshineVocabulary
from assistant.bench.crowd import LargeHome, other_skills, shipped_skills
from assistant.bench.newcomers import newcomer, through_worker
from assistant.grammar.base import TokenConstraint, View, Vocabulary
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import parse_sentences_yaml
from assistant.home.vocabulary import vocabulary
from assistant.home_assistant.sentences import SKILL, home_assistant_sentences
from assistant.skills import builtin

VIEW = View(area="kitchen")
COLD_ORDERS = 8
"""Orders for each of which the grammar is compiled anew."""
NEWCOMERS = 20
"""Devices that are added one after another, in this process, and then through a worker."""
LONGEST_PIECE = 24
"""Characters."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """What a grammar holds beside the shipped skills."""

    devices: int
    skills: int
    home_assistant: bool

    @property
    def name(self) -> str:
        """For keys: ``200d_20s_ha``."""
        return f"{self.devices}d_{self.skills}s" + ("_ha" if self.home_assistant else "")


@dataclass(slots=True)
class Measured:
    """What one process measured; times in milliseconds where the name says no other unit."""

    compile_seconds: float = 0.0
    compile_cpu_seconds: float = 0.0
    mb_compiled: float = 0.0
    mb: float = 0.0
    start_mask_ms: float = 0.0
    first_mask_ms: list[float] = field(default_factory=list)
    steady_mask_ms: list[float] = field(default_factory=list)
    order_ms_cold: list[float] = field(default_factory=list)
    order_ms_shared: list[float] = field(default_factory=list)
    order_ms_warm: list[float] = field(default_factory=list)
    new_device_ms: list[float] = field(default_factory=list)
    new_device_worker_ms: list[float] = field(default_factory=list)


def measure(case: Case, orders: int, seed: int) -> Measured:
    """Compile a case and use it; meant for a process of its own."""
    pieces = MoonshineVocabulary.load(model_files()[TOKENIZER]).grammar
    tokens = {piece: token for token, piece in enumerate(pieces.pieces) if piece}
    texts = {**shipped_skills(), **other_skills(case.skills)}
    found = Measured()
    gc.collect()
    before = rss_mb()
    busy = time.process_time()
    grammar, milliseconds = timed(lambda: compiled(case, texts, pieces))
    found.compile_seconds, found.compile_cpu_seconds = milliseconds / 1000, time.process_time() - busy
    _, found.start_mask_ms = timed(lambda: start_mask(grammar, pieces))
    found.mb_compiled = rss_mb() - before
    # The degree sign is no piece of Moonshine's.
    said = list(islice(filter(str.isascii, grammar.sentences(VIEW, 2 * orders, seed)), orders))
    for order in said:
        walk(found, grammar.constraint(pieces, VIEW), tokens, order)
    found.mb = rss_mb() - before
    for order in said[:COLD_ORDERS]:
        fresh = Grammar.load(grammar.dump()).constraint(pieces, VIEW)
        found.order_ms_cold.append(sum(mask_times(fresh, tokens, order)))
    home = LargeHome(case.devices)
    found.new_device_ms = [newcomer(grammar, home, pieces, VIEW, number) for number in range(NEWCOMERS)]
    found.new_device_worker_ms = asyncio.run(through_worker(grammar, home, VIEW, NEWCOMERS))
    return found


def compiled(case: Case, texts: Mapping[str, str], pieces: Vocabulary) -> Grammar:
    """The grammar of a case from the texts of its sentence files, ready to be asked."""
    grammar = Grammar()
    for name, values in vocabulary(LargeHome(case.devices)).items():
        grammar.set_list(name, values)
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    for name, text in texts.items():
        grammar.set_sentences(name, parse_sentences_yaml(text, name, name))
    if case.home_assistant:
        grammar.set_sentences(SKILL, home_assistant_sentences())
    grammar.constraint(pieces, VIEW)
    return grammar


def start_mask(grammar: Grammar, pieces: Vocabulary) -> None:
    """What may be said first."""
    constraint = grammar.constraint(pieces, VIEW)
    constraint.allowed(constraint.start)


def walk(found: Measured, constraint: TokenConstraint, tokens: Mapping[str, int], order: str) -> None:
    """An order for the first time and for the second."""
    first, again = mask_times(constraint, tokens, order), mask_times(constraint, tokens, order)
    found.first_mask_ms += first
    found.steady_mask_ms += again
    found.order_ms_shared.append(sum(first))
    found.order_ms_warm.append(sum(again))


def mask_times(constraint: TokenConstraint, tokens: Mapping[str, int], order: str) -> list[float]:
    """Milliseconds of each mask along an order, written with the longest pieces that the grammar allows."""
    state, rest, times = constraint.start, " " + order, []
    while True:
        (ids, states), milliseconds = timed(lambda at=state: constraint.allowed(at))  # type: ignore[misc]
        times.append(milliseconds)
        if not rest:
            return times
        token, place = longest(rest, ids, tokens)
        state, rest = int(states[place]), rest[len(token) :]


def longest(text: str, ids: npt.NDArray[np.int64], tokens: Mapping[str, int]) -> tuple[str, int]:
    """The longest allowed piece that a text begins with, and its place among the allowed."""
    for end in range(min(len(text), LONGEST_PIECE), 0, -1):
        if (token := tokens.get(text[:end])) is not None and (at := np.flatnonzero(ids == token)).size:
            return text[:end], int(at[0])
    raise AssertionError(f"the grammar's own sentence cannot be written: {text!r}")


def rss_mb() -> float:
    """Resident memory of this process; the proportional set would change with whoever shares libraries with it."""
    return float(psutil.Process().memory_info().rss / 2**20)


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """What a call gives, and its milliseconds."""
    began = time.perf_counter()
    return call(), 1000 * (time.perf_counter() - began)
