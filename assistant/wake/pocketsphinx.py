"""PocketSphinx's keyword spotting (extra ``pocketsphinx``): any phrase of English words, without training.

No neural network; in noise and on other people's speech it is far behind the backend ``phrase``. The model is the one
in its package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.asr.pocketsphinx import LOCK, decoder_class, model_file
from assistant.audio.frames import SAMPLE_RATE, Frame
from assistant.errors import BackendError
from assistant.wake.base import WakeHit

HOP = SAMPLE_RATE // 100
"""Samples of one of its frames."""
SEARCH = "wake"
PER_PHONE = -3.0
"""Powers of ten for each sound of the phrase, chosen by hand: the longer, the further it falls below free sounds."""
MODEL_DIR = "en-us/mdef"
DICTIONARY = "cmudict-en-us.dict"


@dataclass(frozen=True, slots=True)
class PocketSphinxWakeConfig:
    """Settings of the backend."""

    phrase: str
    """English words that the CMU dictionary has."""
    threshold: float = 0.0
    """Power of ten by which the phrase may be less likely than other sounds, such as -20: the lower, the fewer are
    missed and the more is accepted wrongly. 0: by the phrase's length."""


class PocketSphinxWake:
    """A typed phrase, spotted by hidden Markov models.

    Raises:
        ModelError: the model is missing or damaged.
        BackendError: pocketsphinx is not installed, or does not know a word of the phrase.
    """

    licence = "BSD-2-Clause"

    def __init__(self, config: PocketSphinxWakeConfig) -> None:
        self.config = config
        self._decoder = decoder_class("wake")
        for name in LOCK:
            if name.startswith("en-us/") or name == DICTIONARY:
                model_file(name)
        self._words = config.phrase.lower().split()
        decoder = self._new_decoder(-1.0)
        self._threshold = config.threshold or PER_PHONE * sum(map(len, _spoken(decoder, self._words)))
        self.stream().close()

    def stream(self) -> SphinxStream:
        """A detector of its own for one source."""
        return SphinxStream(self._new_decoder(self._threshold), self.config.phrase, " ".join(self._words))

    def _new_decoder(self, threshold: float) -> Any:
        return self._decoder(
            hmm=str(model_file(MODEL_DIR).parent), dict=str(model_file(DICTIONARY)), lm=None, loglevel="FATAL",
            kws_threshold=10.0**threshold,
        )


class SphinxStream:
    """One source's detector."""

    def __init__(self, decoder: Any, phrase: str, words: str) -> None:
        self._decoder = decoder
        self._phrase = phrase
        decoder.add_keyphrase(SEARCH, words)
        decoder.activate_search(SEARCH)
        self._usual = decoder.get_cmn(False)
        """The level that it expects of each channel before it has heard anything."""
        decoder.start_utt()
        self._began: int | None = None
        """First sample of what it hears as one utterance."""

    def feed(self, frame: Frame) -> list[WakeHit]:
        """Hits that end with this frame: at most one. Nothing after ``close``."""
        if self._decoder is None:
            return []
        if self._began is None:
            self._began = frame.sample
        self._decoder.process_raw(frame.pcm.astype("<i2").tobytes(), no_search=False, full_utt=False)
        if self._decoder.hyp() is None:
            return []
        segment = next(iter(self._decoder.seg()))
        start = self._began + max(0, segment.start_frame) * HOP
        end = min(frame.end, self._began + (segment.end_frame + 1) * HOP)
        self._decoder.end_utt()
        self._decoder.start_utt()
        self._began = frame.end
        return [WakeHit(self._phrase, min(start, end - 1), end, float(segment.prob))]

    def reset(self) -> None:
        """Forget the sound so far."""
        if self._decoder is not None:
            self._decoder.end_utt()
            self._decoder.set_cmn(self._usual)
            self._decoder.start_utt()
            self._began = None

    def close(self) -> None:
        """Give the model back; may be called twice."""
        self._decoder = None


def _spoken(decoder: Any, words: Sequence[str]) -> list[list[str]]:
    """The sounds of each word.

    Raises:
        BackendError: there are no words, or the dictionary lacks some.
    """
    where, mend = "wake: pocketsphinx", "use English words, or the backend 'phrase', which hears any"
    if not words:
        raise BackendError("the phrase has no words", where=where, mend=mend)
    found = [(word, decoder.lookup_word(word)) for word in words]
    unknown = [repr(word) for word, sounds in found if not sounds]
    if unknown:
        raise BackendError(f"does not know {' and '.join(unknown)}", where=where, mend=mend)
    return [sounds.split() for _, sounds in found]
