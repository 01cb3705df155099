"""Recordings of a wake phrase by people of the household: taken, looked at, kept, learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Frame, Pcm
from assistant.bench.wake import sound_files
from assistant.cli.wake_meter import listen
from assistant.config import Config
from assistant.config.listening import scorer_options
from assistant.errors import AudioError
from assistant.registry import Registry
from assistant.skills.builtin import STOP_PHRASES
from assistant.skills.check import skills_grammar
from assistant.vad.base import Vad
from assistant.wake.adapt import spellings
from assistant.wake.household import RECORDINGS, keep_sound, sounds_of, write_spellings
from assistant.wake.phrase import MoonshinePhraseScorer
from assistant.wake.takes import Take, take, written

FEWEST, MOST = 3, 10
"""Recordings that are worth something, and beyond which more bring nothing."""
PAUSE = round(0.7 * SAMPLE_RATE)
"""Samples of silence that end a recording."""
PATIENCE = 8 * SAMPLE_RATE
"""Samples in which something must be said."""
TRIES = 3
"""For each recording that is no good."""


class Recorder:
    """Keeps the good ones of one phrase.

    Raises:
        AssistantError: the scorer or the detector of speech cannot be built.
    """

    def __init__(self, config: Config, phrase: str) -> None:
        registry = Registry()
        self._config = config
        self._phrase = phrase
        self._scorer: MoonshinePhraseScorer = registry.build("wake", "phrase", scorer_options(config))
        self.vad: Vad = registry.build("vad", config.vad.backend, config.vad.options)

    def keep(self, pcm: Pcm) -> Take:
        """Look at a recording, and keep it if it is good. Raises AudioError where it cannot be written."""
        found = take(pcm, self._phrase, self._scorer, self.vad)
        if not found.fault:
            keep_sound(self._phrase, RECORDINGS, found.pcm)
        return found

    def learn(self) -> list[str]:
        """The spellings to listen for besides, from all recordings that are kept; they are kept too."""
        texts = [written(self._scorer, read_sound(path)) for path in sounds_of(self._phrase, RECORDINGS)]
        rivals = [wake.phrase for wake in self._config.wake if wake.phrase != self._phrase]
        found = spellings(self._phrase, texts, [*rivals, *STOP_PHRASES], skills_grammar(self._config))
        write_spellings(self._phrase, found)
        return found


def from_folder(recorder: Recorder, folder: Path) -> int:
    """Take in the sound files of a folder, printing what is wrong with each; how many are good.

    Raises:
        AudioError: there are none.
    """
    good = 0
    for path in sound_files(folder):
        try:
            found = recorder.keep(read_sound(path))
        except AudioError as error:
            typer.echo(f"{path.name}: {error.what}")
            continue
        typer.echo(f"{path.name}: {found.fault or 'good'}")
        good += not found.fault
    return good


def from_microphone(recorder: Recorder, config: Config, phrase: str, count: int) -> int:
    """Ask for recordings one after the other; how many are good.

    Raises:
        AudioError: there is no microphone.
    """
    good, heard = 0, listen(config)
    for number in range(1, count + 1):
        for _ in range(TRIES):
            typer.echo(f"{number} of {count}: say “{phrase}” ... ", nl=False)
            pcm = one_utterance(heard, recorder.vad)
            found = recorder.keep(pcm) if len(pcm) else Take(pcm, "nothing was said")
            typer.echo(found.fault or "good")
            if not found.fault:
                good += 1
                break
    return good


def one_utterance(pieces: Iterable[Pcm], vad: Vad) -> Pcm:
    """The sound up to a pause after speech; empty if nobody speaks in time."""
    stream, kept, sample, silence = vad.stream(), list[Pcm](), 0, 0
    spoke = False
    try:
        for piece in pieces:
            kept.append(piece)
            speech = stream.feed(Frame(piece, sample)).speech
            sample += len(piece)
            spoke = spoke or speech
            silence = 0 if speech else silence + len(piece)
            if (spoke and silence >= PAUSE) or (not spoke and sample >= PATIENCE) or sample >= 2 * PATIENCE:
                break
    finally:
        stream.close()
    return np.concatenate(kept) if spoke else np.zeros(0, np.int16)


def told(phrase: str, good: int, others: list[str]) -> Iterator[str]:
    """What came of it, in words."""
    count = len(sounds_of(phrase, RECORDINGS))
    kept = "1 recording is" if count == 1 else f"{count} recordings are"
    yield f"{good} good; of “{phrase}” {kept} kept."
    if count < FEWEST:
        yield f"At least {FEWEST} are worth something: record more."
    for other in others:
        yield f"The recogniser also writes “{other}” when you say it: it is listened for as well."
    yield f"`assistant train wake \"{phrase}\"` learns from them."

