"""How well the network tells people apart who were kept out, each utterance through a channel of its own."""

from __future__ import annotations

import numpy as np
import torch

from assistant.bench.ranking import equal_error_rate
from assistant.speaker.calibration import unit
from assistant.speaker.trained import hearings

from .net import Net
from .views import Views


def embeddings(net: Net, views: Views, chosen: np.ndarray) -> np.ndarray:
    """Of views, as the assistant computes them: float32[n, dimensions]."""
    pieces = [hearings(views.spectra(view)) for view in chosen]
    by_length: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        by_length.setdefault(piece.shape[1], []).append(number)
    found = np.zeros((len(chosen), net.projection.out_features), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for numbers in by_length.values():
            outputs = net(torch.from_numpy(np.concatenate([pieces[number] for number in numbers]))).float().numpy()
            ends = np.cumsum([len(pieces[number]) for number in numbers])
            for number, output in zip(numbers, np.split(outputs, ends[:-1]), strict=True):
                found[number] = output.mean(axis=0)
    return unit(found)


def judge(net: Net, views: Views) -> dict[str, float]:
    """Equal error rates of whole pieces: ``eer`` of all sets, and of each."""
    chosen = np.flatnonzero(views.kept_out & ~views.clean)
    speaker, piece = views.speaker[chosen], views.piece[chosen]
    net.eval()
    voices = embeddings(net, views, chosen)
    net.train()
    cosines = (voices @ voices.T).astype(np.float64)
    # Trials within one set: who is told apart by the set's sound is not told apart.
    group = np.array([one.split("/")[0] for one in speaker])
    allowed = np.triu(group[:, None] == group, 1) & (piece[:, None] != piece)
    same = speaker[:, None] == speaker
    found = {"eer": equal_error_rate(cosines[allowed & same], cosines[allowed & ~same])}
    for one in np.unique(group):
        of = allowed & (group == one)[:, None]
        found[f"eer_{one}"] = equal_error_rate(cosines[of & same], cosines[of & ~same])
    return found
