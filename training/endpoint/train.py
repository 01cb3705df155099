"""Trains an end-of-turn model on recordings of one sentence each.

    python -m training.endpoint.train --data speech/ --noise noise/ --out my-endpoint

See README.md in this folder. Broken off at any moment, the same command goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer

from assistant.bench import report
from assistant.bench.ranking import auc, equal_error_rate
from assistant.bench.waiting import Curve, Pauses
from assistant.endpoint.model import EndOfTurn
from assistant.errors import AssistantError, ModelError
from assistant.packaged import file_sha256
from assistant.registry import Registry

from ..folder import claim
from .examples import FILE, Examples, examples, load, save
from .export import export
from .fit import FitConfig, fit, logits_of, new_net
from .material import CHOOSE, FIT, JUDGE, cuts, halves, recordings

MODEL, MANIFEST, REPORT = "endpoint.onnx", "manifest.json", "report.json"
AS_GOOD_AS = 0.8
"""Seconds of silence; the threshold is where no more speakers are cut off than by waiting so long in every pause."""
USUAL = FitConfig()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder was trained with; a run that goes on must have the same."""

    data: str
    noise: str
    odd: bool
    most: int
    fit: FitConfig


def train(settings: Settings, out: Path, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Hear, train, choose the threshold, export and judge; resumes what ``out`` holds.

    Returns:
        The report: ``auc`` and ``eer`` on speakers kept out for judging, of the model and of the control ``length``;
        ``as_800ms``, mean delay where no more are cut off than by 0.8 s of silence alone; ``cutoff``, ``delay_ms``.

    Raises:
        AssistantError: the recordings cannot be used, or ``out`` belongs to other settings.
    """
    torch.set_num_threads(1)
    claim(out, settings)
    found = _heard(settings, out, say)
    parts = {name: found.of(name) for name in (FIT, CHOOSE, JUDGE)}
    for name, part in parts.items():
        say(f"{name}: {int(part.finished.sum())} ends, {int((~part.finished).sum())} places inside")
        if part.finished.all() or not part.finished.any():
            raise ModelError(f"nobody pauses inside a sentence in the part {name!r}", where=settings.data,
                             mend="more recordings, with hesitations in them")
    torch.manual_seed(settings.fit.seed)
    net = fit(new_net(parts[FIT]), parts[FIT], parts[CHOOSE], settings.fit, out, say).eval()
    threshold = curve(logits_of(net, parts[CHOOSE]), parts[CHOOSE]).threshold_as_good_as(AS_GOOD_AS)
    export(net.eval(), threshold, out / MODEL)
    results = judged(logits_of(net, parts[JUDGE]) - threshold, parts[JUDGE])
    _write_manifest(out, settings, parts, threshold)
    return results


def curve(scores: np.ndarray, found: Examples) -> Curve:
    """Scores of pauses as ``bench endpoint`` reads them."""
    numbers, owner = np.unique(found.utterance, return_inverse=True)
    inner = ~found.finished
    pauses = Pauses(len(numbers), owner[inner], found.seconds[inner].astype(np.float64))
    ends = np.zeros(len(numbers))
    ends[owner[found.finished]] = scores[found.finished]
    return Curve(pauses, scores[inner], ends)


def judged(scores: np.ndarray, found: Examples) -> dict[str, Any]:
    """The report: what the model does, and what the length of the speech alone would."""
    mine = curve(scores, found)
    control = curve(found.spoken.astype(np.float64), found)
    return {
        **mine.ranking(), **mine.at(0.0), f"as_{1000 * AS_GOOD_AS:.0f}ms": mine.as_good_as(AS_GOOD_AS),
        "auc_length": auc(control.ends, control.inner), "eer_length": equal_error_rate(control.ends, control.inner),
        f"as_{1000 * AS_GOOD_AS:.0f}ms_length": control.as_good_as(AS_GOOD_AS),
    }


def _heard(settings: Settings, out: Path, say: Callable[[str], None]) -> Examples:
    path = out / FILE
    if not path.exists():
        paths = recordings(Path(settings.data), settings.odd)
        paths = [paths[number] for number in sorted(np.random.default_rng(0).permutation(len(paths))[: settings.most])]
        noises = halves(Path(settings.noise)) if settings.noise else []
        found = list(cuts(paths, Registry().build("vad", "silero")))
        save(path, examples(found, noises, settings.fit.views, settings.fit.seed, say))
    return load(path)


def _write_manifest(out: Path, settings: Settings, parts: dict[str, Examples], threshold: float) -> None:
    """What the model was made of, and its hash."""
    EndOfTurn(out / MODEL)
    counts = {name: {"ends": int(part.finished.sum()), "inside": int((~part.finished).sum())}
              for name, part in parts.items()}
    told = {
        "file": MODEL, "sha256": file_sha256(out / MODEL), "bytes": (out / MODEL).stat().st_size,
        "threshold": threshold, "places": counts, "settings": asdict(settings), "torch": torch.__version__,
    }
    (out / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def main(
    data: Annotated[Path, typer.Option(help="folder of recordings, one whole sentence each, by speaker")],
    out: Annotated[Path, typer.Option(help="folder to train in; holds the model in the end")],
    noise: Annotated[Path | None, typer.Option(help="folder of room noises; their first halves are used")] = None,
    odd: Annotated[bool, typer.Option("--odd", help="only speakers with an odd number")] = False,
    most: Annotated[int, typer.Option(help="at most so many recordings")] = 1_000_000,
    epochs: Annotated[int, typer.Option(min=1)] = USUAL.epochs,
    views: Annotated[int, typer.Option(min=0, help="perturbed versions of each example")] = USUAL.views,
    seed: Annotated[int, typer.Option()] = USUAL.seed,
) -> None:
    """Train an end-of-turn model; broken off, the same command goes on."""
    config = FitConfig(epochs=epochs, views=views, seed=seed)
    settings = Settings(str(data.resolve()), str(noise.resolve()) if noise else "", odd, most, config)
    try:
        results = train(settings, out.resolve(), typer.echo)
    except AssistantError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    report.publish("endpoint-training", results, out / REPORT, title="pauses of speakers that it never heard")
    typer.echo(f"\nassistant bench endpoint --model {out.resolve() / MODEL}")


if __name__ == "__main__":
    typer.run(main)
