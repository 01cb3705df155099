"""What a file has to be to be a trained voice activity detector, and how its answers become speech."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from assistant.errors import ModelError
from assistant.testing.conformance.vad import feed
from assistant.vad.base import VadResult
from assistant.vad.trained.detector import TrainedVad, TrainedVadConfig
from assistant.vad.trained.graph import HEARD, KIND, LOGITS, NEXT, STATE, STEPS, VadGraph
from assistant.wake.trained.features import BANDS

ABOUT = {"threshold": 6.0, "onset_late": 0, "end_late": 0}
SIZE = 3


def write(path: Path, kind: str = KIND, about: str = json.dumps(ABOUT)) -> Path:
    """A graph whose log-odds are the loudest band of two steps, times 10, and whose state counts the frames."""
    from onnx import TensorProto, helper, numpy_helper, save

    numbers = (("ten", 10), ("one", 1))
    constants = [numpy_helper.from_array(np.array(value, np.float32), name) for name, value in numbers]
    nodes = [
        helper.make_node("ReduceMax", [HEARD], ["loudest"], axes=[1, 2], keepdims=1),
        helper.make_node("Mul", ["loudest", "ten"], ["ten times"]),
        helper.make_node("Squeeze", ["ten times", "axis"], [LOGITS]),
        helper.make_node("Add", [STATE, "one"], [NEXT]),
    ]
    constants.append(numpy_helper.from_array(np.array([2], np.int64), "axis"))
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["streams", *shape]) for name, shape in (
        (HEARD, [STEPS, BANDS]), (STATE, [SIZE]), (LOGITS, [1]), (NEXT, [SIZE]))]
    graph = helper.make_graph(nodes, "test", ports[:2], ports[2:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"kind": kind, "about": about})
    save(model, str(path))
    return path


def fed(vad: TrainedVad, loud: range, first: int = 0) -> list[VadResult]:
    """The results on four seconds of silence with a low tone in some frames."""
    sound = np.zeros(4 * SAMPLE_RATE)
    tone = 12_000 * np.sin(2 * np.pi * 190 * np.arange(len(sound)) / SAMPLE_RATE)
    span = slice(loud.start * FRAME_SAMPLES, loud.stop * FRAME_SAMPLES)
    sound[span] += tone[span]
    return feed(vad.stream(), sound.astype(np.int16), first)


def changes(results: list[VadResult]) -> list[tuple[int, bool, int]]:
    return [(number, result.speech, result.changed_at) for number, result in enumerate(results)
            if result.changed_at is not None]


def test_speech_begins_and_ends_where_the_graph_says(tmp_path: Path) -> None:
    results = fed(TrainedVad(TrainedVadConfig(write(tmp_path / "x.onnx"))), range(60, 120))
    (told, begun, onset), (told_end, ended, end) = changes(results)
    assert begun and not ended
    assert abs(onset - 60 * FRAME_SAMPLES) <= 2 * FRAME_SAMPLES and told - 60 <= 3
    assert 118 * FRAME_SAMPLES <= end <= told_end * FRAME_SAMPLES
    assert (told_end + 1) * FRAME_SAMPLES - end == 5 * FRAME_SAMPLES, "told after the hangover"
    assert results[30].probability < 0.5 <= results[told].probability


def test_what_the_training_found_late_is_taken_off_but_never_before_the_stream(tmp_path: Path) -> None:
    late = json.dumps({**ABOUT, "onset_late": 320, "end_late": 640})
    plain = changes(fed(TrainedVad(TrainedVadConfig(write(tmp_path / "x.onnx"))), range(60, 120)))
    early = changes(fed(TrainedVad(TrainedVadConfig(write(tmp_path / "y.onnx", about=late))), range(60, 120)))
    assert [at - before for (_, _, at), (_, _, before) in zip(plain, early, strict=True)] == [320, 640]
    far = json.dumps({**ABOUT, "onset_late": SAMPLE_RATE * 9})
    first = changes(fed(TrainedVad(TrainedVadConfig(write(tmp_path / "z.onnx", about=far))), range(60, 120), 32_000))[0]
    assert first[2] == 32_000


def test_a_shift_asks_for_more(tmp_path: Path) -> None:
    assert not changes(fed(TrainedVad(TrainedVadConfig(write(tmp_path / "x.onnx"), shift=1e3)), range(60, 120)))


def test_streams_of_a_batch_do_not_mix(tmp_path: Path) -> None:
    graph = VadGraph(write(tmp_path / "x.onnx"))
    heard = np.random.default_rng(0).random((5, STEPS, BANDS), np.float32)
    together, after = graph.step(heard, graph.new_state(5))
    for number in range(5):
        alone, _ = graph.step(heard[number : number + 1], graph.new_state())
        assert np.allclose(alone[0], together[number], atol=1e-5)
    assert (after == 1).all()


def test_what_is_no_detector_is_named(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "none.onnx", "no such file"),
        (write(tmp_path / "kind.onnx", kind="voice-assistant wake word 1"), "is no voice activity detector"),
        (write(tmp_path / "about.onnx", about="{}"), "does not say how it is used"),
        (write(tmp_path / "more.onnx", about="[1"), "does not say how it is used"),
    ):
        with pytest.raises(ModelError, match=told) as error:
            TrainedVad(TrainedVadConfig(path))
        assert path.name in str(error.value) and "training.vad.train" in error.value.mend
    (tmp_path / "damaged.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match="cannot be loaded"):
        TrainedVad(TrainedVadConfig(tmp_path / "damaged.onnx"))
