"""The trained network as the graph that the assistant loads: 20 ms and state in, log-odds and state out."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.errors import ModelError
from assistant.vad.trained.graph import HEARD, KIND, LOGITS, NEXT, STATE, STEPS, VadGraph
from assistant.wake.trained.features import BANDS

from .net import Net

OPSET = 17
CLOSE = 1e-3
"""By which the graph's log-odds may differ from the network's."""
TRIED = 50
"""Frames in which both are compared."""


def export(net: Net, about: Mapping[str, Any], path: Path) -> None:
    """Write the ONNX file, and see that it says, frame by frame, what the network says on the whole.

    Args:
        about: threshold, onset_late, end_late; see ``assistant/vad/trained/graph.py``.

    Raises:
        ModelError: the graph's answers are not the network's.
    """
    import onnx

    net.eval()
    example = (torch.zeros(2, STEPS, BANDS), torch.zeros(2, net.state_size))
    new, batch = path.with_suffix(".new"), {0: "streams"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about recurrent layers and other batch sizes: both are compared below
        torch.onnx.export(net, example, str(new), input_names=[HEARD, STATE], output_names=[LOGITS, NEXT],
                          dynamic_axes={HEARD: batch, STATE: batch, LOGITS: batch, NEXT: batch},
                          opset_version=OPSET, dynamo=False)
    model = onnx.load(str(new))
    onnx.helper.set_model_props(model, {"kind": KIND, "about": json.dumps(dict(about))})
    onnx.save(model, str(new))
    _compare(net, new)
    new.replace(path)


def _compare(net: Net, path: Path) -> None:
    graph = VadGraph(path)
    heard = np.random.default_rng(0).random((3, TRIED * STEPS, BANDS), np.float32)
    with torch.no_grad():
        wanted = net(torch.from_numpy(heard), torch.zeros(3, net.state_size))[0].numpy()
    state, told = graph.new_state(3), []
    for at in range(0, heard.shape[1], STEPS):
        logits, state = graph.step(heard[:, at : at + STEPS], state)
        told.append(logits)
    if not np.allclose(np.concatenate(told, axis=1), wanted, atol=CLOSE):
        raise ModelError("the graph does not say what the network says", where=str(path),
                         mend="report it, with the versions of torch and onnxruntime")
