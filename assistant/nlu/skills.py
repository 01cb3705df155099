"""Understanding the loaded skills: learns from samples of their sentences, guesses; the grammar gives the meaning."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.nlu.background import background_lesson, load_background
from assistant.nlu.base import Example
from assistant.nlu.encoder import Encoder
from assistant.nlu.intents import Features, spelled
from assistant.nlu.knowledge import Knowledge, load_knowledge, save_knowledge
from assistant.nlu.learning import Lesson, Measured, encode, learn
from assistant.nlu.rewriting import Rewriter
from assistant.nlu.samples import PER_RULE, sample
from assistant.skills import builtin

log = logging.getLogger(__name__)

FEW_ASKED = 0.02
"""Share of sentences on other matters that may be asked about; fewer still may be done."""
SCOPES = ("order",)
MOST_WEIGHED = 5
"""Intents that are told to whoever asks why."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A meaning that was guessed."""

    match: Match
    certainty: float
    sure: bool
    """False: ask first."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a lesson was."""

    examples: int
    seconds: float
    measured: Measured | None = None
    """None: nothing had to be learned."""


class SkillUnderstanding:
    """Guesses what orders to the loaded skills mean.

    Args:
        grammar: of the skills and the household; nobody may edit it while ``learn`` runs.
        background: what is no order; None for that of the package.
    """

    def __init__(
        self, grammar: Grammar, encoder: Encoder | None = None, background: Features | None = None,
        per_rule: int = PER_RULE,
    ) -> None:
        self.grammar = grammar
        self._encoder = encoder or Encoder()
        self._background = load_background() if background is None else background
        self._per_rule = per_rule
        self._encoded: dict[tuple[Example, ...], Lesson] = {}
        """Lessons by rule: only what is new is encoded again."""
        self._knowledge: Knowledge | None = None

    @property
    def ready(self) -> bool:
        """Whether it has learned anything."""
        return self._knowledge is not None

    def learn(self, say: Callable[[str], None] = log.debug) -> Learned | None:
        """Learn the grammar's sentences as they are now; None: they are of fewer than two intents.

        What was known before is used until this ends.
        """
        began = time.perf_counter()
        lessons = self._lessons()
        if len({example.intent for lesson in lessons for example in lesson.examples}) < 2:
            self._knowledge = None
            return None
        home = _joined(lessons)
        whole = home + background_lesson(home.features.states, self._background)
        model, measured = learn(whole, self._encoder, say=say, few_asked=FEW_ASKED, hurried=True)
        self._knowledge = Knowledge(self._key(), model, Rewriter(home.examples, home.features.states))
        return Learned(len(home.examples), time.perf_counter() - began, measured)

    def learn_or_load(self, folder: Path | None) -> Learned | None:
        """Learn, unless the folder holds what was learned from the same sentences and names; then it is kept there."""
        began = time.perf_counter()
        key = self._key()
        self._knowledge = (load_knowledge(folder, key, self._encoder) if folder else None) or self._knowledge
        if self._knowledge is not None and self._knowledge.key == key:
            return Learned(len(self._knowledge.rewriter), time.perf_counter() - began)
        learned = self.learn()
        if folder is not None and self._knowledge is not None:
            save_knowledge(folder, self._knowledge)
        return learned

    def understand(self, text: str, view: View | None = None, grammar: Grammar | None = None) -> Meant | None:
        """What a sentence means; None: nothing that the skills do, or nothing was learned yet.

        Args:
            grammar: that gives the meaning; None for the one that was learned.
        """
        known = self._knowledge
        if known is None or not text.strip():
            return None
        encoded = self._encoder.encode(text)
        guess = known.model.guess_encoded(text, encoded)
        if not guess.in_scope:
            return None
        found = known.rewriter.rewrite(
            grammar or self.grammar, view or View(), text, guess.intent, guess.slots, encoded.sentence
        )
        return None if found is None else Meant(found.match, guess.certainty, guess.sure and found.exact)

    def weigh(self, text: str) -> dict[str, object]:
        """The likeliest intents of a sentence and what follows from them, as plain data; empty: nothing was learned."""
        known = self._knowledge
        if known is None or not text.strip():
            return {}
        encoded, model = self._encoder.encode(text), known.model
        found = model.classifier.probabilities(Features(encoded.sentence[None], spelled(text)[None]))[0]
        best = [(model.intents[at], round(float(found[at]), 4)) for at in np.argsort(-found)[:MOST_WEIGHED]]
        calibration, guess = model.calibration, model.guess_encoded(text, encoded)
        return {"guesses": best, "certainty": guess.certainty, "ask": calibration.refuse, "sure": calibration.sure}

    def _key(self) -> str:
        """Names what there is to learn: sentences, lists, and how many are drawn."""
        held = {**self.grammar.dump(), "version": 0, "per_rule": self._per_rule, "background": len(self._background)}
        return hashlib.sha256(json.dumps(held, sort_keys=True, default=str).encode()).hexdigest()

    def _lessons(self) -> list[Lesson]:
        """The examples of each rule, encoded."""
        fresh: dict[tuple[Example, ...], Lesson] = {}
        for sampled in sample(self.grammar, View(SCOPES), self._per_rule):
            if sampled.examples and sampled.rule.skill != builtin.SKILL:
                key = sampled.examples
                fresh[key] = self._encoded.get(key) or encode(key, self._encoder, tagged=True)
        self._encoded = fresh
        return list(fresh.values())


def _joined(lessons: list[Lesson]) -> Lesson:
    features = Features(
        np.concatenate([lesson.features.states for lesson in lessons]),
        np.concatenate([lesson.features.spelled for lesson in lessons]),
    )
    examples = [example for lesson in lessons for example in lesson.examples]
    return Lesson(examples, features, [one for lesson in lessons for one in lesson.sentences])


def plain(meant: Meant | None) -> dict[str, object] | None:
    """As plain data, for another process."""
    if meant is None:
        return None
    match = meant.match
    held = {"skill": match.skill, "intent": match.intent, "slots": match.slots, "text": match.text}
    return {**held, "meant": match.meant, "certainty": meant.certainty, "sure": meant.sure}


def meant_from(data: Mapping[str, object] | None) -> Meant | None:
    """The meaning that ``plain`` described."""
    if data is None:
        return None
    slots, meant = data["slots"], data["meant"]
    assert isinstance(slots, dict) and isinstance(meant, dict)
    match = Match(str(data["skill"]), str(data["intent"]), slots, str(data["text"]), meant=meant)
    return Meant(match, float(str(data["certainty"])), bool(data["sure"]))
