"""What a session hears, on the event loop: frames with the detector's opinion, to whoever listens at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.audio.frames import SAMPLE_RATE, Frame

Ear = Callable[["Heard"], None]


@dataclass(frozen=True, slots=True)
class Heard:
    """One clean frame and what is known about speech at its end."""

    frame: Frame
    speech: bool
    onset: int
    """First sample of the latest speech; -1 before any."""
    offset: int
    """First sample after the latest finished speech; -1 before any."""

    @property
    def silence(self) -> float:
        """Seconds since the last speech; 0 while somebody speaks."""
        return 0.0 if self.speech else max(0, self.frame.end - max(0, self.offset)) / SAMPLE_RATE


class Ears:
    """Keeps the detector's latest opinion and hands frames on. Belongs to the event loop."""

    def __init__(self, want_frames: Callable[[bool], None], position: Callable[[], int] = lambda: 0) -> None:
        """``position``: first sample that the source has not brought yet, asked while no frames are wanted."""
        self._want_frames = want_frames
        self._position = position
        self._ears: list[Ear] = []
        self.speech = False
        self.onset = -1
        self.offset = -1
        self._now = 0

    @property
    def now(self) -> int:
        """First sample not yet heard."""
        return self._now if self._ears else max(self._now, self._position())

    def listen(self, ear: Ear) -> Callable[[], None]:
        """Hand every further frame to ``ear``; call the result to end it."""
        self._now = self.now
        self._ears.append(ear)
        self._want_frames(True)

        def leave() -> None:
            if ear in self._ears:
                self._ears.remove(ear)
                if not self._ears:
                    self._want_frames(False)

        return leave

    def speech_began(self, sample: int) -> None:
        self.speech, self.onset = True, sample

    def speech_paused(self, sample: int) -> None:
        self.speech, self.offset = False, sample

    def hear(self, frame: Frame) -> None:
        """A clean frame arrived."""
        self._now = frame.end
        heard = Heard(frame, self.speech, self.onset, self.offset)
        for ear in tuple(self._ears):
            ear(heard)
