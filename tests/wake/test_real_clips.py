"""Frame-wise backends on people's voices: one stream of clips of the word and of two others, a pause between them.

Held to what tells a working backend from one that is wired wrongly; how good each is, ``bench wake`` measures.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.sounds import add_noise, quiet
from assistant.registry import Registry
from assistant.testing.conformance.wake import feed
from assistant.wake.base import WakeHit

CLIPS = 20
PAUSE = np.zeros(5 * SAMPLE_RATE // 2, np.int16)
OTHERS = ("computer", "jarvis")
WORD = Path(str(distribution("pyopen-wakeword").locate_file("pyopen_wakeword/models/alexa.tflite")))


def clips(data: Path, word: str) -> list[Pcm]:
    paths = sorted(path for path in (data / "wake" / word).iterdir() if path.suffix in (".flac", ".opus"))
    return [read_sound(path) for path in paths[:: len(paths) // CLIPS][:CLIPS]]


def joined(found: list[Pcm]) -> tuple[Pcm, list[tuple[int, int]]]:
    """The clips in a quiet room, and where each begins and the pause after it ends."""
    pieces, places, at = [PAUSE], [], len(PAUSE)
    for clip in found:
        pieces += [clip, PAUSE]
        places.append((at, at + len(clip) + len(PAUSE)))
        at += len(clip) + len(PAUSE)
    return add_noise(np.concatenate(pieces), quiet(1.0), 1.0), places


@pytest.mark.parametrize(("backend", "options", "most_missed", "most_wrong"), [
    ("micro", {}, 2, 0), ("openwakeword", {"model": WORD}, 2, 0),
])
def test_people_are_heard_and_other_words_are_not(
    data: Path, backend: str, options: dict[str, Path], most_missed: int, most_wrong: int
) -> None:
    detector = Registry().build("wake", backend, {"phrase": "alexa", **options})
    sound, places = joined(clips(data, "alexa"))
    hits: list[WakeHit] = feed(detector.stream(), sound)
    missed = [place for place in places if not any(place[0] < hit.end <= place[1] for hit in hits)]
    assert len(missed) <= most_missed
    wrong = [hit for word in OTHERS for hit in feed(detector.stream(), joined(clips(data, word))[0])]
    assert len(wrong) <= most_wrong
