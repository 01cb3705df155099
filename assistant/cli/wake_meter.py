"""Scores of wake phrases as bars, from the microphone or a recording."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer

from assistant.asr.fold import fold
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.config import Config, Wake
from assistant.config.listening import scorer_options, wake_options
from assistant.errors import AudioError
from assistant.registry import Registry
from assistant.wake.calls import Calls
from assistant.wake.household import read_spellings
from assistant.wake.meter import HitMeter, Meter, Peaks, Score, TrainedMeter, TypedMeter, frames
from assistant.wake.trained.detector import TrainedWakeWord

WIDTH = 30
MARK = 20
"""Column of the threshold."""
PER_COLUMN = 0.5
"""Of a score, in log-probability or log-odds."""
PHRASE_WIDTH = 16
QUIET_SECONDS = 2
"""After a recording: a phrase at its end is scored a little later."""


def meters(config: Config, phrase: str = "") -> list[Meter]:
    """What measures the wake phrases of the settings, or one phrase, which need not be among them.

    Raises:
        AssistantError: a detector cannot be built.
    """
    registry = Registry()
    wakes = [wake for wake in config.wake if not phrase or fold(wake.phrase) == fold(phrase)] or [Wake(phrase=phrase)]
    made: list[Meter] = []
    typed = [wake.call for wake in wakes if wake.backend == "phrase"]
    if typed:
        calls = Calls(typed, (), {call.phrase: read_spellings(call.phrase) for call in typed})
        scorer = registry.build("wake", "phrase", scorer_options(config))
        vad = registry.build("vad", config.vad.backend, config.vad.options)
        made.append(TypedMeter(scorer, vad, calls.typed))
    for wake in wakes:
        if wake.backend != "phrase":
            options = wake_options(wake, registry, config.false_accept_hours)
            word = registry.build("wake", wake.backend, options)
            made.append(TrainedMeter(word, wake.phrase) if isinstance(word, TrainedWakeWord) else HitMeter(word))
    return made


def from_recording(path: Path, meters: Sequence[Meter]) -> bool:
    """Print the scores of a recording; whether a phrase is heard in it.

    Raises:
        AudioError: it cannot be read.
    """
    import numpy as np

    pcm = np.concatenate([read_sound(path), np.zeros(QUIET_SECONDS * SAMPLE_RATE, np.int16)])
    heard = False
    for score in strongest(frames(pcm), meters):
        typer.echo(line(score))
        heard = heard or score.heard
    if not heard:
        typer.secho(f"not heard in {path}", err=True)
    return heard


def from_microphone(config: Config, meters: Sequence[Meter]) -> None:
    """Print the scores of what the microphone hears, until Ctrl-C.

    Raises:
        AudioError: there is no microphone.
    """
    typer.secho("Say it a few times, and other things. The mark is where it counts as heard. Ctrl-C ends this.",
                dim=True)
    for score in strongest(listen(config), meters):
        typer.secho(line(score), fg="green" if score.heard else None)


def strongest(pieces: Iterable[Pcm], meters: Sequence[Meter]) -> Iterator[Score]:
    """Of the scores that lie close together the strongest, as they are known."""
    peaks, now = Peaks(), 0
    try:
        for piece in pieces:
            now += len(piece)
            for meter in meters:
                for score in meter.feed(piece):
                    yield from peaks.take(score)
            yield from peaks.due(now)
    finally:
        for meter in meters:
            meter.close()


def listen(config: Config) -> Iterator[Pcm]:
    """What the microphone of the settings hears, 20 ms at a time, without end.

    Raises:
        AudioError: there is none.
    """
    from assistant.audio.devices import MicrophoneFeed, choose, list_devices, open_microphone

    if config.audio.input is None:
        raise AudioError("the microphone is switched off", where=config.where("audio", "input"))
    wanted = "" if config.audio.input == "default" else str(config.audio.input)
    device = choose(list_devices(), wanted, output=False)
    heard: queue.SimpleQueue[Pcm] = queue.SimpleQueue()
    stream = open_microphone(device, MicrophoneFeed(device.rate, heard.put))
    try:
        while True:
            yield heard.get()
    finally:
        stream.close()


def line(score: Score) -> str:
    """When, how well and what: ``  3.2 s  ██████████████████████│██        hey nova  heard``."""
    return f"{score.at / SAMPLE_RATE:7.1f} s  {bar(score)}  {score.phrase.ljust(PHRASE_WIDTH)}{told(score)}"


def bar(score: Score) -> str:
    """A score as a bar, with a mark at the threshold."""
    filled = MARK + round((score.score - score.threshold) / PER_COLUMN) if score.threshold > -float("inf") else WIDTH
    filled = max(MARK if score.heard else 0, min(WIDTH if score.heard else MARK - 1, filled))
    return "".join("│" if column == MARK else "█" if column < filled else "·" for column in range(WIDTH))


def told(score: Score) -> str:
    """A score in words."""
    return "heard" if score.heard else f"not heard, {score.threshold - score.score:.1f} too low"
