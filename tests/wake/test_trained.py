"""What a file has to be to be a trained wake word, and the order of its settings."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame
from assistant.errors import BackendError, ModelError
from assistant.wake.trained.detector import REFRACTORY, TrainedConfig, TrainedWakeWord
from assistant.wake.trained.features import BANDS, Features, features
from assistant.wake.trained.graph import HEARD, KIND, LOGITS, NEXT, STATE, STEPS, WakeGraph

ABOUT = {"phrase": "hey nova", "threshold": 5.0, "delay": 0.1, "length": 0.6}
SIZE = 3


def write(path: Path, kind: str = KIND, about: str = json.dumps(ABOUT)) -> Path:
    """A graph whose log-odds are the loudest band of each second step, times 10, and whose state counts the steps."""
    from onnx import TensorProto, helper, numpy_helper, save

    constants = [numpy_helper.from_array(np.array(values, kept), name) for name, kept, values in (
        ("from", np.int64, [0]), ("to", np.int64, [STEPS]), ("axes", np.int64, [1]), ("stride", np.int64, [2]),
        ("ten", np.float32, 10.0), ("one", np.float32, 1.0),
    )]
    nodes = [
        helper.make_node("Slice", [HEARD, "from", "to", "axes", "stride"], ["bands"]),
        helper.make_node("ReduceMax", ["bands"], ["flat"], axes=[2], keepdims=0),
        helper.make_node("Mul", ["flat", "ten"], [LOGITS]), helper.make_node("Add", [STATE, "one"], [NEXT]),
    ]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["streams", *shape]) for name, shape in (
        (HEARD, [STEPS, BANDS]), (STATE, [SIZE]), (LOGITS, [STEPS // 2]), (NEXT, [SIZE]))]
    graph = helper.make_graph(nodes, "test", ports[:2], ports[2:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"kind": kind, "about": about})
    save(model, str(path))
    return path


def fed(word: TrainedWakeWord, loud: range, seconds: int = 8) -> list[int]:
    """Frames at which it fires, on silence with a low tone in some frames."""
    sound = np.zeros(seconds * SAMPLE_RATE)
    tone = 12_000 * np.sin(2 * np.pi * 190 * np.arange(len(sound)) / SAMPLE_RATE)
    for frame in loud:
        span = slice(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)
        sound[span] += tone[span]
    stream = word.stream()
    pcm = sound.astype(np.int16)
    return [n for n in range(len(pcm) // FRAME_SAMPLES)
            if stream.feed(Frame(pcm[n * FRAME_SAMPLES : (n + 1) * FRAME_SAMPLES], n * FRAME_SAMPLES))]


def test_it_fires_where_the_graph_is_sure_and_rests_for_two_seconds(tmp_path: Path) -> None:
    word = TrainedWakeWord(TrainedConfig(write(tmp_path / "x.onnx"), "Hey  Nova"))
    assert not fed(word, range(0))
    once = fed(word, range(150, 170))
    assert len(once) == 1 and 150 <= once[0] <= 160
    again = fed(word, range(150, 390))
    assert all(later - earlier >= REFRACTORY // FRAME_SAMPLES for earlier, later in pairwise(again))


def test_a_shift_asks_for_more(tmp_path: Path) -> None:
    path = write(tmp_path / "x.onnx")
    assert not fed(TrainedWakeWord(TrainedConfig(path, shift=1_000.0)), range(150, 170))


def test_features_do_not_depend_on_how_the_sound_arrives() -> None:
    sound = np.asarray(np.random.default_rng(1).normal(0, 2_000, SAMPLE_RATE), np.int16)
    pieces, whole = Features(), features(sound)
    told = np.concatenate([pieces.feed(sound[at : at + 320]) for at in range(0, len(sound), 320)])
    assert whole.shape == (98, BANDS) and (told == whole).all()


def test_streams_of_a_batch_do_not_mix(tmp_path: Path) -> None:
    graph = WakeGraph(write(tmp_path / "x.onnx"))
    heard = np.random.default_rng(0).random((5, STEPS, BANDS), np.float32)
    together, after = graph.step(heard, graph.new_state(5))
    for number in range(5):
        alone, _ = graph.step(heard[number : number + 1], graph.new_state())
        assert np.allclose(alone[0], together[number], atol=1e-5)
    assert (after == 1).all()


def test_what_is_no_wake_word_is_named(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "none.onnx", "no such file"), (write(tmp_path / "kind.onnx", kind="endpoint"), "is no wake word"),
        (write(tmp_path / "about.onnx", about="{}"), "does not say what it hears"),
        (write(tmp_path / "more.onnx", about="[1"), "does not say what it hears"),
    ):
        with pytest.raises(ModelError, match=told) as error:
            TrainedWakeWord(TrainedConfig(path))
        assert path.name in str(error.value) and "assistant train wake" in error.value.mend
    (tmp_path / "damaged.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match="cannot be loaded"):
        TrainedWakeWord(TrainedConfig(tmp_path / "damaged.onnx"))


def test_another_phrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="hears 'hey nova', not 'computer'") as error:
        TrainedWakeWord(TrainedConfig(write(tmp_path / "x.onnx"), "computer"))
    assert error.value.mend == "phrase: hey nova"


def test_its_curve_says_which_threshold_the_hours_take(tmp_path: Path) -> None:
    about = json.dumps({**ABOUT, "curve": [[1.0, 4.0], [100.0, 8.0]]})
    path = write(tmp_path / "x.onnx", about=about)
    thresholds = [TrainedWakeWord(TrainedConfig(path, hours=hours)).threshold for hours in (0, 1, 10, 1000)]
    assert thresholds == [5.0, 4.0, pytest.approx(6.0), 8.0]
    assert TrainedWakeWord(TrainedConfig(path, hours=1, shift=0.5)).threshold == 4.5
    assert TrainedWakeWord(TrainedConfig(write(tmp_path / "y.onnx"), hours=1)).threshold == 5.0, "it has no curve"
