"""Trains a speaker embedding on recordings of many people.

    python -m training.speaker.train --data speech/ --noise noise/ --out my-speaker

See README.md in this folder. Broken off at any moment, the same command goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from assistant.bench import report
from assistant.bench.channels import places
from assistant.errors import AssistantError, ModelError

from ..endpoint.material import halves, recordings
from ..folder import claim
from .export import export
from .fit import Fit, FitConfig
from .judge import judge
from .material import pieces
from .net import Net, begin
from .views import FEATURES, TABLE, compute, load

REPORT = "report.json"
USUAL = FitConfig()
LEFT_OUT = "ljspeech"
"""One speaker with many recordings: a voice to speak with, nobody to tell from others."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder was trained with; a run that goes on must have the same."""

    data: str
    noise: str
    odd: bool
    rooms: int
    views: int
    name: str
    fit: FitConfig


def train(settings: Settings, out: Path, teacher: Path, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Hear, train and export; resumes what ``out`` holds.

    Returns:
        The report: equal error rates on the speakers kept out, through channels.

    Raises:
        AssistantError: the recordings cannot be used, or ``out`` belongs to other settings.
    """
    torch.set_num_threads(1)
    torch.manual_seed(settings.fit.seed)
    claim(out, settings)
    if not (out / TABLE).exists():
        _hear(settings, out, say)
    views = load(out)
    net = Net()
    begin(net, teacher)
    before = judge(net, views)
    net = Fit(net, views, settings.fit).run(out, say)
    counts = {"speakers": len({one.split("@")[0] for one in views.speaker}), "views": len(views.start)}
    export(net, out, settings.name, {"torch": torch.__version__, "settings": asdict(settings), **counts})
    return {**judge(net, views), "eer_before": before["eer"], **counts}


def teacher_weights() -> Path:
    """Resemblyzer's weights, where the package lies; it is not imported.

    Raises:
        ModelError: it is not installed.
    """
    spec = find_spec("resemblyzer")
    found = [Path(folder) / "pretrained.pt" for folder in spec.submodule_search_locations or ()] if spec else []
    if not found or not found[0].is_file():
        raise ModelError("the teacher is not installed", where="resemblyzer",
                         mend="pip install --no-deps resemblyzer==0.1.4")
    return found[0]


def _hear(settings: Settings, out: Path, say: Callable[[str], None]) -> None:
    root = Path(settings.data)
    paths = [path for path in recordings(root, settings.odd) if path.relative_to(root).parts[0] != LEFT_OUT]
    found = list(pieces(paths, root))
    say(f"{len(found)} pieces of {len({piece.speaker for piece in found})} speakers")
    homes = places(settings.rooms, settings.fit.seed)
    compute(found, homes, halves(Path(settings.noise)), settings.views, settings.fit.seed, out, say)
    say(f"{(out / FEATURES).stat().st_size >> 20} MB of what they sound like")


def main(
    data: Annotated[Path, typer.Option(help="folder of sets of recordings, by speaker")],
    noise: Annotated[Path, typer.Option(help="folder of room noises; their first halves are used")],
    out: Annotated[Path, typer.Option(help="folder to train in; holds the model in the end")],
    teacher: Annotated[Path | None, typer.Option(help="GE2E weights, if resemblyzer is not installed")] = None,
    odd: Annotated[bool, typer.Option("--odd", help="only speakers with an odd number")] = False,
    rooms: Annotated[int, typer.Option(min=1)] = 25,
    views: Annotated[int, typer.Option(min=1, help="channels that each piece goes through")] = 4,
    steps: Annotated[int, typer.Option(min=1)] = USUAL.steps,
    name: Annotated[str, typer.Option(help="of the embedder: a new one for each model")] = "trained/mine",
    seed: Annotated[int, typer.Option()] = USUAL.seed,
) -> None:
    """Train a speaker embedding; broken off, the same command goes on."""
    config = FitConfig(steps=steps, seed=seed)
    settings = Settings(str(data.resolve()), str(noise.resolve()), odd, rooms, views, name, config)
    try:
        results = train(settings, out.resolve(), teacher or teacher_weights(), typer.echo)
    except AssistantError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    report.publish("speaker-training", results, out / REPORT, title="people that it never heard, through channels")
    typer.echo(f"\nassistant bench speakers --rooms --calibrate --backend trained,folder={out.resolve()}")


if __name__ == "__main__":
    typer.run(main)
