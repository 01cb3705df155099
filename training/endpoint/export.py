"""The trained network as the graph that the assistant loads: features in, probability out."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from assistant.endpoint.features import CHANNELS, FRAMES
from assistant.endpoint.model import INPUT
from assistant.errors import ModelError

from .net import Net

OPSET = 17
CLOSE = 1e-3
"""By which the graph's probabilities may differ from the network's."""
TRIED = 8
"""Random inputs on which both are compared."""


class Graph(nn.Module):
    """The network with its threshold moved to a probability of 0.5."""

    def __init__(self, net: Net, threshold: float) -> None:
        super().__init__()
        self.net = net
        self.threshold = threshold

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.net(features) - self.threshold)


def export(net: Net, threshold: float, path: Path) -> None:
    """Write the ONNX file, and see that it says what the network says.

    Args:
        threshold: log-odds from which the speaker counts as finished.

    Raises:
        ModelError: the graph's answers are not the network's.
    """
    graph = Graph(net, threshold).eval()
    example = torch.zeros(1, FRAMES, CHANNELS)
    new = path.with_suffix(".new")
    with warnings.catch_warnings():
        # About recurrent layers and other batch sizes: the graph's is 1, and what it says is compared.
        warnings.simplefilter("ignore")
        torch.onnx.export(graph, (example,), str(new), input_names=[INPUT], output_names=["finished"],
                          opset_version=OPSET, dynamo=False)
    _compare(graph, new)
    new.replace(path)


def _compare(graph: Graph, path: Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for tried in np.random.default_rng(0).random((TRIED, 1, FRAMES, CHANNELS), np.float32):
        with torch.no_grad():
            wanted = graph(torch.from_numpy(tried)).numpy()
        if not np.allclose(session.run(None, {INPUT: tried})[0], wanted, atol=CLOSE):
            raise ModelError("the graph does not say what the network says", where=str(path),
                             mend="report it, with the versions of torch and onnxruntime")
