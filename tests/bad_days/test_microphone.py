"""The microphone is unplugged in the middle of everything, and plugged in again."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from assistant.audio import soundcard
from assistant.audio.devices import Device, LoudspeakerFeed, MicrophoneFeed
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.errors import AudioError
from assistant.events import WakeHeard
from assistant.microphone import open_microphone
from assistant.testing.voices import say
from tests.agent.stage import silence
from tests.bad_days.house import LIVE, House, house

pytestmark = LIVE

DEVICE = Device(0, "USB microphone", 1, 2, SAMPLE_RATE, True, True)


class FakeStream:
    """A stream of PortAudio's whose device can be pulled out."""

    def __init__(self, feed: MicrophoneFeed | LoudspeakerFeed) -> None:
        self.feed = feed
        self.active = True
        self.latency = 0.04

    def abort(self) -> None:
        self.active = False

    def close(self) -> None:
        self.active = False


class Plug:
    """What the machine has plugged in."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.there = True
        self.streams: dict[str, FakeStream] = {}
        patch.setattr(soundcard, "list_devices", lambda: [DEVICE] if self.there else [])
        patch.setattr(soundcard, "open_microphone", lambda device, feed: self._open("microphone", feed))
        patch.setattr(soundcard, "open_loudspeaker", lambda device, feed: self._open("loudspeaker", feed))
        patch.setattr(soundcard, "portaudio", lambda: SimpleNamespace(PortAudioError=OSError))
        patch.setattr(soundcard, "_look_again", lambda: None)
        patch.setattr(soundcard, "RETRY_SECONDS", (0.2,))

    def _open(self, name: str, feed: MicrophoneFeed | LoudspeakerFeed) -> FakeStream:
        if not self.there:
            raise AudioError("there is no microphone")
        stream = self.streams[name] = FakeStream(feed)
        return stream

    def pull(self) -> None:
        """Unplug."""
        self.there = False
        for stream in self.streams.values():
            stream.active = False

    async def hear(self, home: House, sound: Pcm) -> None:
        """The microphone delivers a sound, and the loudspeaker asks for as much."""
        status = SimpleNamespace(input_overflow=False, output_underflow=False)
        played = silence(FRAME_SAMPLES / SAMPLE_RATE)[:, None]
        for start in range(0, len(sound) - FRAME_SAMPLES, FRAME_SAMPLES):
            self.streams["loudspeaker"].feed(played, FRAME_SAMPLES, None, status)
            self.streams["microphone"].feed(sound[start : start + FRAME_SAMPLES][:, None], FRAME_SAMPLES, None, status)
            await home.wait(0.02)


async def test_it_is_told_and_works_again(monkeypatch: pytest.MonkeyPatch) -> None:
    plug = Plug(monkeypatch)
    async with house(audio={"input": "default", "output": "default"}) as home, open_microphone(home.agent):
        plug.pull()
        await home.until(lambda: home.faults("sound devices"), 5.0)
        assert "gone" in home.faults("sound devices")[0]
        await home.works()
        assert len(home.faults()) == 1, "it is told once"

        first = plug.streams["microphone"]
        plug.there = True
        await home.until(lambda: plug.streams["microphone"] is not first, 5.0)
        home.told.clear()
        await plug.hear(home, np.concatenate([silence(0.5), say("computer"), silence(1.0)]))
        await home.until(lambda: any(isinstance(event, WakeHeard) for event in home.told), 5.0)
