"""The trained network as the graph that the assistant loads: steps and state in, log-odds and state out."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.errors import ModelError
from assistant.wake.trained.features import BANDS
from assistant.wake.trained.graph import HEARD, KIND, LOGITS, NEXT, STATE, STEPS

OPSET = 17
CLOSE = 1e-3
"""By which the graph's log-odds may differ from the network's."""
SMALLEST = 1_000
"""Numbers in a weight from which it is kept in eight bits."""


def export(net: Any, about: Mapping[str, Any], path: Path) -> None:
    """Write the ONNX file, weights in eight bits, and see that it nearly says what the network says.

    Args:
        about: what the assistant has to know: phrase, threshold, delay, length.

    Raises:
        ModelError: the graph's answers are not the network's.
    """
    import onnx

    net.eval()
    example = (torch.zeros(2, STEPS, BANDS), torch.zeros(2, net.state_size))
    new = path.with_suffix(".new")
    batch = {0: "streams"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about recurrent layers and other batch sizes: both are compared below
        torch.onnx.export(net, example, str(new), input_names=[HEARD, STATE], output_names=[LOGITS, NEXT],
                          dynamic_axes={HEARD: batch, STATE: batch, LOGITS: batch, NEXT: batch},
                          opset_version=OPSET, dynamo=False)
    _compare(net, new)
    model = onnx.load(str(new))
    _eight_bits(model)
    onnx.helper.set_model_props(model, {"kind": KIND, "about": json.dumps(dict(about))})
    onnx.save(model, str(new))
    new.replace(path)


def _eight_bits(model: Any) -> None:
    """Large weights as int8 with a scale for each output, widened again when the graph is loaded."""
    from onnx import helper, numpy_helper

    kept, nodes = [], []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.size < SMALLEST or values.dtype != np.float32:
            kept.append(weight)
            continue
        # A recurrent layer's weights are [directions, outputs, inputs].
        axis = 1 if values.ndim == 3 and values.shape[0] == 1 else 0
        scale = np.abs(values).max(axis=tuple(a for a in range(values.ndim) if a != axis)) / 127 + 1e-12
        shape = [-1 if a == axis else 1 for a in range(values.ndim)]
        whole = np.clip(np.rint(values / scale.reshape(shape)), -127, 127).astype(np.int8)
        kept += [numpy_helper.from_array(whole, f"{weight.name}_int8"),
                 numpy_helper.from_array(scale.astype(np.float32), f"{weight.name}_scale")]
        nodes.append(helper.make_node("DequantizeLinear", [f"{weight.name}_int8", f"{weight.name}_scale"],
                                      [weight.name], axis=axis))
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    others = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *others])


def _compare(net: Any, path: Path) -> None:
    """The graph step by step against the network on the whole."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    heard = np.random.default_rng(0).random((3, 20 * STEPS, BANDS), np.float32)
    with torch.no_grad():
        wanted = net(torch.from_numpy(heard), torch.zeros(3, net.state_size))[0].numpy()
    state, told = np.zeros((3, net.state_size), np.float32), []
    for at in range(0, heard.shape[1], STEPS):
        logits, state = session.run([LOGITS, NEXT], {HEARD: heard[:, at : at + STEPS], STATE: state})
        told.append(logits)
    if not np.allclose(np.concatenate(told, axis=1), wanted, atol=CLOSE):
        raise ModelError("the graph does not say what the network says", where=str(path),
                         mend="report it, with the versions of torch and onnxruntime")
