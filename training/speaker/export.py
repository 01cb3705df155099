"""The trained network as the graph that the assistant loads: windows of mel powers in, vectors out."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.speaker.features import BANDS
from assistant.speaker.trained import INPUT, MANIFEST, MODEL, WINDOW

from .net import DIMENSIONS, Net

OPSET = 17
CLOSE = 1e-3
"""By which the graph's numbers may differ from the network's."""
TRIED = ((1, 60), (3, WINDOW))
"""Shapes on which both are compared."""


def export(net: Net, folder: Path, name: str, told: dict[str, Any]) -> None:
    """Write the ONNX file and its manifest, and see that the graph says what the network says.

    Args:
        name: of the embedder, ``trained/1``: a new one for each model, as embeddings of two are never compared.
        told: what else the manifest says.

    Raises:
        ModelError: the graph's answers are not the network's.
    """
    net = net.eval()
    new = folder / f"{MODEL}.new"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # About recurrent layers and other batch sizes: what it says is compared.
        torch.onnx.export(net, (torch.zeros(2, WINDOW, BANDS),), str(new), input_names=[INPUT], output_names=["voice"],
                          dynamic_axes={INPUT: {0: "hearings", 1: "windows"}, "voice": {0: "hearings"}},
                          opset_version=OPSET, dynamo=False)
    _compare(net, new)
    new.replace(folder / MODEL)
    manifest = {"name": name, "dimensions": DIMENSIONS, "sha256": file_sha256(folder / MODEL), **told}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def _compare(net: Net, path: Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    for shape in TRIED:
        tried = generator.random((*shape, BANDS), np.float32) * 0.1
        with torch.no_grad():
            wanted = net(torch.from_numpy(tried)).numpy()
        if not np.allclose(session.run(None, {INPUT: tried})[0], wanted, atol=CLOSE):
            raise ModelError("the graph does not say what the network says", where=str(path),
                             mend="report it, with the versions of torch and onnxruntime")
