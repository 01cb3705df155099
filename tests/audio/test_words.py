"""Up to which word a clip was heard."""

from __future__ import annotations

import numpy as np

from assistant.audio.clip import Clip
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from assistant.audio.playback import Playback
from assistant.audio.words import WordMarks

SECOND = np.full(SAMPLE_RATE, 1000, np.int16)


def spoken(playback: Playback) -> Clip:
    clip = playback.play("answer", "ignored")
    clip.write(SECOND, SAMPLE_RATE, "Turned on the light.")
    clip.write(SECOND, SAMPLE_RATE)
    clip.write(SECOND, SAMPLE_RATE, "Good night.")
    clip.end()
    return clip


def pull(playback: Playback, seconds: float) -> None:
    for _ in range(round(seconds * SAMPLE_RATE / FRAME_SAMPLES)):
        playback.pull()


def test_a_clip_that_was_stopped_knows_its_last_word() -> None:
    for seconds, words in (
        (0.0, ""), (0.1, "Turned"), (1.0, "Turned on the"), (1.9, "Turned on the light."),
        (2.1, "Turned on the light. Good"), (2.8, "Turned on the light. Good night."),
    ):
        playback = Playback()
        clip = spoken(playback)
        pull(playback, seconds)
        clip.stop()
        assert clip.heard == words


def test_a_clip_that_ended_was_heard_whole() -> None:
    playback = Playback()
    clip = spoken(playback)
    pull(playback, 4.0)
    assert clip.exhausted and clip.heard == "Turned on the light. Good night."


def test_while_it_is_being_written_letters_tell_how_far_it_is() -> None:
    marks = WordMarks()
    marks.add(0, "One two three four five")
    marks.add(0, "  ")
    assert marks.heard(SAMPLE_RATE // 2, None) == "One two"
    assert marks.heard(3 * SAMPLE_RATE, None) == "One two three four five"
    assert WordMarks().heard(100, None) == ""
