"""Trains a voice activity detector on clean recordings, heard in rooms and noise.

    python -m training.vad.train --data speech/ --noise noise/ --out my-vad

See README.md in this folder. Broken off at any moment, the same command goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer

from assistant.audio.frames import FRAME_SAMPLES
from assistant.bench import report
from assistant.bench.ranking import auc
from assistant.bench.speech_frames import OTHER, SPEECH
from assistant.errors import AssistantError
from assistant.packaged import file_sha256
from assistant.registry import Registry
from assistant.vad.trained.detector import RELEASE

from ..endpoint.material import halves, recordings
from ..folder import claim
from ..wake.acoustics import Acoustics, rooms
from .examples import Examples, examples, load, save
from .export import export
from .fit import FitConfig, fit, known, logits_of
from .material import dealt, labelled
from .net import Net

MODEL, CARD, REPORT, CHECKPOINT = "vad.onnx", "card.json", "report.json", "checkpoint.npz"
TRAIN, JUDGE = "examples.npz", "judge.npz"
FALSE_SHARE = 0.02
"""Of the frames without speech so many may count as speech at the threshold."""
NEAR = 15
"""Frames around a change in which the detector's change is looked for."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder was trained with; a run that goes on must have the same."""

    data: tuple[str, ...]
    noise: str = ""
    responses: str = ""
    odd: bool = False
    """Whether only speakers with an odd number are learnt from."""
    most: int = 1_000_000
    """Recordings."""
    rooms: int = 60
    """Simulated."""
    examples: int = 2400
    """Of eight seconds."""
    judged: int = 240
    """Examples of the speakers who are kept out."""
    fit: FitConfig = field(default_factory=FitConfig)


def train(settings: Settings, out: Path, say: Say = print) -> dict[str, Any]:
    """Label, hear, train, place the threshold, export; resumes what ``out`` holds.

    Returns:
        The report, on speakers kept out: ``auc``, and at the threshold ``missed`` and ``false`` (shares of frames).

    Raises:
        AssistantError: the recordings cannot be used, or ``out`` belongs to other settings.
    """
    began = time.monotonic()
    torch.set_num_threads(1)
    found = [path for folder in settings.data for path in recordings(Path(folder), settings.odd)]
    claim(out, settings)
    learnt, kept = _heard(settings, found, out, say)
    torch.manual_seed(settings.fit.seed)
    net = Net()
    fit(net, learnt, settings.fit, out / CHECKPOINT, say)
    logits, labels = logits_of(net, kept), known(kept)
    threshold = float(np.quantile(logits[labels == OTHER], 1 - FALSE_SHARE))
    about = {"threshold": round(threshold, 3), **lateness(logits - threshold, kept.labels)}
    export(net, about, out / MODEL)
    results = {
        "auc": auc(logits[labels == SPEECH], logits[labels == OTHER]),
        "missed": report.share(int((logits[labels == SPEECH] < threshold).sum()), int((labels == SPEECH).sum())),
        "false": report.share(int((logits[labels == OTHER] >= threshold).sum()), int((labels == OTHER).sum())),
    }
    _write_card(out, settings, about, results, time.monotonic() - began)
    return results


def lateness(margins: np.ndarray, labels: np.ndarray) -> dict[str, int]:
    """By how many samples the answers mostly change after the speech does: ``onset_late`` and ``end_late``.

    Args:
        margins: float64[n, 400], log-odds above the threshold.
        labels: int8[n, 400], of the clean sound.
    """
    onsets, ends = [], []
    for one, truth in zip(margins, labels, strict=True):
        for at in range(NEAR, len(truth) - NEAR):
            if truth[at - 1] == OTHER and truth[at] == SPEECH:
                onsets += [int(np.argmax(one[at - 2 : at + NEAR] >= 0)) - 2]
            if truth[at - 1] == SPEECH and truth[at] == OTHER:
                ends += [int(np.argmax(one[at - 2 : at + NEAR] < -RELEASE)) - 2]
    return {name: round(float(np.median(found)) * FRAME_SAMPLES) if found else 0
            for name, found in (("onset_late", onsets), ("end_late", ends))}


def _heard(settings: Settings, paths: list[Path], out: Path, say: Say) -> tuple[Examples, Examples]:
    """Examples to train and to judge with."""
    if not ((out / TRAIN).exists() and (out / JUDGE).exists()):
        order = np.random.default_rng(0).permutation(len(paths))[: settings.most]
        learnt, kept = dealt(labelled([paths[at] for at in sorted(order)], Registry().build("vad", "silero"), say))
        say("rooms ...")
        responses = rooms(Path(settings.responses) if settings.responses else None, settings.rooms, settings.fit.seed)
        acoustics = Acoustics(responses, halves(Path(settings.noise)) if settings.noise else [])
        save(out / TRAIN, examples(learnt, acoustics, settings.examples, settings.fit.seed, say))
        save(out / JUDGE, examples(kept, acoustics, settings.judged, settings.fit.seed + 1, say))
    return load(out / TRAIN), load(out / JUDGE)


def _write_card(
    out: Path, settings: Settings, about: dict[str, Any], results: dict[str, Any], seconds: float
) -> None:
    """What the model was made of, its hash, and what it is worth."""
    told = {
        "file": MODEL, "sha256": file_sha256(out / MODEL), "bytes": (out / MODEL).stat().st_size, **about,
        "kept_out": report.flat(results), "seconds": round(seconds), "settings": asdict(settings),
        "versions": {name: version(name) for name in ("torch", "numpy", "onnxruntime", "pymicro-features")},
    }
    (out / CARD).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def main(
    data: Annotated[list[Path], typer.Option(help="folder of clean recordings by speaker; may be repeated")],
    out: Annotated[Path, typer.Option(help="folder to train in; holds the model in the end")],
    noise: Annotated[Path | None, typer.Option(help="folder of noises; their first halves are used")] = None,
    responses: Annotated[Path | None, typer.Option(help="folder of recorded room responses")] = None,
    odd: Annotated[bool, typer.Option("--odd", help="only speakers with an odd number")] = False,
    most: Annotated[int, typer.Option(help="at most so many recordings")] = 1_000_000,
    count: Annotated[int, typer.Option("--examples", min=1, help="of eight seconds")] = 2400,
    steps: Annotated[int, typer.Option(min=1)] = FitConfig().steps,
    seed: Annotated[int, typer.Option()] = FitConfig().seed,
) -> None:
    """Train a voice activity detector; broken off, the same command goes on."""
    settings = Settings(
        tuple(str(folder.resolve()) for folder in data), str(noise.resolve()) if noise else "",
        str(responses.resolve()) if responses else "", odd, most, examples=count, judged=max(10, count // 10),
        fit=FitConfig(steps=steps, seed=seed),
    )
    try:
        results = train(settings, out.resolve(), typer.echo)
    except AssistantError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    report.publish("vad-training", results, out / REPORT, title="frames of speakers that it never heard")
    typer.echo(f"\nvad: {{backend: trained, model: {out.resolve() / MODEL}}}")


if __name__ == "__main__":
    typer.run(main)
