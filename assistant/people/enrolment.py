"""Learning a voice: takes are checked as they come, the voice is kept when there is enough of it, then tested."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import SoundError
from assistant.people import takes
from assistant.people.claim import ODDS
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import Calibration
from assistant.speaker.scoring import Voiceprint, compare
from assistant.vad.base import Vad

SENTENCES = (
    "The old clock in the hall struck nine before anybody came home.",
    "Please bring three green apples and a jar of honey from the market.",
    "She wrote her sister a long letter about the journey by ship.",
    "Yesterday the wind blew the washing over the garden fence.",
    "A quick brown horse jumped over the muddy ditch beside the road.",
    "Could you measure how much water is left in the yellow bucket?",
    "The children were laughing at the funny puppet with the crooked nose.",
    "We usually have fresh bread, cheese and tea for supper on Sundays.",
)
"""To be read aloud: all sounds of English, in any order."""
ENOUGH = 15.0
"""Seconds of speech from which a voice may be kept; twice as much is better."""
PLENTY = 28.0
"""After which no more need be read."""
LONGEST = 8.0
"""Seconds of a piece: longer takes are cut, so that the test at the end has several."""
LEAST = 0.8
"""Seconds of speech in a piece; in less there is hardly a voice."""
TWO_VOICES = -2.0
"""Log-likelihood ratio of two halves of a take below which they are two people's,"""
HALF = 2.5
"""and seconds of speech that each half must hold: in less, one voice is not always like itself."""
ANOTHER = -1.0
"""The same of a take and those before it."""
Embed = Callable[[Pcm], Awaitable[Embedding]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the test at the end found."""

    pieces: int
    recognised: int
    """Surely taken for the person, by the other pieces of the enrolment."""
    confused: int
    """More like somebody else who lives here."""
    others: int
    """People who live here beside."""

    @property
    def good(self) -> bool:
        """Whether it will do."""
        return self.confused == 0 and self.recognised * 2 >= self.pieces

    def __str__(self) -> str:
        known = f"recognised {self.recognised} times in {self.pieces}"
        if not self.others:
            return f"{known}; nobody else is enrolled yet"
        apart = self.pieces - self.confused
        many = "the other person" if self.others == 1 else f"the other {self.others} people"
        return f"{known}, told apart from {many} here {apart} times in {self.pieces}"


class Enrolment:
    """One person's.

    Args:
        embed: hears a voice.
        calibration: of what hears it.
        vad: finds the speech.
    """

    def __init__(self, embed: Embed, calibration: Calibration, vad: Vad) -> None:
        self._embed = embed
        self._calibration = calibration
        self._vad = vad
        self._pieces: list[tuple[Embedding, float]] = []
        self.sounds: list[Pcm] = []
        """What was taken, for whoever wants it kept."""

    @property
    def seconds(self) -> float:
        """Of speech so far."""
        return sum(seconds for _, seconds in self._pieces)

    @property
    def enough(self) -> bool:
        return self.seconds >= ENOUGH

    @property
    def plenty(self) -> bool:
        return self.seconds >= PLENTY

    async def take(self, pcm: Pcm) -> float:
        """Take a recording, int16[n] at 16 kHz, if it is good; seconds of speech in it.

        Raises:
            SoundError: it is not; says why. Nothing of it is kept.
            AssistantError: the embedder is down.
        """
        speech = await asyncio.to_thread(takes.check, pcm, self._vad)
        await self._one_voice(pcm)
        pieces = np.array_split(pcm, max(1, round(len(pcm) / SAMPLE_RATE / LONGEST)))
        spoken = zip(pieces, await self._speech_in(pieces), strict=True)
        found = [(await self._embed(piece), seconds) for piece, seconds in spoken if seconds > LEAST]
        if self._pieces and any(self._likeness(self._print(), one, seconds) < ANOTHER for one, seconds in found):
            raise SoundError("this is not the voice of before", mend="one person reads all of it")
        self._pieces += found
        self.sounds.append(pcm)
        return speech

    def voice(self) -> Voiceprint:
        """The voice.

        Raises:
            SoundError: there is not enough of it.
        """
        if not self.enough:
            raise SoundError(f"{self.seconds:.0f} s of speech are not enough to know a voice by",
                             mend=f"at least {ENOUGH:.0f} s are needed, better {2 * ENOUGH:.0f}")
        return self._print()

    def test(self, others: Mapping[str, Voiceprint]) -> Verdict:
        """Whether each piece is recognised by the other pieces, and told apart from other people.

        Args:
            others: voices of those who live here, by the same embedder.
        """
        recognised = confused = 0
        for at, (embedding, seconds) in enumerate(self._pieces):
            rest = [one for number, (one, _) in enumerate(self._pieces) if number != at]
            own = self._likeness(self._print_of(rest), embedding, seconds) if rest else 0.0
            theirs = max(compare(others, embedding, seconds, self._calibration).values(), default=-np.inf)
            recognised += own >= ODDS["sure"]
            confused += theirs >= own
        return Verdict(len(self._pieces), recognised, confused, len(others))

    async def _one_voice(self, pcm: Pcm) -> None:
        """Raises SoundError where two people speak one after the other."""
        half = len(pcm) // 2
        parts = pcm[:half], pcm[half:]
        speech = await self._speech_in(parts)
        if min(speech) < HALF:
            return
        first, second = [await self._embed(part) for part in parts]
        if self._likeness(self._print_of([first]), second, min(speech)) < TWO_VOICES:
            raise SoundError("two voices are heard in it", mend="one person reads, while nobody else speaks")

    async def _speech_in(self, parts: Sequence[Pcm]) -> list[float]:
        """Seconds of it in each; found in a thread, while others are listened to."""
        return await asyncio.to_thread(lambda: [takes.speech_in(part, self._vad) for part in parts])

    def _print(self) -> Voiceprint:
        return self._print_of([embedding for embedding, _ in self._pieces])

    def _print_of(self, embeddings: list[Embedding]) -> Voiceprint:
        return Voiceprint(np.stack(embeddings).astype(np.float32), self._calibration.name, self.seconds)

    def _likeness(self, voice: Voiceprint, embedding: Embedding, seconds: float) -> float:
        return compare({"": voice}, embedding, seconds, self._calibration)[""]
