"""Sound devices: choosing one, what their callbacks do, and a smoke test on a virtual sound card."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assistant.audio import devices, soundcard
from assistant.audio.devices import Device, LoudspeakerFeed, MicrophoneFeed, choose, portaudio
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.audio.playback import Playback
from assistant.audio.soundcard import SoundCard, SoundCardConfig
from assistant.errors import AudioError

FINE = SimpleNamespace(input_overflow=False, output_underflow=False)
CARDS = [
    Device(0, "HDA Intel: ALC257 Analog", 2, 2, 48000, False, False),
    Device(1, "USB Conference", 1, 0, 16000, True, False),
    Device(2, "HDMI 0", 0, 8, 48000, False, True),
]


def test_a_device_is_chosen_by_default_number_or_name() -> None:
    assert choose(CARDS, "", output=True).index == 2
    assert choose(CARDS, "", output=False).index == 1
    assert choose(CARDS, "0", output=False).index == 0
    assert choose(CARDS, "analog", output=True).index == 0


def test_a_wrong_device_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AudioError, match=r"audio\.input.*'USB Confrence'.*'USB Conference'"):
        choose(CARDS, "USB Confrence", output=False)


def test_no_device_at_all_is_said() -> None:
    with pytest.raises(AudioError, match="there is no microphone"):
        choose(CARDS[2:], "", output=False)


def test_without_portaudio_the_one_apt_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(AudioError, match="sudo apt install libportaudio2"):
        portaudio()


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (44100, 2), (48000, 1)])
def test_any_rate_from_the_microphone_becomes_frames(rate: int, channels: int) -> None:
    frames: list[Pcm] = []
    feed = MicrophoneFeed(rate, frames.append)
    tone = (np.sin(2 * np.pi * 500 * np.arange(rate) / rate) * 8000).astype(np.int16)
    for start in range(0, rate, 441):
        block = np.repeat(tone[start : start + 441, None], channels, axis=1)
        feed(block, len(block), None, FINE)
    sound = np.concatenate(frames)
    assert all(len(frame) == FRAME_SAMPLES for frame in frames) and len(sound) > SAMPLE_RATE - 1000
    expected = np.sin(2 * np.pi * 500 * np.arange(len(sound)) / SAMPLE_RATE) * 8000
    assert np.abs(sound - expected)[500:-500].max() < 100


@pytest.mark.parametrize("rate", [16000, 48000])
def test_the_loudspeaker_pulls_at_its_own_pace(rate: int) -> None:
    playback = Playback()
    clip = playback.play("answer")
    clip.write((np.sin(2 * np.pi * 500 * np.arange(SAMPLE_RATE) / SAMPLE_RATE) * 8000).astype(np.int16))
    clip.end()
    feed = LoudspeakerFeed(rate, playback)
    buffer = np.zeros((441, 2), np.int16)
    heard = []
    for _ in range(rate // 441 // 2):
        feed(buffer, 441, None, FINE)
        heard.append(buffer[:, 1].copy())
    sound = np.concatenate(heard)
    spectrum = np.abs(np.fft.rfft(sound.astype(float) * np.hanning(len(sound))))
    assert np.argmax(spectrum) * rate / len(sound) == pytest.approx(500, abs=4)


class FakeStream:
    """A stream that can be unplugged."""

    def __init__(self, feed: MicrophoneFeed | LoudspeakerFeed) -> None:
        self.feed, self.active, self.latency = feed, True, 0.03

    def abort(self) -> None:
        self.active = False

    def close(self) -> None:
        self.active = False


@pytest.fixture
def fake_card(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    card = SimpleNamespace(streams=[], plugged=True, opened=[])

    def opener(name: str):  # type: ignore[no-untyped-def]
        def open_stream(device: Device, feed: MicrophoneFeed | LoudspeakerFeed) -> FakeStream:
            if not card.plugged:
                raise AudioError("unplugged")
            card.opened.append(name)
            card.streams.append(FakeStream(feed))
            return card.streams[-1]  # type: ignore[no-any-return]

        return open_stream

    monkeypatch.setattr(soundcard, "list_devices", lambda: CARDS)
    monkeypatch.setattr(soundcard, "open_loudspeaker", opener("loudspeaker"))
    monkeypatch.setattr(soundcard, "open_microphone", opener("microphone"))
    monkeypatch.setattr(soundcard, "_look_again", lambda: None)
    monkeypatch.setattr(soundcard, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(soundcard, "RETRY_SECONDS", (0.01, 0.02))
    return card


def test_an_unplugged_microphone_is_told_and_opened_again(fake_card: SimpleNamespace) -> None:
    changes: list[tuple[bool, str]] = []
    card = SoundCard(SoundCardConfig(), lambda pcm: None, Playback(), lambda works, why: changes.append((works, why)))
    card.start()
    assert fake_card.opened == ["loudspeaker", "microphone"] and card.delay_samples == 960
    fake_card.plugged = False
    fake_card.streams[1].active = False
    _until(lambda: len(changes) == 2)
    assert changes[1] == (False, "the microphone is gone") and not card.works
    time.sleep(0.05)
    fake_card.plugged = True
    _until(lambda: card.works)
    _until(lambda: len(changes) >= 3)
    assert changes[2] == (True, "")
    card.close()
    assert not any(stream.active for stream in fake_card.streams)


def test_a_device_that_stands_still_counts_as_gone(fake_card: SimpleNamespace) -> None:
    changes: list[tuple[bool, str]] = []
    card = SoundCard(SoundCardConfig(), lambda pcm: None, Playback(), lambda works, why: changes.append((works, why)))
    card.start()
    _until(lambda: len(changes) >= 2)
    assert changes[1] == (False, "the sound devices stand still")
    card.close()


def test_a_start_that_fails_raises_and_leaves_nothing_open(
    fake_card: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(device: Device, feed: MicrophoneFeed) -> FakeStream:
        raise AudioError("busy")

    monkeypatch.setattr(soundcard, "open_microphone", refuse)
    with pytest.raises(AudioError, match="busy"):
        SoundCard(SoundCardConfig(), lambda pcm: None, Playback()).start()
    assert not fake_card.streams[0].active


def _until(true: object, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.005)


PULSE = """\
load-module module-null-sink sink_name=speaker rate=48000 channels=1
load-module module-remap-source source_name=mic master=speaker.monitor
set-default-sink speaker
set-default-source mic
load-module module-native-protocol-unix
"""
LOOP = """
import sys, time, numpy as np
from assistant.audio.frames import SAMPLE_RATE
from assistant.audio.playback import Playback
from assistant.audio.soundcard import SoundCard, SoundCardConfig
heard = []
playback = Playback()
card = SoundCard(SoundCardConfig(), lambda pcm: heard.append(pcm.copy()), playback)
card.start()
deadline = time.monotonic() + 10
while len(heard) < 100 and time.monotonic() < deadline:
    time.sleep(0.02)
