"""Fine-tunes Whisper on recordings of one's own, for the assistant's faster-whisper backend.

    python -m training.asr.train --manifest mine/manifest.tsv --keep other-speech/ --out my-whisper

See README.md in this folder. Broken off at any moment, the same command goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from assistant.asr.faster_whisper import PACKAGED, whisper_folder
from assistant.bench import report
from assistant.bench.manifest import Recorded, read_manifest
from assistant.errors import AssistantError, AudioError

from ..folder import claim
from .batches import LONGEST, Writer, usable
from .blend import blend
from .checkpoint import load_tensors
from .ct2_to_hf import to_transformers
from .export import export
from .fit import BEST, FitConfig, fit, mean_loss
from .judge import judge, write_down
from .material import is_odd, sounds_in, split, write_manifest

KEPT, MODEL, TRANSFORMERS, REPORT = "kept.tsv", "model", "transformers", "report.json"
DECIDING = 24
"""Recordings kept out on which epochs and mixtures are compared, of each kind: the whole window makes each dear."""
KEPT_OUT = 8
"""Every eighth recording of what is to be kept is not trained on, and has a say beside them."""
USUAL = FitConfig()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder was trained with; a run that goes on must have the same."""

    manifest: str
    keep: str
    base: str
    odd: bool
    fit: FitConfig


def train(settings: Settings, out: Path, threads: int = 1, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Train, convert and judge; resumes what ``out`` holds.

    Returns:
        The report: see ``judge``; and ``speakers_apart``, whether nobody who judges was trained on.

    Raises:
        AssistantError: the recordings or the model cannot be used, or ``out`` belongs to other settings.
    """
    torch.set_num_threads(threads)
    claim(out, settings)
    recordings = [one for one in read_manifest(Path(settings.manifest)) if not settings.odd or is_odd(one)]
    parts = split(recordings)
    kept = _kept(settings, out, threads, say) if settings.keep else []
    base = whisper_folder(settings.base)
    model, tokenizer = to_transformers(base)
    writer = Writer(tokenizer)
    loss = _loss(writer, [parts.choose, kept[::KEPT_OUT]], settings.fit)
    say(f"{len(parts.fit)} recordings to train on, {len(kept)} to keep, {len(parts.choose)} choose, "
        f"{len(parts.judge)} judge")
    if not (out / MODEL).exists():
        material = usable([*parts.fit, *(one for at, one in enumerate(kept) if at % KEPT_OUT)])
        if not material:
            mend = f"at most {LONGEST:.0f} s each, and the words that are said in them"
            raise AudioError("no recording can be trained on", where=settings.manifest, mend=mend)
        fit(model, writer, material, loss, settings.fit, out, say)
        model = to_transformers(base)[0].to(settings.fit.device)
        share, _ = blend(model, load_tensors(out / BEST)[0], loss)
        say(f"mixture: {share:.0%} of the new weights")
        export(model, base, out / TRANSFORMERS, out / MODEL)
    results = judge(settings.base, str(out / MODEL), parts.judge, threads)
    return {**results, "speakers_apart": parts.by_speaker}


def _loss(writer: Writer, groups: Sequence[Sequence[Recorded]], config: FitConfig) -> Callable[[Any], float]:
    """Mean loss over groups of recordings, each weighing the same."""
    batches = [
        [writer.measuring([one]) for one, _ in fitting[:: -(-len(fitting) // DECIDING)]]
        for fitting in map(usable, groups) if fitting
    ]
    return lambda model: sum(mean_loss(model, group, config) for group in batches) / len(batches)


def _kept(settings: Settings, out: Path, threads: int, say: Callable[[str], None]) -> list[Recorded]:
    """Speech whose text the model before training wrote itself: what it should go on writing."""
    path = out / KEPT
    if not path.exists():
        recordings = sounds_in(Path(settings.keep), settings.odd)
        say(f"writing down {len(recordings)} recordings to keep")
        texts = write_down(settings.base, recordings, threads)
        write_manifest(path, [replace(one, text=text) for one, text in zip(recordings, texts, strict=True)])
    return [one for one in read_manifest(path) if one.text]


def main(
    manifest: Annotated[Path, typer.Option(help="TSV with the columns path and text, better also speaker")],
    out: Annotated[Path, typer.Option(help="folder to train in; holds the model in the end")],
    keep: Annotated[Path | None, typer.Option(help="folder of other speech, which is not to be forgotten")] = None,
    base: Annotated[str, typer.Option(help="tiny.en (packaged), or a folder with a CTranslate2 Whisper")] = PACKAGED,
    odd: Annotated[bool, typer.Option("--odd", help="only speakers with an odd number")] = False,
    epochs: Annotated[int, typer.Option(min=1)] = USUAL.epochs,
    batch: Annotated[int, typer.Option(min=1, help="recordings to a step")] = USUAL.batch,
    rate: Annotated[float, typer.Option(help="highest learning rate")] = USUAL.rate,
    frozen: Annotated[int, typer.Option(help="lower encoder layers left as they are; -1: none")] = USUAL.frozen,
    every: Annotated[int, typer.Option(min=1, help="steps between checkpoints")] = USUAL.every,
    device: Annotated[str, typer.Option(help="cpu, cuda")] = USUAL.device,
    bfloat16: Annotated[bool, typer.Option("--bfloat16", help="faster where the processor has it")] = False,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Fine-tune Whisper on recordings of one's own; broken off, the same command goes on."""
    config = FitConfig(epochs, batch, rate, frozen, USUAL.seed, every, device, bfloat16)
    settings = Settings(str(manifest.resolve()), str(keep.resolve()) if keep else "", base, odd, config)
    try:
        results = train(settings, out.resolve(), threads, typer.echo)
    except AssistantError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    apart = "voices that it never heard" if results.pop("speakers_apart") else "other recordings of the same voices"
    report.publish("fine-tuning", results, out / REPORT, title=f"word errors on {apart}")
    typer.echo(f"\nFor config.yaml:\n\nasr: {{backend: faster-whisper, model: {out.resolve() / MODEL}}}")


if __name__ == "__main__":
    typer.run(main)
