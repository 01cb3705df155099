"""One utterance of a recogniser that writes text: read again as it grows, stable where two readings agree."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from assistant.asr.base import Hypothesis, Word
from assistant.asr.fold import fold
from assistant.asr.heard import QUIET, heard, loudest
from assistant.asr.partial import common_words
from assistant.asr.text.base import Transcriber, Transcript, WordTranscriber
from assistant.asr.text.reading import Allowed, reading_of
from assistant.asr.utterance import Utterance
from assistant.audio.frames import Pcm
from assistant.grammar.base import TokenConstraint


class TextStream:
    """One utterance; see the contract.

    Args:
        allowed: what may be said.
        prefix: words that open the sound; left out of the text.
        language: of the text; says what of it cannot have been spoken.
        partials: whether the sound may be read again and again while somebody speaks.
    """

    def __init__(
        self, transcriber: Transcriber, allowed: Allowed, prefix: str = "", *, language: str = "en",
        partials: bool = True,
    ) -> None:
        self._transcriber = transcriber
        self._constraint: TokenConstraint | None
        self._constraint, self._version = allowed or (None, 0)
        self._prefix = fold(prefix)
        self._language = language
        self._partials = partials
        self._sound = Utterance()
        self._partial = ""
        self._known: tuple[int, Transcript] | None = None
        """The last end that was read, and its text: a pause asks for it as partial and as decision."""

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound, gapless.

        Raises:
            AudioError: it is not int16 mono or does not follow what came before.
        """
        self._sound.feed(pcm, sample)

    def partial(self) -> tuple[str, int]:
        """Words so far, and how many of their characters did not change since the last time."""
        text = self._so_far() if self._partials else ""
        stable = common_words(self._partial, text)
        self._partial = text
        return text, stable

    def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        """Read the sound up to sample ``end`` as a finished utterance; there is no more careful way."""
        sound, start, stop = self._sound.until(end)
        nothing = Hypothesis(start=start, end=stop, grammar_version=self._version)
        if loudest(sound) < QUIET:
            return nothing
        began = time.perf_counter()
        if self._known is None or self._known[0] != stop:
            self._known = stop, self._transcriber.transcribe(sound)
        transcript = self._known[1]
        transcript = replace(transcript, text=self._spoken(transcript.text))
        if not transcript.text:
            return nothing
        reading = reading_of(transcript, self._constraint) if self._constraint is not None else None
        return replace(
            nothing, readings=(reading,) if reading is not None else (), free_text=transcript.text,
            seconds={"decode": time.perf_counter() - began},
        )

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of the last text with their times, see ``WordTimes``; none where the library knows none."""
        if self._known is None or not isinstance(self._transcriber, WordTranscriber):
            return ()
        sound, start, stop = self._sound.until(self._known[0])
        words = [word for word in self._transcriber.words(sound) if heard(word.text, self._language)]
        while words and fold(" ".join(word.text for word in words)) != fold(text):
            words.pop(0)  # the prefix
        return tuple(
            replace(word, start=min(stop, start + (word.start or 0)), end=min(stop, start + (word.end or 0)))
            for word in words
        )

    def close(self) -> None:
        """Forget the sound."""
        self._sound.clear()
        self._known = None

    def _so_far(self) -> str:
        return self.decode().free_text

    def _spoken(self, text: str) -> str:
        """What of a text was said after the prefix."""
        return heard(without_prefix(text, self._prefix), self._language)


def without_prefix(text: str, prefix: str) -> str:
    """A text without the folded words it is known to begin with; spaces within those count for nothing."""
    wanted = prefix.replace(" ", "")
    for end in range(1, len(text) + 1) if wanted else ():
        got = fold(text[:end]).replace(" ", "")
        if got == wanted and not _inside_word(text, end):
            return re.sub(r"^\W+", "", text[end:])
        if not wanted.startswith(got):
            break
    return text


def _inside_word(text: str, end: int) -> bool:
    """Whether the word goes on: a letter, or an apostrophe and a letter."""
    return re.match(r"['\u2019]?\w", text[end:]) is not None
