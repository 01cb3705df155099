"""``bench bargein``: does the assistant hear people who talk over it, and not itself?

Answers in Piper's voice are played through 20 simulated homes and a measured kitchen into the microphone: 20 to 200 ms
late, clocks 0.1 % apart, both calling up to some milliseconds late; a real playback and a real lane, in audio time.

Keys: ``self_interruptions_per_hour`` of its own speech (a pause that would be taken back counts; after one the policy
rests for a second); ``noticed_0db`` and ``noticed_-6db``, the share of interruptions noticed within 400 ms of their
start, a person's loudest 128 ms against the answer's; ``noticed`` both together; ``delay_ms_*``; ``held_before``, the
share of interruptions before which the policy would have paused within 400 ms: they count as not noticed;
``self_interruptions_per_hour_in_noise`` (dishes, tap, ... 20 dB below the answer); ``hours``, ``rooms``, ``rt60_*``.

At live pace, through a whole agent with one recogniser and four rooms at once, levels by the speech's root mean square:
``noticed_live`` (within 400 ms the answer was held), ``delay_ms_p50_live``, ``held_before_live`` (before anybody
spoke), ``let_go_on``: acknowledgements ("mhm") after which the answer was said to its end.

An interruption starts with its first 20 ms within 25 dB of its loudest (``noticed_35db``: within 35 dB, where many
recordings hold only breath and their own room). Nothing here was used for fitting.
"""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Pcm
from assistant.bench import report
from assistant.bench.answers import answers
from assistant.bench.duplex import Scene, Setup, Voice, listen, loudest_db, render
from assistant.bench.rooms import Room, homes, recorded
from assistant.bench.sounds import speech_end
from assistant.bench.talkover import Talk, talk_over
from assistant.paths import measuring_data
from assistant.turns.bargein import BargeIn, BargeInConfig
from assistant.vad.base import Vad
from assistant.vad.silero import SileroVad

SEED = 2000
"""Of the measured homes; the thresholds were fitted on those of seed 1000."""
DRIFT = 1e-3
DELAYS = (0.02, 0.2)
ECHO_DB = (-30.0, -16.0)
"""Loudest part of the answers at the microphone, dBFS."""
LEVELS_DB = (0.0, -6.0)
WITHIN = 0.4
BEFORE = 0.4
"""Seconds before a voice in which a decision cannot have been about it."""
WATCHED = 2.0
START_DB, EARLY_DB = 25.0, 35.0
REST = SAMPLE_RATE
NOISE_DB = -20.0
"""Loudest 128 ms of the noise against the answers'."""
NOISY_ANSWERS = 12
LONGEST = 4.0
"""Seconds of an interruption that are used."""
AFTER = (0.3, 1.0)
"""Seconds of the answer before an interruption at least, and after its start at least."""
WORDS = ("mhm", "uh-huh", "okay", "yeah", "right", "mm")
VOICES = ("piper", "espeak:en-us", "espeak:en-gb+f3", "espeak:en-us+m3")
SOUNDS = ("*.flac", "*.wav", "*.opus", "*.ogg")

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Job:
    """One session in one room."""

    setup: Setup
    replies: Sequence[Pcm]
    voices: Sequence[Voice] = ()
    early: Sequence[int] = ()
    """Samples by which each voice's recording begins before its ``START_DB``, by ``EARLY_DB``."""
    noise: Floats | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the policy did in it."""

    pauses: Sequence[int]
    """Samples at which it would have paused the answer, none of them while it rested."""
    noticed: Sequence[float]
    """Seconds from each voice's start until it was noticed; infinite: not while it was watched, or held before."""
    before: Sequence[bool]
    """Whether the policy would have paused the answer just before each voice."""
    seconds: float
    """Of answers."""


