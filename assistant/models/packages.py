"""Models that arrive inside Python packages: which, of what version, and whether their files are the right ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from assistant.errors import ModelError
from assistant.extras import install_command
from assistant.packaged import packaged_file
from assistant.registry import package_name


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model inside a package."""

    id: str
    kind: str
    backend: str
    licence: str
    package: str
    """Its import name."""
    requirement: str
    """What pip installs."""
    files: Mapping[str, str]
    """SHA-256 of each file, by its path below the package's folder."""
    extra: str = ""
    """Extra of ours that asks for it; empty where every installation has it."""

    @property
    def version(self) -> str | None:
        """Version of the package that is installed; None: it is not."""
        try:
            return version(package_name(self.requirement))
        except PackageNotFoundError:
            return None

    @property
    def command(self) -> str:
        """What installs it."""
        return install_command(self.extra) if self.extra else f"pip install {self.requirement}"

    def faults(self) -> list[str]:
        """What is wrong with its files, a clause each."""
        found = []
        for inside, digest in self.files.items():
            try:
                packaged_file(self.package, inside, digest, requirement=self.requirement)
            except ModelError as error:
                found.append(f"{inside}: {error.what}")
            except OSError as error:
                found.append(f"{inside}: {error.strerror}")
        return found


def packaged_models() -> list[Packaged]:
    """All of them; what each file has to be is written down beside the backend that loads it."""
    from assistant.asr import faster_whisper
    from assistant.asr.moonshine import files as moonshine
    from assistant.nlu import encoder as minilm
    from assistant.tts import piper
    from assistant.vad import silero
    from assistant.wake import micro

    return [
        Packaged("silero", "vad", "silero", "MIT", silero.PACKAGE, silero.REQUIREMENT, {silero.MODEL: silero.SHA256}),
        *(Packaged(f"micro-{word}".replace("_", "-"), "wake", "micro", "Apache-2.0", micro.PACKAGE, micro.REQUIREMENT,
                   {f"models/{word}.tflite": digest}) for word, digest in micro.LOCK.items()),
        Packaged("moonshine-tiny.en", "asr", "moonshine", "MIT", moonshine.PACKAGE, moonshine.REQUIREMENT,
                 {f"{moonshine.INSIDE}/{name}": digest for name, digest in moonshine.LOCK.items()}),
        Packaged(f"faster-whisper-{faster_whisper.PACKAGED}", "asr", "faster-whisper", "MIT", faster_whisper.PACKAGE,
                 faster_whisper.REQUIREMENT,
                 {f"model/{name}": digest for name, digest in faster_whisper.LOCK.items()}, "faster-whisper"),
        Packaged("minilm-l6-v2", "nlu", "trained", "Apache-2.0", minilm.PACKAGE, minilm.REQUIREMENT,
                 {minilm.MODEL: minilm.SHA256}),
        Packaged("piper-joe", "tts", "piper", "MIT", piper.PACKAGE, piper.REQUIREMENT,
                 {piper.JOE: piper.JOE_SHA256, f"{piper.JOE}.json": piper.JOE_CONFIG_SHA256}),
    ]
