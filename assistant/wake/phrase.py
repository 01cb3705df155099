"""Typed wake phrases: does this piece of sound begin with one of them?

The margin of a phrase is the log-probability of the best text that begins with it (then goes on freely) minus that of
the best free text. No training: any phrase that can be written can be heard.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import Tokens
from assistant.asr.heard import QUIET, loudest
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.sound import Sound
from assistant.asr.moonshine.tree import Place
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import AudioError
from assistant.ranges import Threads
from assistant.wake.alignment import phrase_end, speech_start
from assistant.wake.base import WakeHit

LONGEST = 3 * SAMPLE_RATE
"""Samples scored at most; later sound cannot belong to a phrase at the beginning."""
SPELLINGS = 3
"""Ways to spell a phrase that are followed at once; the best is nearly always among the first two."""
BEHIND = 14.0
"""A spelling so far behind the free text of its length is given up: it never came back to a margin that counts."""
TOKENS_PER_SECOND = 8.0
ALONE = 2.0
"""Added to the log-probability of the spelled phrase by itself; the lesser of this and the margin counts. In sound that
the recogniser cannot read the free text is as unlikely as the phrase, and the margin says nothing: on short windows of
other speech "stop" has margins up to 8, but is rarely likely by itself."""
PER_WORD = -3.0
"""Added to the threshold for each further word."""


@dataclass(frozen=True, slots=True)
class PhraseConfig:
    """Settings of the phrase scorer."""

    threshold: Annotated[float, Field(ge=-50.0, le=0.0)] = -3.5
    """Margin from which a phrase of one word counts as heard; each further word allows 3 less, because a name such as
    "Nova" is a rare word to the recogniser, while other speech never comes near two words."""
    threads: Threads = 1
    folder: str = ""
    """Folder of the model's files; empty for the installed package."""


@dataclass(slots=True)
class _Row:
    """A text that begins with a phrase, or is on the way to."""

    phrase: PhraseConstraint
    state: int | None
    """Letters of the phrase written; None when it is whole and the text goes on freely."""
    tokens: Tokens
    score: float
    parent: Place
    spelled: int = 0
    """Tokens of the phrase."""
    alone: float = 0.0
    """Log-probability of these."""


class MoonshinePhraseScorer:
    """The phrase scorer on Moonshine.

    Raises:
        ModelError: the model is missing or damaged.
    """

    def __init__(self, config: PhraseConfig | None = None, model: MoonshineModel | None = None) -> None:
        self.config = config or PhraseConfig()
        folder = Path(self.config.folder).expanduser() if self.config.folder else None
        self.model = model or MoonshineModel(folder, self.config.threads)
        self._phrases: dict[str, PhraseConstraint] = {}
        self._boundary = np.array([_begins_word(piece) for piece in self.model.vocabulary.pieces])
        self._boundary[EOS] = True

    def score(self, pcm: bytes, sample: int, phrases: list[str], below: float = 0.0) -> list[WakeHit]:
        """Phrases with which the sound begins, surest first; see the contract.

        Raises:
            AudioError: the bytes are no int16 samples.
        """
        if len(pcm) % 2:
            raise AudioError(f"{len(pcm)} bytes are no int16 samples", where="phrase scorer")
        sound = np.frombuffer(pcm, "<i2")[:LONGEST].astype(np.float32) / 32768.0
        if not phrases or loudest(sound) < QUIET:
            return []
        scoring = _Scoring(self, sound, [self.phrase(phrase) for phrase in phrases], below)
        heard = {p: found for p, found in scoring.run().items() if found[0] >= self.threshold(p) - below}
        hits = [self._hit(scoring.sound, sound, sample, p, *found) for p, found in heard.items()]
        return sorted(hits, key=lambda hit: -hit.score)

    def margins(self, sound: Floats, phrases: list[str]) -> dict[str, float]:
        """Margin of each phrase; missing where it was given up as hopeless."""
        return {p: m for p, (m, _) in _Scoring(self, sound, [self.phrase(p) for p in phrases]).run().items()}

    def threshold(self, phrase: str) -> float:
        """Margin from which a phrase counts as heard."""
        return self.config.threshold + PER_WORD * (len(phrase.split()) - 1)

    def phrase(self, phrase: str) -> PhraseConstraint:
        if phrase not in self._phrases:
            self._phrases[phrase] = PhraseConstraint(phrase, self.model.vocabulary)
        return self._phrases[phrase]

    @property
    def boundary(self) -> npt.NDArray[np.bool_]:
        """For each token whether a word may have ended before it."""
        return self._boundary

    def _hit(
        self, place: Sound, sound: Floats, sample: int, phrase: str, margin: float, tokens: Tokens
    ) -> WakeHit:
        end = phrase_end(place, tokens, sound)
        return WakeHit(phrase, sample + speech_start(sound, end), sample + end, margin, self.threshold(phrase))


