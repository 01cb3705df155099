"""Measures how often typed phrases are heard in other people's talk, at several thresholds.

    python -m training.wake.typed_rates --speech speech/ --minutes 20

Prints the table ``TYPED`` of ``assistant/wake/sensitivity.py``. Listened to is speech of speakers with odd numbers; the
phrases are none that anything else is measured with. The rarest false accepts decide: above the strongest scores the
rate is taken to fall exponentially (peaks over threshold, Pickands 1975), as in ``calibrate.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.pauses import speaker_of
from assistant.bench.wake import sound_files
from assistant.errors import AudioError
from assistant.registry import Registry
from assistant.wake.meter import Peaks, Score, TypedMeter, frames

PHRASES = (
    "athena", "marvin", "pandora", "orchid", "napoleon", "cinderella", "hey orion", "okay phoenix", "hello matilda",
    "dear watson", "hey sapphire", "okay mustard",
)
"""Of one word and of two, half each."""
HOURS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
BELOW = 4.0
"""Scores further below the present threshold are not looked at: of those there are enough, and each costs two looks."""
STRONGEST = 40


def main(
    speech: Annotated[Path, typer.Option(help="folder of other people's speech, files by speaker's number")],
    minutes: Annotated[float, typer.Option(help="of it to listen to")] = 20.0,
    seed: Annotated[int, typer.Option(help="which files")] = 1,
) -> None:
    """Print the table."""
    scorer = Registry().build("wake", "phrase", {})
    vad = Registry().build("vad", "silero", {})
    above, heard = [], 0
    for pcm in material(speech, minutes, seed):
        meter = TypedMeter(scorer, vad, PHRASES, BELOW)
        above += [score.score - score.threshold for score in strongest(meter, pcm)]
        meter.close()
        heard += len(pcm)
    hours = heard / SAMPLE_RATE / 3600 * len(PHRASES)
    typer.echo(f"{len(above)} scores within {BELOW:g} of the threshold in {hours:.2f} hours of phrases; "
               f"{sum(one >= 0 for one in above)} above it")
    for wanted in HOURS:
        typer.echo(f"    ({wanted:g}, {scorer.config.threshold + threshold(above, hours, wanted):.1f}),")


def material(folder: Path, minutes: float, seed: int) -> Iterator[Pcm]:
    """Recordings of speakers with odd numbers, in an order of chance, a second of quiet after each.

    Raises:
        AudioError: there are none.
    """
    paths = [path for path in sound_files(folder) if speaker_of(path).isdigit() and int(speaker_of(path)) % 2 == 1]
    if not paths:
        raise AudioError("there are no recordings of speakers with odd numbers", where=str(folder))
    left = minutes * 60 * SAMPLE_RATE
    for at in np.random.default_rng(seed).permutation(len(paths)):
        pcm = np.concatenate([read_sound(paths[at]), np.zeros(SAMPLE_RATE, np.int16)])
        yield pcm
        left -= len(pcm)
        if left <= 0:
            return


def strongest(meter: TypedMeter, pcm: Pcm) -> Iterator[Score]:
    """Of the scores of one phrase within a second the strongest."""
    peaks = Peaks()
    for frame in frames(pcm):
        for score in meter.feed(frame):
            yield from peaks.take(score)
    yield from peaks.due(len(pcm) + 10 * SAMPLE_RATE)


def threshold(above: list[float], hours: float, wanted: float) -> float:
    """What to add to the threshold, so that a phrase is heard once in so many hours.

    Args:
        above: scores less the present threshold.
        hours: of sound, times phrases.
    """
    ranked = np.sort(np.array(above))[::-1]
    count = min(STRONGEST, len(ranked) - 1)
    if hours / wanted > count:  # more often than that: so many were seen
        return float(ranked[min(len(ranked) - 1, round(hours / wanted) - 1)])
    least = ranked[count]
    excess = float(np.mean(ranked[:count] - least))
    return float(least + excess * np.log(count * wanted / hours))


if __name__ == "__main__":
    typer.run(main)
