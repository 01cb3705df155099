"""``assistant components``: what can be swapped, for what, and what is missing for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.registry import Registry


def components(
    config: ConfigFile = None,
) -> None:
    """List what can be swapped, and what is missing for it."""
    from assistant.cli.output import columns
    from assistant.config import load_config
    from assistant.registry import Registry

    registry = Registry()
    chosen = _chosen(load_config(config, registry))
    rows = [
        ("*" if (kind, name) in chosen else " ", kind if first else "", name, *_describe(registry, kind, name))
        for kind in registry.kinds()
        for first, name in zip([True, *[False] * 99], registry.names(kind), strict=False)
    ]
    columns(rows, ("", "KIND", "BACKEND", "LICENCE", "STATE"))
    typer.echo("\n* in use. To swap one, write its line in your settings, e.g. `vad: webrtc`.")


def _chosen(config: Config) -> set[tuple[str, str]]:
    found = {("vad", config.vad.backend), ("asr", config.asr.backend), ("tts", config.tts.backend)}
    if config.asr.second is not None:
        found.add(("asr", config.asr.second.backend))
    if config.tts.fallback:
        found.add(("tts", config.tts.fallback))
    return found | {("wake", wake.backend) for wake in config.wake}


def _describe(registry: Registry, kind: str, name: str) -> tuple[str, str]:
    """Licence and state of a backend."""
    from assistant.errors import BackendError
    from assistant.registry import lacking, licence, missing_packages

    backend = registry.find(kind, name)
    missing = missing_packages(backend)
    if missing:
        return "", f"{', '.join(missing)} missing: {backend.install}"
    try:
        loaded = registry.load(kind, name)
    except BackendError as error:
        return "", f"{error.what}: {error.mend}"
    return licence(loaded), lacking(loaded) or "ready"