class _Scoring:
    """One piece of sound against some phrases."""

    def __init__(
        self, scorer: MoonshinePhraseScorer, sound: Floats, phrases: list[PhraseConstraint], below: float = 0.0
    ) -> None:
        self._scorer = scorer
        self._below = below
        self.sound = Sound(scorer.model, sound)
        self._limit = round(len(sound) / SAMPLE_RATE * TOKENS_PER_SECOND) + 5
        first = self.sound.first
        self._rows = [_Row(phrase, 0, (), 0.0, first) for phrase in phrases]
        self._free: tuple[Tokens, float, Place] | None = ((), 0.0, first)
        self._free_score = 0.0
        self._whole: dict[str, tuple[float, float, Tokens]] = {}

    def run(self) -> dict[str, tuple[float, Tokens]]:
        """Margin and tokens of each phrase that was not given up."""
        for _ in range(self._limit):
            if not self._rows:
                break
            self._step()
        for row in self._rows:
            if row.state is None:
                self._finish(row, row.score)
        return {
            phrase: (min(score - self._free_score, alone + ALONE), tokens)
            for phrase, (score, alone, tokens) in self._whole.items()
        }

    def _step(self) -> None:
        rows, free = self._rows, self._free
        parents = [row.parent for row in rows] + ([free[2]] if free else [])
        tokens = [row.tokens for row in rows] + ([free[0]] if free else [])
        places = [self.sound.first] * len(tokens)
        if tokens[0]:
            places = self.sound.look(parents, tokens, [False] * len(tokens))
        if free:
            self._step_free(free, places[-1])
        after: dict[str, list[_Row]] = {}
        for row, place in zip(rows, places, strict=False):
            after.setdefault(row.phrase.phrase, []).extend(self._children(row, place))
        self._rows = [
            row for children in after.values()
            for row in heapq.nlargest(SPELLINGS, children, key=lambda row: row.score) if self._may_win(row)
        ]

    def _may_win(self, row: _Row) -> bool:
        """Whether the row can still be of interest; its score only falls, and so does the free text's until its end."""
        least = self._scorer.threshold(row.phrase.phrase) - self._below
        if row.state is not None and row.score + ALONE < least:
            return False
        return row.score >= self._free_score + (min(-BEHIND, least) if self._free is not None else least)

    def _step_free(self, free: tuple[Tokens, float, Place], place: Place) -> None:
        token = int(place.logits.argmax())
        self._free_score = free[1] + place.log_probability(token)
        self._free = None if token == EOS else ((*free[0], token), self._free_score, place)

    def _children(self, row: _Row, place: Place) -> list[_Row]:
        if row.state is None:
            return self._go_on(row, place, int(place.logits.argmax()))
        if row.state == row.phrase.end:
            logits = np.where(self._scorer.boundary, place.logits, -np.inf)
            return self._go_on(row, place, int(logits.argmax()))
        ids, states = row.phrase.allowed(row.state)
        scores = place.logits[ids] - place.total
        best = np.argsort(-scores)[:SPELLINGS]
        return [
            _Row(row.phrase, int(states[i]), (*row.tokens, int(ids[i])), row.score + float(scores[i]), place,
                 len(row.tokens) + 1, row.score + float(scores[i]))
            for i in best
        ]

    def _go_on(self, row: _Row, place: Place, token: int) -> list[_Row]:
        score = row.score + place.log_probability(token)
        if token == EOS:
            self._finish(row, score)
            return []
        return [_Row(row.phrase, None, (*row.tokens, token), score, place, row.spelled, row.alone)]

    def _finish(self, row: _Row, score: float) -> None:
        known = self._whole.get(row.phrase.phrase)
        if known is None or score > known[0]:
            self._whole[row.phrase.phrase] = (score, row.alone, row.tokens[: row.spelled])


def _begins_word(piece: str) -> bool:
    return bool(piece) and not piece[0].isalnum() and piece[0] != "'"