def bench(
    interruptions: Annotated[Path | None, typer.Option(help="folder of recorded interruptions")] = None,
    count: Annotated[int, typer.Option("-n", min=1, help="interruptions")] = 200,
    hours: Annotated[float, typer.Option(help="hours of own speech")] = 3.1,
    processes: Annotated[int, typer.Option(help="processor cores to use")] = 2,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Self-interruptions per hour, and interruptions noticed within 400 ms, in simulated homes."""
    rooms = [*homes(20, SEED), recorded(measuring_data() / "rir" / "kitchen-true-stereo.flac")]
    clips = interruption_clips(interruptions, count)
    replies = spoken_answers(hours / len(rooms), SEED)
    own = [Job(setup(room, number), shuffled(replies, number)) for number, room in enumerate(rooms)]
    over = [
        job for level in LEVELS_DB for number, room in enumerate(rooms)
        if (job := interrupted(setup(room, 100 + number), replies, clips[number :: len(rooms)], level)) is not None
    ]
    noisy = [
        Job(setup(room, 300 + number), shuffled(replies, 300 + number)[:NOISY_ANSWERS], noise=noise)
        for number, (room, noise) in enumerate(zip(rooms, cycle(noises()), strict=False))
    ]
    jobs = [*own, *noisy, *over]
    with multiprocessing.get_context("spawn").Pool(processes, os.nice, (10,)) as pool:
        measured = list(_shown(pool.imap(measure, jobs, 1), len(jobs)))
    results = {
        **self_interruptions(measured[: len(own)], ""),
        **self_interruptions(measured[len(own) : -len(over)], "_in_noise"),
        **interruptions_noticed(over, measured[-len(over) :]),
    }
    times = [room.rt60 for room in rooms]
    results |= {"rooms": len(rooms), "rt60_least": min(times), "rt60_most": max(times), "interruptions": len(clips)}
    results |= live(rooms, clips)
    report.publish("bargein", results, json_file)


def setup(room: Room, seed: int) -> Setup:
    """Devices drawn for a room."""
    generator = np.random.default_rng((SEED, seed))
    drift = DRIFT if generator.random() < 0.5 else -DRIFT
    return Setup(room, float(generator.uniform(*DELAYS)), drift, float(generator.uniform(*ECHO_DB)), seed)


def noises() -> list[Floats]:
    """The measuring half of each noise."""
    sounds = [read_sound(path) for path in sorted((measuring_data() / "noise").glob("*.flac"))]
    return [np.asarray(sound[len(sound) // 2 :] / 32768.0, dtype=np.float32) for sound in sounds]


def spoken_answers(hours: float, seed: int) -> list[Pcm]:
    """So many hours of different answers in Piper's voice."""
    from assistant.testing.voices import say

    spoken: list[Pcm] = []
    total = 0
    for text in answers(10_000, seed):
        if total >= hours * 3600 * SAMPLE_RATE:
            break
        spoken.append(say(text))
        total += len(spoken[-1])
    return spoken


def shuffled(replies: Sequence[Pcm], seed: int) -> list[Pcm]:
    """The answers in another order."""
    return [replies[index] for index in np.random.default_rng(seed).permutation(len(replies))]


def interruption_clips(folder: Path | None, count: int) -> list[Pcm]:
    """Recorded interruptions: of a folder, or half orders and half wake words."""
    generator = np.random.default_rng(SEED)
    if folder is not None:
        paths = _drawn(folder, count, generator)
    else:
        words = [_drawn(path, count // 6 + 1, generator) for path in sorted((measuring_data() / "wake").iterdir())]
        orders = _drawn(measuring_data() / "commands", count // 2 + count % 2, generator)
        paths = [*orders, *[path for group in words for path in group][: count - len(orders)]]
    return [read_sound(paths[index])[: round(LONGEST * SAMPLE_RATE)] for index in generator.permutation(len(paths))]


def _drawn(folder: Path, count: int, generator: np.random.Generator) -> list[Path]:
    paths = sorted(path for pattern in SOUNDS for path in folder.rglob(pattern))
    if not paths:
        raise typer.BadParameter(f"no recordings in {folder}")
    return [paths[index] for index in generator.permutation(len(paths))[:count]]


def start_of(pcm: Pcm, below_db: float) -> int:
    """First sample of the first 20 ms within ``below_db`` of the loudest."""
    frames = pcm[: len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES].astype(np.float64).reshape(-1, FRAME_SAMPLES)
    powers = np.mean(frames**2, axis=1)
    return int(np.flatnonzero(powers >= powers.max() * 10 ** (-below_db / 10))[0]) * FRAME_SAMPLES


def interrupted(devices: Setup, replies: Sequence[Pcm], clips: Sequence[Pcm], level_db: float) -> Job | None:
    """A session in which every answer is talked over once, at a moment drawn; None without clips."""
    before, after = AFTER
    generator = np.random.default_rng((SEED, devices.seed, round(-level_db)))
    long = [reply for reply in shuffled(replies, devices.seed) if len(reply) > 3 * SAMPLE_RATE][: len(clips)]
    voices, early = [], []
    for number, (reply, clip) in enumerate(zip(long, clips, strict=False)):
        start = start_of(clip, START_DB)
        moment = float(generator.uniform(before, max(before, len(reply) / SAMPLE_RATE - after)))
        voices.append(Voice(clip[start : speech_end(clip)], number, moment, level_db))
        early.append(start - start_of(clip, EARLY_DB))
    return Job(devices, long, voices, early) if voices else None


def measure(job: Job) -> Measured:
    """Run one session; in a process of its own."""
    noise = None
    if job.noise is not None:
        gain = 10 ** ((job.setup.echo_db + NOISE_DB - loudest_db(job.noise)) / 20)
        noise = np.asarray(job.noise * gain, dtype=np.float32)
    scene = render(job.setup, job.replies, job.voices, noise)
    fired = decisions(scene, SileroVad(), rest=0 if job.voices else REST)
    return Measured(fired, noticed(scene, fired), held_before(scene, fired), sum(map(len, job.replies)) / SAMPLE_RATE)


def decisions(scene: Scene, vad: Vad, config: BargeInConfig | None = None, *, rest: int = REST) -> list[int]:
    """Samples at which the policy would have paused an answer; after each it rests for ``rest`` samples."""
    policy = BargeIn(config)
    fired: list[int] = []
    reply = -1
    for moment in listen(scene, vad):
        if moment.reply != reply:
            policy.reset()
            reply = moment.reply
        resting = bool(fired) and moment.frame.end - fired[-1] < rest
        if reply >= 0 and not resting and policy.hear(moment):
            fired.append(moment.frame.end)
            if rest:
                policy.reset()
    return fired


def noticed(scene: Scene, fired: Sequence[int]) -> list[float]:
    """Seconds from each voice's start to the first decision after it; infinite for a voice before which there was one.

    A policy that fires already does not notice anybody by firing on.
    """
    times = []
    for start, before in zip(scene.spoken, held_before(scene, fired), strict=True):
        after = [sample - start for sample in fired if start < sample <= start + WATCHED * SAMPLE_RATE]
        times.append(after[0] / SAMPLE_RATE if after and not before else math.inf)
    return times


def held_before(scene: Scene, fired: Sequence[int]) -> list[bool]:
    """For each voice: whether there was a decision in the ``BEFORE`` seconds up to its start."""
    return [any(start - BEFORE * SAMPLE_RATE < sample <= start for sample in fired) for start in scene.spoken]


def self_interruptions(sessions: Sequence[Measured], name: str) -> dict[str, Any]:
    """How often the assistant was interrupted by itself."""
    hours = sum(session.seconds for session in sessions) / 3600
    events = sum(len(session.pauses) for session in sessions)
    return {f"self_interruptions_per_hour{name}": report.rate(events, hours), f"hours{name}": hours}


def interruptions_noticed(jobs: Sequence[Job], over: Sequence[Measured]) -> dict[str, Any]:
    """How many people were noticed, and how soon."""
    results: dict[str, Any] = {}
    every: list[float] = []
    early: list[float] = []
    for level in LEVELS_DB:
        sessions = [(job, one) for job, one in zip(jobs, over, strict=True) if job.voices[0].level_db == level]
        times = [time for _, one in sessions for time in one.noticed]
        early += [
            time + late / SAMPLE_RATE
            for job, one in sessions for time, late in zip(one.noticed, job.early, strict=True)
        ]
        results[f"noticed_{level:.0f}db"] = _within(times)
        results[f"delay_ms_p50_{level:.0f}db"] = report.percentile([1000 * time for time in times], 50)
        every += times
    before = [held for one in over for held in one.before]
    return results | {
        "noticed": _within(every), "noticed_35db": _within(early),
        "held_before": report.share(sum(before), len(before)),
    }


def _within(times: Sequence[float]) -> dict[str, float]:
    return report.share(sum(time <= WITHIN for time in times), len(times))


def live(rooms: Sequence[Room], clips: Sequence[Pcm]) -> dict[str, Any]:
    """Interruptions and acknowledgements said to a whole agent at live pace."""
    from assistant.testing.voices import say

    interruptions = [
        Talk(f"interruption {number}", _from_start(clip), LEVELS_DB[number % 2]) for number, clip in enumerate(clips)
    ]
    said = [(f"{word} ({voice})", say(word, voice)) for word in WORDS for voice in VOICES]
    acknowledgements = [
        Talk(name, _from_start(word), LEVELS_DB[number % 2], goes_on=True) for number, (name, word) in enumerate(said)
    ]
    heard = asyncio.run(talk_over([*interruptions, *acknowledgements], rooms, SEED))
    over = [one for one in heard if not one.talk.goes_on]
    let_go = [one.completed for one in heard if one.talk.goes_on]
    return {
        "noticed_live": _within([one.paused for one in over]),
        "delay_ms_p50_live": report.percentile([1000 * one.paused for one in over], 50),
        "held_before_live": report.share(sum(one.before for one in heard), len(heard)),
        "let_go_on": report.share(sum(let_go), len(let_go)),
    }


def _from_start(clip: Pcm) -> Floats:
    return clip[start_of(clip, START_DB) : speech_end(clip)].astype(np.float32)


def _shown(measured: Iterator[Measured], total: int) -> Iterator[Measured]:
    for number, one in enumerate(islice(measured, total), 1):
        console.print(f"session {number} of {total}: {len(one.pauses)} pauses", style="dim")
        yield one
