"""Making a voice from a folder of recordings: look through, search in a worker, measure, write the folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from assistant.audio.files import read_sound, write_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.edits import edits
from assistant.errors import BackendError, ModelError
from assistant.packaged import file_sha256
from assistant.tts.clone.fit import BUDGET
from assistant.tts.clone.judge import Judge, unit
from assistant.tts.clone.profile import Profile, write_profile
from assistant.tts.clone.recordings import Recordings, look_through
from assistant.tts.kokoro import INSTALLED, STYLE_FILE
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

SAID = (
    "The kitchen light is on, and the heating is set to nineteen degrees.",
    "Your first meeting tomorrow begins at half past eight in the morning.",
    "The front door is locked, and all the windows downstairs are closed.",
)
"""What the finished voice says, to be measured and listened to."""
HELD_BACK = 0.25
"""Share of the recordings that are not fitted to, but measured with."""
STEP_TIMEOUT = 300.0
"""Seconds for a batch of the search; it takes 10."""

Tell = Callable[[int, int, float], None]
"""Voices heard, of how many, likeness of the best to the search's own judge."""


def split(recordings: Recordings) -> tuple[list[Path], list[Path]]:
    """What is fitted to, and what is measured with: every fourth recording, none of fewer than four."""
    every = round(1 / HELD_BACK)
    test = list(recordings.paths[every - 1 :: every])
    return [path for path in recordings.paths if path not in test], test


async def make_voice(
    name: str, source: Path, folder: Path, tell: Tell, *, model: str = INSTALLED, budget: int = BUDGET,
) -> tuple[Profile, Recordings]:
    """Make a voice; what a killed run has heard in the folder is used.

    Raises:
        AudioError: the recordings are too few or too bad.
        ModelError: Kokoro or the judge is not installed, or the folder cannot be written.
    """
    judge = Judge()
    recordings = look_through(source, judge)
    fitted, test = split(recordings)
    _prepare(folder)
    worker = Worker(WorkerSpec("voice search", "assistant.tts.clone.fit:FitService", {"model": model},
                               start_timeout=120.0), None)
    try:
        await worker.start(patient=True)
        stream = worker.stream("fit", [str(path) for path in fitted], str(folder), budget, timeout=STEP_TIMEOUT)
        async for step in stream:
            tell(step["heard"], step["of"], step["best"])
    finally:
        await worker.close()
    sounds = await speak(name, folder, model)
    measured = verdict(sounds, [read_sound(path) for path in test])
    source_text = f"{len(recordings.paths)} recordings, {recordings.seconds:.0f} s"
    profile = Profile(name, "fitted", date.today().isoformat(), source_text, file_sha256(folder / STYLE_FILE),
                      measured=measured)
    write_profile(folder, profile)
    return profile, recordings


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"cannot be made: {error.strerror}", where=str(folder)) from error


async def speak(name: str, folder: Path, model: str) -> list[Pcm]:
    """What the voice says, at 16 kHz, also as files in its folder."""
    import soxr

    options = {"style": str(folder / STYLE_FILE), "model": model}
    worker = Worker(WorkerSpec(f"voice {name}", "assistant.tts.service:SynthesizerService",
                               {"backend": "kokoro", "options": options}, start_timeout=120.0), None)
    sounds = []
    try:
        await worker.start(patient=True)
        for number, sentence in enumerate(SAID, 1):
            items = await worker.call("speak_all", sentence, timeout=60.0)
            pcm = np.concatenate([soxr.resample(np.frombuffer(item["pcm"], "<i2"), item["rate"], SAMPLE_RATE)
                                  for item in items])
            write_sound(folder / f"sample-{number}.wav", pcm)
            sounds.append(pcm)
    finally:
        await worker.close()
    return sounds


def verdict(sounds: list[Pcm], test: list[Pcm]) -> dict[str, float]:
    """How like the person it sounds, by a judge that had no part in the search, and how well it is understood."""
    from assistant.asr.moonshine.recognizer import MoonshineRecognizer

    recognizer = MoonshineRecognizer()
    wrong, words = 0, 0
    for sound, text in zip(sounds, SAID, strict=True):
        stream = recognizer.stream(None)
        stream.feed(sound, 0)
        heard, said = _words(stream.decode().free_text), _words(text)
        stream.close()
        wrong, words = wrong + edits(said, heard), words + len(said)
    measured = {"words_wrong": wrong / words}
    try:
        from assistant.tts.clone.final_judge import Ge2e

        judge = Ge2e()
    except BackendError:
        return measured
    if not test:
        return measured
    vectors = [judge.embed(sound) for sound in test]
    middle = unit(np.mean(vectors, axis=0))
    measured["likeness_of_the_voice"] = float(np.mean([judge.embed(sound) @ middle for sound in sounds]))
    if len(vectors) > 1:
        measured["likeness_of_the_person"] = float(np.mean([
            vector @ unit(np.sum(vectors, axis=0) - vector) for vector in vectors
        ]))
    return measured


def _words(text: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in text.lower()).split()
