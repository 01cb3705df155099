"""A recording through ``assistant run`` at the pace of life, in a home that has never seen the program."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from assistant.asr.moonshine.recognizer import MoonshineRecognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE
from assistant.testing.voices import say
from tests.agent.command import assistant, recording
from tests.agent.stage import heard_as, silence, trimmed


def test_an_order_at_live_pace(tmp_path: Path) -> None:
    said = np.concatenate([silence(0.6), say("hey nova"), silence(0.7), say("turn on the kitchen light"), silence(0.5)])
    began = time.monotonic()
    reply = tmp_path / "reply.wav"
    done = assistant(tmp_path, "run", "--input", str(recording(tmp_path, said)), "--output", str(reply))
    seconds = time.monotonic() - began
    assert done.code == 0, done.errors
    assert done.after("wake") == ["hey nova"], done
    assert [line.split(" (")[0] for line in done.after("did")] == ["kitchen_light: turn_on, done"], done
    played = read_sound(reply)
    assert seconds > len(played) / SAMPLE_RATE > len(said) / SAMPLE_RATE, "live, and longer than what was said"
    assert np.abs(played[: len(silence(0.6))]).max() == 0, "nothing is played before anything was said"
    stream = MoonshineRecognizer().stream(None)
    stream.feed(trimmed(played), 0)
    heard = stream.decode().free_text
    assert heard_as("Turned on the kitchen light.", heard), heard
    assert "Traceback" not in done.errors


def test_a_recording_begins_with_its_first_word(tmp_path: Path) -> None:
    said = trimmed(say("hey nova, turn on the kitchen light"))
    done = assistant(tmp_path, "run", "--input", str(recording(tmp_path, said)), "--fast")
    assert done.code == 0 and done.after("answered") == ["Turned on the kitchen light."], done


def test_a_recording_without_the_wake_word_is_said_to_be_one(tmp_path: Path) -> None:
    done = assistant(tmp_path, "run", "--input", str(recording(tmp_path, say("good morning everybody"))), "--fast")
    assert done.code == 2 and '"hey nova" was not heard in it' in done.errors, done


def test_the_timers_of_the_household_are_not_a_recordings(tmp_path: Path) -> None:
    assert assistant(tmp_path, "ask", "set a timer for one second").code == 0
    time.sleep(1.0)
    said = trimmed(say("hey nova, what time is it"))
    done = assistant(tmp_path, "run", "--input", str(recording(tmp_path, said)), "--fast")
    assert len(done.after("answered")) == 1 and "timer" not in done.after("answered")[0], done
