"""Takes for ``bench latency``: wake phrase, order with its pause, room noise around and after, all in one sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.orders import INCOMPLETE, NONE, WHOLE, HomeOrder, RecordedOrder
from assistant.bench.sounds import add_noise, deepest_dip, noise_gain, silence, speech_end, speech_start, with_pause
from assistant.testing.voices import say

LEAD = 1.0
"""Seconds of noise before the wake phrase."""
TAIL = 3.0
"""Seconds of noise after the speech; the rig goes on with it for as long as the turn lasts."""
GAP = (0.1, 0.5)
"""Seconds between wake phrase and order."""
PAUSE = (0.3, 1.0)
"""Seconds of a pause inside an order."""
SNR_DB = 20.0
MARGIN = round(0.05 * SAMPLE_RATE)
"""Samples kept around trimmed speech."""


@dataclass(frozen=True, slots=True)
class Take:
    """One order as the microphone hears it."""

    name: str
    order: RecordedOrder | HomeOrder
    sound: Pcm
    end: float
    """True end of the order, seconds."""
    pause: str
    """``none``, ``incomplete`` or ``whole``."""


class Studio:
    """Makes takes; the same ones for the same seed.

    Args:
        wakes: recordings of the wake phrase; empty: the synthesisers speak it.
        noises: room noises, taken in turn.
        is_order: whether a piece of a recording is a whole order.
    """

    def __init__(
        self, phrase: str, wakes: Sequence[Path], noises: Sequence[Pcm], seed: int, is_order: Callable[[Pcm], bool]
    ) -> None:
        self._phrase = phrase
        self._wakes = wakes
        self._noises = noises
        self._is_order = is_order
        self._random = np.random.default_rng(seed)
        self._number = 0

    def human(self, order: RecordedOrder, paused: bool) -> Take:
        """A recorded order; its pause stands at the deepest dip, filled with the recording's own floor."""
        dry = _trimmed(read_sound(order.file))
        at = deepest_dip(dry) if paused else 0
        if paused:
            dry = with_pause(dry, at, self._random.uniform(*PAUSE), self._random)
        number = int(self._random.integers(max(1, len(self._wakes))))
        wake = read_sound(self._wakes[number]) if self._wakes else say(self._phrase)
        return self._take(order.file.stem, order, wake, dry, self._pause(dry, at) if paused else NONE)

    def _pause(self, dry: Pcm, at: int) -> str:
        """Whether the words before the pause already are an order, by what the recogniser reads in them."""
        return WHOLE if self._is_order(dry[:at]) else INCOMPLETE

    def spoken(self, order: HomeOrder, voice: str) -> Take:
        """A synthesised order; its parts are spoken one by one, with the pause between them."""
        parts = [_trimmed(say(part, voice)) for part in order.parts]
        dry = parts[0]
        for part in parts[1:]:
            dry = np.concatenate([dry, silence(self._random.uniform(*PAUSE)), part])
        return self._take(f"{order.text} ({voice})", order, say(self._phrase, voice), dry, order.pause)

    def _take(self, name: str, order: RecordedOrder | HomeOrder, wake: Pcm, dry: Pcm, pause: str) -> Take:
        before = np.concatenate([silence(LEAD), _trimmed(wake), silence(self._random.uniform(*GAP))])
        sound = np.concatenate([before, dry, silence(TAIL)])
        noise = self._noises[self._number % len(self._noises)]
        self._number += 1
        offset = int(self._random.integers(len(noise)))
        noisy = add_noise(sound, noise, noise_gain(dry, noise, SNR_DB), offset)
        end = (len(before) + speech_end(dry)) / SAMPLE_RATE
        return Take(name, order, noisy, end, pause)


def _trimmed(dry: Pcm) -> Pcm:
    """Without the silence around the speech."""
    return dry[max(0, speech_start(dry) - MARGIN) : speech_end(dry) + MARGIN]
