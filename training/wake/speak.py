"""The synthesisers at work: each part is said once and kept in the cache folder, so a broken-off run goes on there.

Piper, espeak-ng and Kokoro's phonemes are GPL-3: they are only ever imported in processes of their own.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.resample import resample
from assistant.bench.sounds import speech_end, speech_start
from assistant.errors import BackendError

from .voices import Line, Part

VERSION = 1
"""Counts up when the same part gives another sound."""
SHORTEST, LONGEST = 0.15, 4.0
"""Seconds of a phrase; what is shorter or longer went wrong."""
PIPER_VARIATION = (0.8, 1.6)
"""Chance in Piper's one voice: its speakers differ in nothing else."""
ESPEAK_WORDS, ESPEAK_PITCH = 165, (25, 80)
KOKORO_CLOSENESS = 510
"""Rows of a Kokoro voice, by the number of phonemes."""


def speak(
    parts: Sequence[Part], folder: Path, jobs: int, told: Callable[[int, int], None]
) -> list[tuple[Part, list[Pcm]]]:
    """The sounds of all parts, int16 at 16 kHz without silence around them; empty where nothing came out.

    Args:
        folder: where they are kept.
        jobs: processes at work at once.
        told: hears how many of how many parts are there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [part for part in parts if _load(_path(folder, part)) is None]
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(say, part, _path(folder, part)) for part in missing]
        for number, done in enumerate(as_completed(running), len(parts) - len(missing) + 1):
            done.result()
            told(number, len(parts))
    return list(_all(parts, folder))


def kokoro_voices() -> list[str]:
    """Names of the English voices that Kokoro has here."""
    from assistant.models.folder import model_folder
    from assistant.tts.kokoro import INSTALLED, LANGUAGES, VOICES_FILE

    with np.load(model_folder(INSTALLED) / VOICES_FILE) as file:
        return sorted(name for name in file.files if name[0] in LANGUAGES)


def say(part: Part, path: Path) -> None:
    """Say a part and keep it; runs in a synthesiser's own process."""
    import onnxruntime

    onnxruntime.set_seed(part.seed)
    rate, sounds = SAYERS[part.backend](part)
    kept = {str(number): _trimmed(resample(sound, rate)) for number, sound in enumerate(sounds)}
    new = path.with_suffix(".new.npz")
    np.savez(new, **kept)  # type: ignore[arg-type]
    new.replace(path)


def _kokoro(part: Part) -> tuple[int, Iterator[Pcm]]:
    from assistant.tts.kokoro import LANGUAGES, RATE
    from assistant.tts.shaping import to_pcm

    library, shares = _kokoro_library(), [share.split(":") for share in part.voice.split()]
    style = sum(float(share) * library.voices[name] for name, share in shares)
    language = LANGUAGES[part.voice[0]]

    def one(line: Line) -> Pcm:
        phonemes = library.tokenizer.phonemize(line.text, language)
        sound, _ = library.create(phonemes, style, line.speed, is_phonemes=True, trim=False)
        return to_pcm(np.asarray(sound, np.float32))

    return RATE, (one(line) for line in part.lines)


@cache
def _kokoro_library() -> Any:
    from assistant.models.folder import model_folder
    from assistant.tts.kokoro import INSTALLED, open_library

    return open_library(model_folder(INSTALLED), threads=1)


def _piper(part: Part) -> tuple[int, Iterator[Pcm]]:
    from assistant.tts.piper import Piper, PiperConfig

    dice = np.random.default_rng(part.seed)
    speed, variation = (round(float(dice.uniform(*span)), 2) for span in ((0.75, 1.35), PIPER_VARIATION))
    voice = Piper(PiperConfig(speed=speed, variation=variation, threads=1))
    return voice.rate, (_whole(voice, line.text) for line in part.lines)


def _espeak(part: Part) -> tuple[int, Iterator[Pcm]]:
    from assistant.tts.espeak import Espeak, EspeakConfig

    dice = np.random.default_rng(part.seed)
    words, pitch = round(ESPEAK_WORDS * part.lines[0].speed), int(dice.integers(*ESPEAK_PITCH))
    voice = Espeak(EspeakConfig(part.voice, words, pitch))
    return voice.rate, (_whole(voice, line.text) for line in part.lines)


def _flite(part: Part) -> tuple[int, Iterator[Pcm]]:
    from assistant.tts.flite import RATE, Flite, FliteConfig

    return RATE, (_whole(Flite(FliteConfig(part.voice, line.speed)), line.text) for line in part.lines)


SAYERS: dict[str, Callable[[Part], tuple[int, Iterator[Pcm]]]] = {
    "kokoro": _kokoro, "piper": _piper, "espeak": _espeak, "flite": _flite,
}


def _whole(voice: Any, text: str) -> Pcm:
    return np.concatenate([piece.pcm for piece in voice.speak(text)])


def _trimmed(sound: Pcm) -> Pcm:
    """The speech in a sound; empty if there is none of a fitting length."""
    if not sound.any():
        return sound[:0]
    speech = sound[speech_start(sound) : speech_end(sound)]
    return speech if SHORTEST * SAMPLE_RATE <= len(speech) <= LONGEST * SAMPLE_RATE else sound[:0]


def _path(folder: Path, part: Part) -> Path:
    return folder / f"{hashlib.sha256(f'{VERSION} {part.key}'.encode()).hexdigest()[:32]}.npz"


def _load(path: Path) -> list[Pcm] | None:
    """The sounds of a part; None if they are not there or damaged."""
    try:
        with np.load(path) as file:
            return [file[str(number)] for number in range(len(file.files))]
    except (OSError, KeyError, ValueError, BadZipFile):
        return None


def _all(parts: Sequence[Part], folder: Path) -> Iterator[tuple[Part, list[Pcm]]]:
    for part in parts:
        sounds = _load(_path(folder, part))
        if sounds is None or len(sounds) != len(part.lines):
            raise BackendError("a synthesised part is damaged", where=str(_path(folder, part)), mend="delete it")
        yield part, sounds
