"""Sound on the wire, both ways: a binary message is a sequence number (uint32, little-endian) and 20 ms of sound.

The sound is 320 samples of int16, little-endian, 16 kHz mono: 644 bytes in all.
"""

from __future__ import annotations

import struct

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, Pcm
from assistant.errors import AudioError

HEADER = struct.Struct("<I")
FRAME_BYTES = HEADER.size + 2 * FRAME_SAMPLES
WRAP = 2**32

MAX_FILL = 50
"""Lost frames that silence stands in for, so that the stream keeps its time: a second; a longer gap is a new start."""
BURST_FRAMES = 250
"""Frames that may arrive at once after the network stood still: five seconds."""
FRAMES_PER_SECOND = 55.0
"""Faster than sound (50) by more than any clock is wrong."""

_GUESSES = {
    1920: "48 kHz mono", 3840: "48 kHz stereo", 1764: "44.1 kHz mono", 3528: "44.1 kHz stereo",
    1280: "16 kHz stereo, or float32", 7680: "48 kHz stereo float32", 320: "half a frame", 960: "24 kHz mono",
}
_SILENCE: Pcm = np.zeros(FRAME_SAMPLES, np.int16)
_SILENCE.flags.writeable = False


def pack(sequence: int, pcm: Pcm) -> bytes:
    """The message for one frame, int16[320]."""
    return HEADER.pack(sequence % WRAP) + pcm.astype("<i2", copy=False).tobytes()


class Uplink:
    """Reads one tab's microphone frames: checks each, keeps count, fills what was lost with silence."""

    def __init__(self) -> None:
        self.frames = 0
        self.lost = 0
        self._next: int | None = None
        self._credit = float(BURST_FRAMES)
        self._paid = 0.0

    def read(self, message: bytes, now: float) -> list[Pcm]:
        """The frames to feed, in order: the one in the message, after silence for those lost before it.

        Args:
            message: header and samples.
            now: monotonic seconds.

        Raises:
            AudioError: it is no frame, came before, or came faster than sound.
        """
        if len(message) != FRAME_BYTES:
            raise AudioError(_fault(len(message)), where="sound frame", mend="send 320 samples of 16 kHz mono int16")
        self._pay(now)
        (sequence,) = HEADER.unpack_from(message)
        gap = 0 if self._next is None else (sequence - self._next) % WRAP
        if gap >= WRAP // 2:
            raise AudioError(f"frame {sequence} came after frame {(self._next or 0) - 1}", where="sound frame")
        self._next = (sequence + 1) % WRAP
        self.frames += 1
        self.lost += gap
        pcm = np.frombuffer(message, "<i2", FRAME_SAMPLES, HEADER.size).astype(np.int16, copy=False)
        return [*([_SILENCE] * gap if gap <= MAX_FILL else []), pcm]

    def _pay(self, now: float) -> None:
        self._credit = min(BURST_FRAMES, self._credit + (now - self._paid) * FRAMES_PER_SECOND)
        self._paid = now
        if self._credit < 1:
            raise AudioError("sound comes faster than it can be spoken", where="sound frame", mend="send 50 a second")
        self._credit -= 1


def _fault(size: int) -> str:
    sound = size - HEADER.size
    guess = f"; this looks like {_GUESSES[sound]}" if sound in _GUESSES else ""
    return f"a message of {size} bytes; a frame has {FRAME_BYTES} (4 of sequence, 640 of sound){guess}"
