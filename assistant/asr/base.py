"""The contract of a speech recogniser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from assistant.audio.frames import Pcm
from assistant.grammar.base import View


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do."""

    streaming: bool
    languages: tuple[str, ...]
    grammar: bool
    """Whether it can decode under a grammar."""
    licence: str
    model_mb: float
    """Megabytes of the model's files; 0 where they are another machine's."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of what was heard."""

    text: str
    """As recognised, punctuation included."""
    confidence: float
    """0 to 1: geometric mean of the probabilities of its tokens, whatever the grammar allows."""
    start: int | None = None
    """First sample, counted as the stream's sound is; None where no times were asked for."""
    end: int | None = None
    """First sample after it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence of the grammar as a reading of the sound."""

    text: str
    """As recognised, punctuation included."""
    margin: float
    """Natural-log probability of the reading minus that of the best free text; about 0 when they agree."""
    confidence: float
    """0 to 1: how surely this is what was said."""
    complete: bool = True
    """Whether it is a whole sentence of the grammar."""
    can_go_on: bool = False
    """Whether a longer sentence of the grammar begins with it."""
    words: tuple[Word, ...] = ()
    """The text word by word, without times; empty where the backend does not weigh single words."""
    worth: float = 0.0
    """Natural-log likelihood beside the other readings of the hypothesis: the margin less what is left unexplained, and
    how sure it is."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the sound so far says, as if the speech had ended here."""

    readings: tuple[Reading, ...] = ()
    """Sentences of the grammar, best first; empty if none fits at all."""
    free_text: str = ""
    """What open recognition writes."""
    free_score: float = 0.0
    """Its natural-log probability."""
    start: int = 0
    """First sample of the sound it rests on."""
    end: int = 0
    """First sample after it."""
    grammar_version: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent by stage: ``encode``, ``decode``."""
    free_words: tuple[Word, ...] = ()
    """``free_text`` word by word, without times."""
    rival: Reading | None = None
    """The likeliest reading that means something else than the best."""

    @property
    def best(self) -> Reading | None:
        return self.readings[0] if self.readings else None


def surer(one: Hypothesis, other: Hypothesis) -> Hypothesis:
    """The hypothesis whose best reading is to be believed: a whole sentence first, then the surer; ``one`` if alike."""

    def order(hypothesis: Hypothesis) -> tuple[bool, float]:
        best = hypothesis.best
        return (best.complete, best.confidence) if best is not None else (False, -1.0)

    return other if order(other) > order(one) else one


class RecognizerStream(Protocol):
    """One utterance. Sound is fed as it comes; ``decode`` may be called at any time and changes nothing."""

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound: int16, 16 kHz mono; ``sample`` is the index of its first sample, gapless."""
        ...

    def partial(self) -> tuple[str, int]:
        """Words so far and how many of their characters are stable; cheap enough to be asked all the time."""
        ...

    def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        """Read the sound up to sample ``end`` (None: all of it) as a finished utterance.

        Args:
            careful: take the time to find what a quick search may lose; for a speaker who is silent anyway.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class Abandoning(Protocol):
    """What a stream has besides that can end its work early."""

    given_up: Callable[[], bool]
    """Asked while it reads; once it is true, ``partial`` and ``decode`` may raise ``Abandoned``."""


@runtime_checkable
class WordTimes(Protocol):
    """What a stream has besides whose backend knows when each word was said."""

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of a text with their times; asked for seldom, so it may take as long as reading them did.

        Args:
            text: the free text or the text of a reading of the last ``decode``; of any other text nothing is known,
                and the result is empty.
        """
        ...


class Recognizer(Protocol):
    """A recogniser; built from its frozen configuration."""

    @property
    def capabilities(self) -> Capabilities: ...

    def stream(self, view: View | None = None, *, prefix: str = "") -> RecognizerStream:
        """Open an utterance.

        Args:
            view: which part of the grammar may be said; None for open dictation only.
            prefix: words known to open the sound (the wake phrase); not part of the readings.
        """
        ...


class Lease(Protocol):
    """An utterance in a recogniser that works elsewhere: fed without waiting, asked with waiting."""

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound, without a gap; never waits."""
        ...

    async def partial(self) -> tuple[str, int]:
        """Words so far, and how many of their characters are stable."""
        ...

    async def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        """Read the sound up to sample ``end`` as a finished utterance; see ``RecognizerStream.decode``."""
        ...

    async def words(self, text: str) -> tuple[Word, ...]:
        """The words of a text of the last ``decode`` with their times; empty where the backend knows none."""
        ...

    def close(self) -> None: ...


class Opener(Protocol):
    """Opens utterances."""

    async def open(self, view: View | None, prefix: str = "") -> Lease:
        """Open one, see ``Recognizer.stream``."""
        ...
