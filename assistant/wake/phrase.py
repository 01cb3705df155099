"""Typed wake phrases: does this piece of sound begin with one of them?

The margin of a phrase is the log-probability of the best text that begins with it (then goes on freely) minus that of
the best free text. No training: any phrase that can be written can be heard.

A window that begins within a word of other speech may sound like a phrase. What came before it tells: where the first
look is not sure, a second hears the second before the window too, and asks whether the phrase, after whatever words,
still explains it. That refuses four of five false accepts in other people's talk, and of the doubtful phrases that were
really said in noise one in four: listening from a lower threshold on more than makes up for these.
"""

from __future__ import annotations

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
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import AudioError
from assistant.ranges import Threads
from assistant.wake.alignment import phrase_end, speech_start
from assistant.wake.base import WakeHit
from assistant.wake.scoring import Scoring, Wanted

LONGEST = 3 * SAMPLE_RATE
"""Samples scored at most; later sound cannot belong to a phrase at the beginning."""
SURE = -1.0
"""Score of a phrase of one word from which a second look would not change anything: nothing else scored as much in half
an hour of talk, for nine words."""
REFUSED = -99.0
"""Score of a phrase that a second look did not find."""
PER_WORD = -3.0
"""Added to the thresholds for each further word."""


@dataclass(frozen=True, slots=True)
class PhraseConfig:
    """Settings of the phrase scorer."""

    threshold: Annotated[float, Field(ge=-50.0, le=0.0)] = -6.0
    """Margin from which a phrase of one word counts as heard; each further word allows 3 less, because a name such as
    "Nova" is a rare word to the recogniser, while other speech never comes near two words."""
    threads: Threads = 1
    folder: str = ""
    """Folder of the model's files; empty for the installed package."""


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
        self.boundary: npt.NDArray[np.bool_] = np.array([_begins_word(piece) for piece in self.model.vocabulary.pieces])
        """For each token whether a word may have ended before it."""
        self.boundary[EOS] = True

    def score(
        self, pcm: bytes, sample: int, phrases: list[str], below: float = 0.0, before: int = 0
    ) -> list[WakeHit]:
        """Phrases with which the sound begins, surest first; see the contract.

        Raises:
            AudioError: the bytes are no int16 samples.
        """
        if len(pcm) % 2:
            raise AudioError(f"{len(pcm)} bytes are no int16 samples", where="phrase scorer")
        heard = np.frombuffer(pcm, "<i2")[: before + LONGEST].astype(np.float32) / 32768.0
        sound = heard[before:]
        if not phrases or loudest(sound) < QUIET:
            return []
        first = self._look(sound, phrases, below)
        found = {p: one for p, one in first.run().items() if one[0] >= self.threshold(p) - below}
        doubtful = [p for p, (score, _) in found.items() if before and score < SURE + further(p)]
        again = self._again(heard, doubtful, below)
        scores = {p: min(score, again.get(p, score)) for p, (score, _) in found.items()}
        hits = [
            self._hit(first.sound, sound, sample + before, p, score, found[p][1])
            for p, score in scores.items() if score >= self.threshold(p) - below
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    def margins(self, sound: Floats, phrases: list[str]) -> dict[str, float]:
        """Score of each phrase with which the sound begins, by a first look; missing where it was given up."""
        return {phrase: score for phrase, (score, _) in self._look(sound, phrases).run().items()}

    def _look(self, sound: Floats, phrases: list[str], below: float = 0.0, *, anywhere: bool = False) -> Scoring:
        wanted = [Wanted(self.phrase(phrase), self.threshold(phrase) - below) for phrase in phrases]
        return Scoring(self.model, self.boundary, sound, wanted, anywhere=anywhere)

    def _again(self, heard: Floats, doubtful: list[str], below: float) -> dict[str, float]:
        """What the scores come to with what was heard before."""
        if not doubtful:
            return {}
        found = self._look(heard, doubtful, below, anywhere=True).run()
        return {phrase: found[phrase][0] if phrase in found else REFUSED for phrase in doubtful}

    def threshold(self, phrase: str) -> float:
        """Margin from which a phrase counts as heard."""
        return self.config.threshold + further(phrase)

    def phrase(self, phrase: str) -> PhraseConstraint:
        if phrase not in self._phrases:
            self._phrases[phrase] = PhraseConstraint(phrase, self.model.vocabulary)
        return self._phrases[phrase]

    def _hit(
        self, place: Sound, sound: Floats, sample: int, phrase: str, margin: float, tokens: Tokens
    ) -> WakeHit:
        end = phrase_end(place, tokens, sound)
        return WakeHit(phrase, sample + speech_start(sound, end), sample + end, margin, self.threshold(phrase))


def further(phrase: str) -> float:
    """What a phrase's further words add to the thresholds."""
    return PER_WORD * (len(phrase.split()) - 1)


def _begins_word(piece: str) -> bool:
    return bool(piece) and not piece[0].isalnum() and piece[0] != "'"
