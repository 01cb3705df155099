"""Which family a folder's model is of: told from the names of its files and the type that is written into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError

MODELS = (
    "unpack a model of https://github.com/k2-fsa/sherpa-onnx/releases/tag/asr-models and write its folder as `model`"
)
GRAPHS = (".onnx", ".ort")
TOKENS = re.compile(r"(.+-)?tokens\.txt\Z")
QUANTIZED = ".int8."


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are built from the same files."""

    factory: str
    """Class method of ``sherpa_onnx.OfflineRecognizer``."""
    files: Mapping[str, str]
    """Its arguments, each with a regular expression for what comes before the first ``.`` or ``-`` of the file."""
    types: tuple[str, ...] = ()
    """Beginnings of the ``model_type`` in the first file; empty: none is written there."""
    takes_language: bool = False
    """Whether the factory wants to know the language."""


MOONSHINE = Family("from_moonshine_v2", {"encoder": "encoder_model", "decoder": "decoder_model_merged"})
FAMILIES = (
    Family(
        "from_transducer", {"encoder": "encoder", "decoder": "decoder", "joiner": "joiner"},
        ("conformer", "zipformer", "EncDecRNNT", "EncDecHybridRNNT"),
    ),
    MOONSHINE,
    Family("from_whisper", {"encoder": ".+-encoder", "decoder": ".+-decoder"}, ("whisper",), takes_language=True),
    Family("from_nemo_ctc", {"model": "model"}, ("EncDecCTC", "EncDecHybridRNNTCTC")),
    Family("from_zipformer_ctc", {"model": "model"}, ("zipformer2_ctc",)),
)
"""In the order in which they are tried: one with more files comes before one with fewer of the same names."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model in a folder."""

    family: Family
    files: Mapping[str, Path]
    """By argument of the family's factory, ``tokens`` among them."""

    @property
    def megabytes(self) -> float:
        return sum(file.stat().st_size for file in self.files.values()) / 1e6


def moonshine(encoder: Path, decoder: Path, tokens: Path) -> Model:
    """Moonshine's model from files in different places."""
    return Model(MOONSHINE, {"encoder": encoder, "decoder": decoder, "tokens": tokens})


def model_in(folder: Path, quantized: bool = True) -> Model:
    """The model in a folder.

    Args:
        quantized: which of two files of the same part is taken.

    Raises:
        ModelError: there is none, it is damaged, or it is of a family that is not known.
    """
    names = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    graphs = [path for path in names if path.suffix in GRAPHS]
    tokens = [path for path in names if TOKENS.match(path.name)]
    known = [(family, _files(family, graphs, quantized)) for family in FAMILIES]
    fitting = [(family, files) for family, files in known if files is not None]
    if not fitting or not tokens:
        what = "there is no tokens.txt beside the model" if fitting else "there is no model of a family that is known"
        raise ModelError(what, where=str(folder), mend=MODELS)
    written = model_type(next(iter(fitting[0][1].values())))
    for family, files in fitting:
        if not family.types or written.startswith(family.types):
            return Model(family, {**files, "tokens": tokens[0]})
    what = f"the model is of type {written!r}, which is not known" if written else "the model does not say its type"
    raise ModelError(what, where=str(folder), mend=MODELS)


def model_type(graph: Path) -> str:
    """The type that is written into a graph; empty if none is.

    sherpa-onnx ends the whole process where it cannot read a graph, so it is read here before.

    Raises:
        ModelError: it is damaged.
    """
    return str(_session(graph).get_modelmeta().custom_metadata_map.get("model_type", ""))


def _session(graph: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # each fault of a file has an exception of its own, with no common base
        raise ModelError(f"cannot be loaded: {error}", where=str(graph), mend=MODELS) from error


def _files(family: Family, graphs: list[Path], quantized: bool) -> dict[str, Path] | None:
    """The files that a family needs; None if one is missing."""
    found = {}
    for argument, pattern in family.files.items():
        fitting = [path for path in graphs if re.match(rf"{pattern}[.-]", path.name)]
        if not fitting:
            return None
        found[argument] = min(fitting, key=lambda path: ((QUANTIZED in path.name) != quantized, path.name))
    return found
