"""This machine's microphone and loudspeaker as one source: opened once, kept open, opened again when unplugged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.audio.devices import (
    LoudspeakerFeed,
    MicrophoneFeed,
    Stream,
    choose,
    list_devices,
    open_loudspeaker,
    open_microphone,
    portaudio,
)
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.playback import Playback
from assistant.errors import AudioError

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5
STALLED_CHECKS = 4
"""Looks without a single callback after which a stream is given up: two seconds. A fresh one may take 1.8 s."""
FRESH_CHECKS = 8
RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class SoundCardConfig:
    """Which devices; by number, name or part of a name; empty: the system's default."""

    input: str = ""
    output: str = ""


@dataclass(slots=True)
class _Opened:
    microphone: Stream
    loudspeaker: Stream
    heard: MicrophoneFeed
    played: LoudspeakerFeed
    calls: tuple[int, int] = (0, 0)
    silent_checks: int = field(default=STALLED_CHECKS - FRESH_CHECKS)


class SoundCard:
    """Keeps both streams open, from its own thread.

    Args:
        on_sound: takes int16[320] from the microphone, on PortAudio's thread.
        playback: is pulled by the loudspeaker.
        on_change: (whether the devices work, why not), on this object's thread; once at each change.
    """

    def __init__(
        self, config: SoundCardConfig, on_sound: Callable[[Pcm], None], playback: Playback,
        on_change: Callable[[bool, str], None] = lambda works, reason: None,
    ) -> None:
        self.config = config
        self._on_sound = on_sound
        self._playback = playback
        self._on_change = on_change
        self._opened: _Opened | None = None
        self._ended = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def works(self) -> bool:
        """Whether both streams are open."""
        return self._opened is not None

    @property
    def delay_samples(self) -> int:
        """From a pull to its echo's arrival at the microphone, as the devices claim; 0 while closed."""
        opened = self._opened
        if opened is None:
            return 0
        seconds: float = opened.loudspeaker.latency + opened.microphone.latency
        return round(seconds * SAMPLE_RATE)

    def start(self) -> None:
        """Open the devices and watch them.

        Raises:
            AudioError: PortAudio is missing, there is no such device, or it refuses. After a successful start faults
                are retried instead, and told by ``on_change``.
        """
        self._open()
        self._on_change(True, "")
        self._watcher = threading.Thread(target=self._watch, name="sound card", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Close the devices."""
        self._ended.set()
        if self._watcher is not None:
            self._watcher.join(timeout=5.0)
        self._shut()

    def _open(self) -> None:
        """The loudspeaker first: on some systems a microphone opened before it stays silent."""
        devices = list_devices()
        output = choose(devices, self.config.output, output=True)
        source = choose(devices, self.config.input, output=False)
        played = LoudspeakerFeed(output.rate, self._playback)
        heard = MicrophoneFeed(source.rate, self._on_sound)
        loudspeaker = open_loudspeaker(output, played)
        try:
            microphone = open_microphone(source, heard)
        except AudioError:
            loudspeaker.close()
            raise
        self._opened = _Opened(microphone, loudspeaker, heard, played)
        self._playback.latency_samples = round(loudspeaker.latency * SAMPLE_RATE)

    def _shut(self) -> None:
        opened, self._opened = self._opened, None
        if opened is None:
            return
        for stream in (opened.microphone, opened.loudspeaker):
            try:
                stream.abort()
                stream.close()
            except portaudio().PortAudioError as error:
                log.debug("closing a sound device: %s", error)

    def _watch(self) -> None:
        while not self._ended.wait(CHECK_SECONDS):
            reason = self._fault()
            if reason:
                log.warning("%s; trying again", reason)
                self._shut()
                self._on_change(False, reason)
                self._reopen()

    def _fault(self) -> str:
        """What is wrong with the streams; empty if nothing."""
        opened = self._opened
        if opened is None:
            return "the sound devices are closed"
        if not opened.loudspeaker.active:
            return "the loudspeaker is gone"
        if not opened.microphone.active:
            return "the microphone is gone"
        calls = (opened.heard.calls, opened.played.calls)
        moved = calls[0] > opened.calls[0] and calls[1] > opened.calls[1]
        opened.calls = calls
        opened.silent_checks = 0 if moved else opened.silent_checks + 1
        return "the sound devices stand still" if opened.silent_checks >= STALLED_CHECKS else ""

    def _reopen(self) -> None:
        attempt = 0
        while not self._ended.wait(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]):
            attempt += 1
            try:
                _look_again()
                self._open()
            except AudioError as error:
                log.info("sound devices: %s", error)
                continue
            self._on_change(True, "")
            return


def _look_again() -> None:
    """Make PortAudio list its devices anew; it does so only when it starts."""
    sounddevice = portaudio()
    sounddevice._terminate()
    sounddevice._initialize()
