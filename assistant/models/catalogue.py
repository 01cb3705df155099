"""What can be installed: each model with where it comes from, its licence, and the line that puts it to use.

Revisions are commits. Sizes and checksums are not written here: the server's index names them, and the lock file keeps
what was installed.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import ModelError
from assistant.models.remote import Source
from assistant.models.sources.hub import Hub
from assistant.models.sources.kokoro import KokoroPackages
from assistant.models.sources.vosk import VoskModel
from assistant.registry import Registry
from assistant.yamlfile import nearest


@dataclass(frozen=True, slots=True)
class Licence:
    """What may be done with a model."""

    name: str
    non_commercial: bool = False
    """Whether it forbids commercial use; such a model is installed only by those who say that they accept."""
    text: str = ""
    """Address of its words."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model."""

    id: str
    kind: str
    """``asr``, ``tts``: the kind of backend it serves."""
    backend: str
    licence: Licence
    source: Source
    megabytes: int
    """What is fetched, about; the server says it exactly."""
    setting: str
    """The line of the settings that uses it."""
    about: str
    """What it is, for whom, in a few words."""


MIT = Licence("MIT")
APACHE = Licence("Apache-2.0")
LESSAC = Licence(
    "Blizzard-2013-Lessac", non_commercial=True,
    text="https://www.cstr.ed.ac.uk/projects/blizzard/2013/lessac_blizzard2013/license.html",
)
"""Of the recordings; the network itself is MIT."""
CT2_FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
MOONSHINE_FILES = (
    "config.json", "generation_config.json", "model.safetensors", "preprocessor_config.json",
    "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
)
ZIPFORMER = "sherpa-onnx-zipformer-gigaspeech-2023-12-12"
ZIPFORMER_FILES = (*(f"{part}-epoch-30-avg-1.int8.onnx" for part in ("decoder", "encoder", "joiner")), "tokens.txt")
VOSK_SMALL = "vosk-model-small-en-us-0.15"
PIPER_REVISION = "c3bf31a7c50ea738281519ca86ba2ee0f50a1882"


def _whisper(size: str, revision: str, megabytes: int, about: str) -> Model:
    name = f"faster-whisper-{size}"
    return Model(name, "asr", "faster-whisper", MIT, Hub(f"Systran/{name}", revision, CT2_FILES), megabytes,
                 f"asr: {{backend: faster-whisper, model: {name}}}", about)


MODELS = (
    _whisper("base.en", "3d3d5dee26484f91867d81cb899cfcf72b96be6c", 148, "English dictation; twice tiny.en"),
    _whisper("small.en", "d1d751a5f8271d482d14ca55d9e2deeebbae577f", 487, "English dictation; wants a fast machine"),
    Model(ZIPFORMER, "asr", "sherpa-onnx", APACHE,
          Hub(f"k2-fsa/{ZIPFORMER}", "0604144f6ca4425bfd99adf1120452877d7c8650", ZIPFORMER_FILES), 72,
          f"asr: {{backend: sherpa-onnx, model: {ZIPFORMER}}}", "English dictation, fast"),
    Model(VOSK_SMALL, "asr", "vosk", APACHE, VoskModel(VOSK_SMALL), 41,
          f"asr: {{backend: vosk, model: {VOSK_SMALL}}}", "English dictation on the smallest machines"),
    Model("moonshine-base", "asr", "transformers", MIT,
          Hub("UsefulSensors/moonshine-base", "b2d1c98bcaa32cc8d64e0a5f951c499a527196f9", MOONSHINE_FILES), 249,
          "asr: {backend: transformers, model: moonshine-base}", "English; the larger sister of the default"),
    Model("kokoro", "tts", "kokoro", APACHE, KokoroPackages(), 90, "tts: {backend: kokoro, voice: af_heart}",
          "28 English voices, far more natural than the default"),
    Model("piper-lessac-high", "tts", "piper", LESSAC,
          Hub("rhasspy/piper-voices", PIPER_REVISION,
              tuple(f"en/en_US/lessac/high/{name}" for name in
                    ("en_US-lessac-high.onnx", "en_US-lessac-high.onnx.json", "MODEL_CARD"))),
          114, "tts: {backend: piper, model: piper-lessac-high}", "a clear American voice"),
)


def offered(kinds: tuple[str, ...] = ()) -> list[Model]:
    """Models that a backend is there for.

    Args:
        kinds: kinds of backend; none: all.
    """
    registry = Registry()
    return [model for model in MODELS
            if (not kinds or model.kind in kinds) and model.backend in registry.names(model.kind)]


def find(name: str, kinds: tuple[str, ...] = ()) -> Model:
    """A model by its id, among those that are offered.

    Raises:
        ModelError: there is none; names the nearest.
    """
    known = {model.id: model for model in offered(kinds)}
    if name not in known:
        raise ModelError(f"there is no {name!r} to install", mend=nearest(name, sorted(known)))
    return known[name]