marker = np.random.default_rng(1).standard_normal(SAMPLE_RATE) * 4000
clip = playback.play("answer")
clip.write(marker.astype(np.int16)); clip.end()
count = len(heard)
while len(heard) < count + 125 and time.monotonic() < deadline:
    time.sleep(0.02)
card.close()
sound = np.concatenate(heard[count:]).astype(float)
size = 1 << 17
cross = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(marker, size)), size)
at = int(np.argmax(cross[:len(sound)]))
piece = sound[at:at + len(marker)]
print(np.corrcoef(piece, marker[:len(piece)])[0, 1], at, len(piece))
"""


@pytest.fixture
def virtual_card(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A daemon of its own: one null sink mixes everything that is played to it."""
    if shutil.which("pulseaudio") is None:
        pytest.skip("pulseaudio is not installed")
    runtime, home = tmp_path / "run", tmp_path / "home"
    runtime.mkdir(mode=0o700)
    home.mkdir(mode=0o700)
    (tmp_path / "default.pa").write_text(PULSE)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "HOME": str(home)}
    daemon = subprocess.Popen(
        ["pulseaudio", "-n", "-F", str(tmp_path / "default.pa"), "--daemonize=no", "--exit-idle-time=-1",
         "--disallow-exit"],
        env=environment, stderr=subprocess.DEVNULL,
    )
    _until(lambda: (runtime / "pulse" / "native").exists())
    yield environment
    daemon.terminate()
    daemon.wait(5)


def test_what_is_played_arrives_at_the_microphone(virtual_card: dict[str, str]) -> None:
    """In a process of its own: PortAudio reads its environment once."""
    correlation = 0.0
    for _ in range(3):  # a virtual card on a busy machine now and then drops a buffer
        done = subprocess.run(
            [sys.executable, "-c", LOOP], env=virtual_card, capture_output=True, text=True, timeout=40, check=False,
            cwd=Path(devices.__file__).parents[2],
        )
        assert done.returncode == 0, done.stderr
        correlation = float(done.stdout.split()[0])
        if correlation > 0.9:
            break
    assert correlation > 0.9
