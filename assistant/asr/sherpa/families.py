"""Which family a folder's model is of: told from the names of its files and the type that is written into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import ModelError

MODELS = (
    "unpack a model of https://github.com/k2-fsa/sherpa-onnx/releases/tag/asr-models and write its folder as `model`"
)
GRAPHS = (".onnx", ".ort")
TOKENS = re.compile(r"(.+-)?tokens\.txt\Z")
QUANTIZED = ".int8."
BLANKS = ("<blk>", "<eps>", "<blank>")
_TOKEN = re.compile(r"(.*[ \t])?\d+\s*\Z")


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
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What has to be written into the files; without it the library ends the whole process."""
    blank: bool = False
    """Whether there has to be a blank among the tokens; the same holds."""


MOONSHINE = Family("from_moonshine_v2", {"encoder": "encoder_model", "decoder": "decoder_model_merged"})
FAMILIES = (
    Family(
        "from_transducer", {"encoder": "encoder", "decoder": "decoder", "joiner": "joiner"},
        ("conformer", "zipformer"), needs={"decoder": ("vocab_size", "context_size")}, blank=True,
    ),
    MOONSHINE,
    Family(
        "from_whisper", {"encoder": ".+-encoder", "decoder": ".+-decoder"}, ("whisper",), takes_language=True,
        needs={"encoder": (
            "n_mels", "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab", "sot", "eot", "blank_id", "translate",
            "transcribe", "is_multilingual", "no_timestamps", "no_speech", "sot_sequence",
        )},
    ),
    Family(
        "from_nemo_ctc", {"model": "model"}, ("EncDecCTC", "EncDecHybridRNNTCTC"), blank=True,
        needs={"model": ("vocab_size", "subsampling_factor")},
    ),
    Family("from_zipformer_ctc", {"model": "model"}, ("zipformer2_ctc",), blank=True),
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
    first = next(iter(fitting[0][1].values()))
    kind = properties(first).get("model_type", "")
    for family, files in fitting:
        if not family.types or kind.startswith(family.types):
            check_tokens(tokens[0], family.blank)
            _check_properties(family, files)
            return Model(family, {**files, "tokens": tokens[0]})
    what = f"the model is of type {kind!r}, which is not known" if kind else "the model does not say its type"
    raise ModelError(what, where=str(first), mend=MODELS)


def properties(graph: Path) -> dict[str, str]:
    """What is written into a graph.

    Raises:
        ModelError: it is damaged.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # each fault of a file has an exception of its own, with no common base
        raise ModelError(f"cannot be loaded: {error}", where=str(graph), mend=MODELS) from error
    return dict(session.get_modelmeta().custom_metadata_map)


def check_tokens(file: Path, blank: bool) -> None:
    """Read a table of tokens.

    Raises:
        ModelError: a line is no token with its number, or there is no blank where there has to be one.
    """
    try:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line]
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot be read: {error}", where=str(file), mend=MODELS) from error
    wrong = next((number for number, line in enumerate(lines, 1) if not _TOKEN.match(line)), 0)
    if wrong or not lines:
        raise ModelError("is no token and its number", where=f"{file}:{wrong or 1}", mend=MODELS)
    if blank and not any(line.rpartition(" ")[0] in BLANKS for line in lines):
        raise ModelError(f"holds none of {', '.join(BLANKS)}", where=str(file), mend=MODELS)


def _check_properties(family: Family, files: Mapping[str, Path]) -> None:
    for argument, names in family.needs.items():
        written = properties(files[argument])
        if missing := [name for name in names if name not in written]:
            what = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not written into the model"
            raise ModelError(what, where=str(files[argument]), mend=MODELS)


def _files(family: Family, graphs: list[Path], quantized: bool) -> dict[str, Path] | None:
    """The files that a family needs; None if one is missing."""
    found = {}
    for argument, pattern in family.files.items():
        fitting = [path for path in graphs if re.match(rf"{pattern}[.-]", path.name)]
        if not fitting:
            return None
        found[argument] = min(fitting, key=lambda path: ((QUANTIZED in path.name) != quantized, path.name))
    return found
