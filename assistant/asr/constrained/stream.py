"""One utterance under the grammar: sound as it comes, partials, and the reading of a finished utterance."""

from __future__ import annotations

import time
from dataclasses import replace

from assistant.asr.base import Hypothesis, Reading
from assistant.asr.constrained.confidence import Evidence, confidence
from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import BeamConfig, Found, Heard, Searcher, Sentence, Task, Tokens
from assistant.asr.constrained.windows import LONGEST, Carried, cut_at, leading
from assistant.asr.heard import QUIET, heard, loudest, made_up
from assistant.asr.partial import common_words
from assistant.asr.utterance import Utterance
from assistant.audio.frames import Floats, Pcm
from assistant.grammar.base import TokenConstraint

READINGS = 5
"""Most readings of one hypothesis."""
MADE_UP_SURETY = 0.8
"""Most confidence of a sentence that the recogniser also writes on noise ("thank you"): enough after a wake word."""
SHOWN = 0.5
"""Confidence from which a partial shows the sentence and not the free text."""


class ConstrainedStream:
    """One utterance; see the contract.

    Args:
        constraint: what may be said, and the grammar's version; None for open dictation.
        prefix: the phrase that opens the sound.
    """

    def __init__(
        self, searcher: Searcher, config: BeamConfig, constraint: tuple[TokenConstraint, int] | None,
        prefix: PhraseConstraint | None,
    ) -> None:
        self._searcher = searcher
        self._config = config
        # What a partial shows needs no alternatives, but the free text and the sentence must be there to build on.
        self._quick = replace(config, width=max(2, config.width // 2), alternatives=1.0)
        self._constraint: TokenConstraint | None = constraint[0] if constraint else None
        self._version = constraint[1] if constraint else 0
        self._prefix = prefix
        self._utterance = Utterance()
        self._carried = [Carried()]
        self._drafts: list[Tokens] = []
        self._partial = ""
        self.evidence: dict[str, Evidence] = {}
        """What spoke for each sentence of the last result, by its text."""

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound, gapless.

        Raises:
            AudioError: it is not int16 mono or does not follow what came before.
        """
        self._utterance.feed(pcm, sample)

    def partial(self) -> tuple[str, int]:
        """Words so far, and how many of their characters did not change since the last time."""
        hypothesis = self._decode(None, self._quick)
        best = hypothesis.best
        text = best.text if best is not None and best.confidence >= SHOWN else hypothesis.free_text
        stable = common_words(self._partial, text)
        self._partial = text
        return text, stable

    def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        """Read the sound up to sample ``end`` as a finished utterance.

        What is older than a window was read quickly, once; ``careful`` is for the rest.
        """
        return self._decode(end, self._config, careful)

    def close(self) -> None:
        """Forget the sound."""
        self._utterance.clear()
        self._drafts.clear()

    def _decode(self, end: int | None, config: BeamConfig, careful: bool = False) -> Hypothesis:
        sound, start, stop = self._utterance.until(end)
        nothing = Hypothesis(start=start, end=stop, grammar_version=self._version)
        if loudest(sound) < QUIET:
            return nothing
        began = time.perf_counter()
        carried = self._carry(sound)
        place = self._searcher.hear(sound[carried.samples :], self._drafts, careful)
        encoded = time.perf_counter()
        found = self._search(place, carried, config)
        self._drafts = [found.free_draft, *(sentence.draft for sentence in found.sentences if sentence.final)]
        readings = self._readings(found, carried)
        free = f"{carried.free} {self._free_text(found)}".strip()
        if not heard(free) and not (readings and readings[0].confidence >= SHOWN):
            return nothing
        return replace(
            nothing, readings=readings, free_text=free, free_score=carried.free_score + found.free_score,
            seconds={"encode": encoded - began, "decode": time.perf_counter() - encoded},
        )

    def _search(self, place: Heard, carried: Carried, config: BeamConfig) -> Found:
        constraint = None if carried.lost else self._constraint
        prefix = self._prefix if not carried.samples else None
        return place.find(Task(config, constraint, prefix, carried.state))

    def _carry(self, sound: Floats) -> Carried:
        """What was said before the last window of the sound; reads pieces that have become older than that."""
        while len(self._carried) > 1 and self._carried[-1].samples > len(sound):
            self._carried.pop()
        while len(sound) - self._carried[-1].samples > LONGEST:
            carried = self._carried[-1]
            rest = sound[carried.samples :]
            piece = rest[: cut_at(rest)]
            found = self._search(self._searcher.hear(piece, self._drafts), carried, self._quick)
            best = leading(found)
            text = self._searcher.text(best.tokens) if best else ""
            self._carried.append(carried.after(len(piece), found, self._free_text(found), text))
            self._drafts = []
        return self._carried[-1]

    def _free_text(self, found: Found) -> str:
        text = heard(self._searcher.text(found.free))
        return text.lstrip(",.!?- ") if self._prefix is not None else text

    def _readings(self, found: Found, carried: Carried) -> tuple[Reading, ...]:
        """Whole sentences by their worth, and the surest unfinished one where its confidence puts it."""
        self.evidence = {}
        readings = [self._reading(sentence, found, carried) for sentence in found.sentences]
        whole = [reading for reading in readings if reading.complete]
        unfinished = max((r for r in readings if not r.complete), key=lambda r: r.confidence, default=None)
        if unfinished is not None and (not whole or unfinished.confidence > whole[0].confidence):
            whole.insert(0, unfinished)
        return tuple(whole[:READINGS])

    def _reading(self, sentence: Sentence, found: Found, carried: Carried) -> Reading:
        assert self._constraint is not None
        margin = carried.score + sentence.score - carried.free_score - found.free_score
        evidence = Evidence(
            margin, self._pieces(carried.tokens + len(sentence.tokens)),
            self._pieces(carried.free_tokens + len(found.free)),
            carried.free_score + found.free_score - found.prefix_score, self._pieces(sentence.open_tokens),
        )
        text = f"{carried.sentence} {self._searcher.text(sentence.tokens)}".strip()
        self.evidence[text] = evidence
        return Reading(
            text=text, margin=margin, confidence=self._confidence(text, evidence), complete=sentence.final,
            can_go_on=self._constraint.can_go_on(sentence.state),
        )

    def _pieces(self, tokens: int) -> int:
        """Sub-word pieces that so many tokens make: confidence was fitted on those, not on letters."""
        return round(tokens / self._searcher.tokens_per_piece)

    def _confidence(self, text: str, evidence: Evidence) -> float:
        surety = confidence(evidence)
        return min(surety, MADE_UP_SURETY) if made_up(text) else surety
