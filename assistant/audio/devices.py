"""Microphones and loudspeakers of this machine, by PortAudio: which there are, and how one is opened."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from assistant.audio.frames import Pcm
from assistant.audio.playback import Playback
from assistant.audio.reblock import Reblock
from assistant.audio.resample import Resampler
from assistant.audio.upsample import Upsampler
from assistant.errors import AudioError

LATENCY = 0.04
"""Seconds asked of the device each way: less makes busy machines stutter, more is heard as hesitation."""

Stream = Any
"""sounddevice's streams are untyped."""


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device."""

    index: int
    name: str
    inputs: int
    """Channels of its microphone; 0: none."""
    outputs: int
    rate: int
    """Native sample rate, Hz."""
    default_input: bool
    default_output: bool


def portaudio() -> ModuleType:
    """The sounddevice module.

    Raises:
        AudioError: the package or the PortAudio library is not installed.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise AudioError("sounddevice is not installed", mend="pip install sounddevice") from error
    except OSError as error:
        raise AudioError(
            "the PortAudio library is missing", where="sound devices", mend="sudo apt install libportaudio2"
        ) from error
    module: ModuleType = sounddevice
    return module


def list_devices() -> list[Device]:
    """All sound devices.

    Raises:
        AudioError: PortAudio is missing or does not answer.
    """
    sounddevice = portaudio()
    try:
        default_input, default_output = sounddevice.default.device
        found = sounddevice.query_devices()
    except sounddevice.PortAudioError as error:
        raise AudioError(f"sound devices cannot be listed: {error}", where="sound devices") from error
    return [
        Device(
            index, str(entry["name"]), int(entry["max_input_channels"]), int(entry["max_output_channels"]),
            round(entry["default_samplerate"]), index == default_input, index == default_output,
        )
        for index, entry in enumerate(found)
    ]


def choose(devices: list[Device], wanted: str, *, output: bool) -> Device:
    """The device that a setting means: its number, its name, a part of the name; empty: the default.

    Raises:
        AudioError: there is none.
    """
    kind, setting = ("loudspeaker", "audio.output") if output else ("microphone", "audio.input")
    able = [device for device in devices if (device.outputs if output else device.inputs) > 0]
    if not able:
        raise AudioError(f"there is no {kind}", where="sound devices", mend="plug one in, or use the page")
    if not wanted:
        defaults = [device for device in able if (device.default_output if output else device.default_input)]
        return (defaults or able)[0]
    matching = [device for device in able if wanted == str(device.index) or wanted.lower() in device.name.lower()]
    if matching:
        return matching[0]
    names = [device.name for device in able]
    near = difflib.get_close_matches(wanted, names, 1, 0.0)[0]
    raise AudioError(f"there is no {kind} {wanted!r}", where=setting, mend=f"did you mean {near!r}?")


class MicrophoneFeed:
    """Turns what a device captures into 20 ms at 16 kHz; called on PortAudio's thread."""

    def __init__(self, rate: int, on_sound: Callable[[Pcm], None]) -> None:
        self._resampler = Resampler(rate)
        self._reblock = Reblock()
        self._on_sound = on_sound
        self.calls = 0
        self.overflows = 0

    def __call__(self, captured: Pcm, frames: int, when: object, status: Any) -> None:
        self.calls += 1
        self.overflows += bool(status.input_overflow)
        mono = captured[:, 0].copy() if captured.shape[1] == 1 else captured.mean(axis=1).astype(np.int16)
        for block in self._reblock.feed(self._resampler.feed(mono)):
            self._on_sound(block)


class LoudspeakerFeed:
    """Fills a device's buffer from a playback; called on PortAudio's thread."""

    def __init__(self, rate: int, playback: Playback) -> None:
        self._upsampler = Upsampler(rate)
        self._playback = playback
        self._ready: Pcm = np.zeros(0, np.int16)
        self.calls = 0
        self.underflows = 0

    def __call__(self, wanted: Pcm, frames: int, when: object, status: Any) -> None:
        self.calls += 1
        self.underflows += bool(status.output_underflow)
        while len(self._ready) < frames:
            self._ready = np.concatenate((self._ready, self._upsampler.feed(self._playback.pull().pcm)))
        wanted[:] = self._ready[:frames, None]
        self._ready = self._ready[frames:]


def open_loudspeaker(device: Device, feed: Callable[..., None]) -> Stream:
    """Open and start; it plays silence from now on.

    Raises:
        AudioError: the device refuses.
    """
    return _open(portaudio().OutputStream, device, device.outputs, feed, "loudspeaker")


def open_microphone(device: Device, feed: MicrophoneFeed) -> Stream:
    """Open and start.

    Raises:
        AudioError: the device refuses.
    """
    return _open(portaudio().InputStream, device, device.inputs, feed, "microphone")


def _open(kind: Any, device: Device, channels: int, feed: Callable[..., None], name: str) -> Stream:
    """One channel where the device allows it, else all it has up to two."""
    refusal: Exception | None = None
    for count in sorted({1, min(2, channels)}):
        try:
            stream = kind(
                device=device.index, samplerate=device.rate, channels=count, dtype="int16",
                blocksize=device.rate // 50, latency=LATENCY, callback=feed,
            )
            stream.start()
            return stream
        except portaudio().PortAudioError as error:
            refusal = error
    raise AudioError(
        f"the {name} cannot be opened: {refusal}", where=device.name, mend="close the program that holds it"
    ) from refusal
