"""Backends for the registry's tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EarConfig:
    """Settings of ``Ear``."""

    threshold: float = 0.5
    names: tuple[str, ...] = ()


class Ear:
    """Built from a frozen configuration."""

    def __init__(self, config: EarConfig | None = None) -> None:
        self.config = config or EarConfig()


class Mouth:
    """Built from plain arguments."""

    def __init__(self, path: str, speed: float = 1.0) -> None:
        self.path = path
        self.speed = speed


class Trained:
    """Speaks from a file that its maker trained."""

    def __init__(self, model: str) -> None:
        self.model = model


class Needy:
    """Wants a package that nobody has."""

    def __init__(self) -> None:
        import no_such_package_anywhere  # type: ignore[import-not-found]  # noqa: F401


@dataclass(frozen=True)
class VadConfig:
    """A detector's settings, taken for the detector."""

    threshold: float = 0.5


class Stream:
    """A stream that cannot be fed."""

    def reset(self) -> None: ...

    def close(self) -> None: ...


class HalfVad:
    """A detector with such streams."""

    def stream(self) -> Stream:
        return Stream()


class MuteVoice:
    """A voice that does not say at what rate it speaks."""

    def speak(self, text: str) -> list[str]:
        return [text]


class Voice(MuteVoice):
    """One that does, once it is built."""

    def __init__(self) -> None:
        self.rate = 16_000


NOT_A_CLASS = 3
