"""The mixing queue: order, pause, fades, volume, and what is told when."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from assistant.audio.clip import Clip
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.audio.playback import FADE, Playback


def flat(value: int, seconds: float) -> Pcm:
    return np.full(round(seconds * SAMPLE_RATE), value, np.int16)


def add(playback: Playback, pcm: Pcm, what: str = "answer", *, end: bool = True) -> Clip:
    clip = playback.play(what)
    clip.write(pcm)
    if end:
        clip.end()
    return clip


def pull(playback: Playback, frames: int) -> Pcm:
    return np.concatenate([playback.pull().pcm for _ in range(frames)])


def test_silence_when_there_is_nothing() -> None:
    playback = Playback()
    frame = playback.pull()
    assert not frame.pcm.any() and not playback.playing
    assert playback.pull().sample == FRAME_SAMPLES


def test_clips_follow_each_other_without_a_gap() -> None:
    playback = Playback()
    add(playback, np.full(500, 1000, np.int16))
    add(playback, np.full(500, 2000, np.int16))
    sound = pull(playback, 4)
    assert np.all(sound[:500] == 1000) and np.all(sound[500:1000] == 2000) and not sound[1000:].any()


def test_a_clip_may_be_written_while_it_plays() -> None:
    playback = Playback()
    clip = add(playback, flat(500, 0.02), end=False)
    assert np.all(pull(playback, 1) == 500)
    assert not pull(playback, 2).any() and playback.underruns == 2
    clip.write(flat(600, 0.02))
    clip.end()
    assert np.all(pull(playback, 1) == 600)


def test_another_rate_is_resampled_without_seams() -> None:
    playback = Playback()
    t = np.arange(22050) / 22050
    voice = (np.sin(2 * np.pi * 300 * t) * 9000).astype(np.int16)
    clip = playback.play("answer")
    for start in range(0, len(voice), 1000):
        clip.write(voice[start : start + 1000], 22050)
    clip.end()
    sound = pull(playback, 50)
    expected = np.sin(2 * np.pi * 300 * np.arange(SAMPLE_RATE) / SAMPLE_RATE) * 9000
    assert np.abs(sound[200:-200] - expected[200:-200]).max() < 60


def test_pause_is_at_once_and_without_a_click() -> None:
    playback = Playback()
    add(playback, flat(10000, 2.0))
    pull(playback, 10)
    playback.pause()
    sound = pull(playback, 3).astype(int)
    assert not sound[FADE:].any()
    assert np.abs(np.diff(np.concatenate(([10000], sound)))).max() < 200
    assert playback.paused and playback.playing


def test_going_on_repeats_a_little_from_a_gap_between_words() -> None:
    playback = Playback()
    words = np.concatenate((flat(8000, 1.0), flat(0, 0.1), flat(6000, 1.0)))
    clip = add(playback, words)
    pull(playback, 75)  # 1.5 s: 0.4 s into the second word
    playback.pause()
    pull(playback, 20)
    playback.resume()
    sound = pull(playback, 10)
    assert not sound[:640].any() and np.all(sound[1700:3000] == 6000)
    assert not clip.stopped


def test_stop_fades_and_the_next_clip_begins_clean() -> None:
    playback = Playback()
    finished: list[tuple[str, bool]] = []
    playback.on_finished = lambda clip, completed, seconds: finished.append((clip.what, completed))
    add(playback, flat(10000, 1.0))
    add(playback, flat(9000, 1.0), "question")
    pull(playback, 5)
    playback.stop()
    assert finished == [("answer", False), ("question", False)] and not playback.playing
    sound = pull(playback, 2).astype(int)
    assert np.abs(np.diff(np.concatenate(([10000], sound)))).max() < 200 and not sound[FADE:].any()
    add(playback, flat(5000, 0.1))
    assert np.all(pull(playback, 1) == 5000)


def test_stopping_one_clip_lets_the_next_follow() -> None:
    playback = Playback()
    first, _ = add(playback, flat(4000, 1.0)), add(playback, flat(3000, 1.0))
    pull(playback, 5)
    first.stop()
    sound = pull(playback, 2)
    assert first.stopped and np.all(sound[FADE + 1 :] == 3000)


def test_stopping_while_paused_leaves_nothing_to_hear() -> None:
    playback = Playback()
    add(playback, flat(4000, 1.0))
    pull(playback, 5)
    playback.pause()
    pull(playback, 1)
    playback.stop()
    playback.resume()
    assert not pull(playback, 3).any()


def test_a_chime_sounds_over_an_answer_and_over_a_pause() -> None:
    playback = Playback()
    add(playback, flat(1000, 1.0))
    add(playback, flat(300, 0.02), "chime")
    assert np.all(pull(playback, 1) == 1300)
    playback.pause()
    pull(playback, 1)
    add(playback, flat(300, 0.02), "chime")
    assert np.all(pull(playback, 1) == 300)


def test_volume_is_a_ramp_and_half_is_a_quarter() -> None:
    playback = Playback()
    add(playback, flat(16000, 1.0))
    pull(playback, 2)
    playback.volume = 50
    ramp = pull(playback, 1).astype(int)
    assert np.abs(np.diff(ramp)).max() < 60
    assert np.all(pull(playback, 1) == 4000)
    playback.volume = 0
    pull(playback, 1)
    assert not pull(playback, 1).any()


def test_a_sum_that_is_too_loud_is_limited_not_wrapped() -> None:
    playback = Playback()
    add(playback, flat(30000, 0.1))
    add(playback, flat(30000, 0.1), "chime")
    assert np.all(pull(playback, 1) == 32767)


def test_first_sample_and_first_loud_sample_are_told_with_the_clock() -> None:
    now = 0.0
    playback = Playback(clock=lambda: now)
    told: list[tuple[str, float]] = []
    playback.on_started = lambda clip, at: told.append(("started", at))
    playback.on_loud = lambda clip, at: told.append(("loud", at))
    playback.on_finished = lambda clip, completed, seconds: told.append(("finished", seconds))
    add(playback, np.concatenate((flat(100, 0.04), flat(5000, 0.04))))
    for now in (1.0, 1.02, 1.04, 1.06):  # noqa: B007 - the clock reads it
        playback.pull()
    assert told == [("started", 1.0), ("loud", 1.04), ("finished", 0.08)]


def test_callbacks_go_through_the_given_deliverer() -> None:
    waiting: list[Callable[[], None]] = []
    playback = Playback(waiting.append)
    heard: list[Clip] = []
    playback.on_started = lambda clip, at: heard.append(clip)
    clip = add(playback, flat(1000, 0.1))
    pull(playback, 1)
    assert not heard
    for callback in waiting:
        callback()
    assert heard == [clip]


async def test_finished_can_be_awaited_before_and_after_the_end() -> None:
    playback = Playback()
    clip = add(playback, flat(1000, 0.1))
    before = clip.finished
    pull(playback, 10)
    assert await before == (True, 0.1) == await clip.finished
    other = add(playback, flat(1000, 1.0))
    pull(playback, 10)
    other.stop()
    assert await other.finished == (False, 0.2)


def test_pulling_and_writing_from_two_threads_loses_nothing() -> None:
    playback = Playback()
    clip = playback.play("answer")
    total = 2 * SAMPLE_RATE
    heard: list[Pcm] = []

    def sink() -> None:
        while not clip.exhausted:
            heard.append(playback.pull().pcm)

    thread = threading.Thread(target=sink)
    thread.start()
    sound = (np.arange(total) % 30000 + 1).astype(np.int16)
    for start in range(0, total, 500):
        clip.write(sound[start : start + 500])
    clip.end()
    thread.join(5)
    joined = np.concatenate(heard)
    assert np.array_equal(joined[joined != 0], sound)
