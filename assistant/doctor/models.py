"""Builds every component in a process of its own: what is missing, damaged or of another version shows here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from assistant.config import Config
from assistant.config.listening import wake_options
from assistant.config.speaking import voices
from assistant.doctor.finding import Finding, State, bad, good
from assistant.errors import AssistantError, ConfigError
from assistant.extras import install_command
from assistant.registry import Registry

BUILD_SECONDS = 60
"""The slowest takes one second on a small machine."""


def models(config: Config) -> Iterator[Finding]:
    """Each component in use: its packages and files, their SHA-256 included, and how long it takes to load."""
    for kind, name, options in components(config):
        yield _probe(kind, name, options)


def misbuilt(config: Config) -> Iterator[ConfigError]:
    """What the settings name and cannot be built, with its line; for what listens see ``check_listening``."""
    for kind, name, options in components(config):
        if kind not in config.written or kind == "vad" or (kind == "wake" and name != "phrase"):
            continue
        finding = _probe(kind, name, options)
        if finding.state is State.BAD:
            what = finding.text.removeprefix(f"{finding.name}: ")
            place = _place(config, kind, name, options)
            yield ConfigError(f"{finding.name}: {what}", where=config.where(*place), mend=finding.mend)


def _place(config: Config, kind: str, name: str, options: dict[str, Any]) -> tuple[str, ...]:
    """Where in the settings a component is named."""
    first, second = config.asr, config.asr.second
    if kind == "asr" and second is not None and (name, options) != (first.backend, first.options):
        return (kind, "second")
    return (kind,)


def components(config: Config) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, backend and options of what the configuration uses, none twice."""
    chosen = [("vad", config.vad.backend, config.vad.options), ("asr", config.asr.backend, config.asr.options)]
    if config.asr.second is not None:
        chosen.append(("asr", config.asr.second.backend, config.asr.second.options))
    registry = Registry()
    chosen += [("wake", wake.backend, wake_options(wake, registry)) for wake in config.wake]
    chosen += [("tts", backend, options) for backend, options in voices(config)]
    return [part for number, part in enumerate(chosen) if part not in chosen[:number]]


def _probe(kind: str, name: str, options: dict[str, Any]) -> Finding:
    label = f"{kind} {name}"
    command = [sys.executable, "-m", "assistant.doctor.models", kind, name, json.dumps(options)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
        told = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return bad(label, f"does not load within {BUILD_SECONDS} s", "the machine is too busy, or the model too large")
    except (ValueError, IndexError):
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return bad(label, f"cannot be loaded: {last}", f"{install_command()} --force-reinstall")
    if "error" in told:
        return bad(label, told["error"], told["mend"])
    return good(label, f"loads in {told['seconds'] * 1000:.0f} ms")


def main(kind: str, name: str, options: str) -> None:
    """Build one component and tell what came of it, as JSON on standard output."""
    import time

    began = time.perf_counter()
    try:
        Registry().build(kind, name, json.loads(options))
        told: dict[str, Any] = {"seconds": time.perf_counter() - began}
    except AssistantError as error:
        where = f"{error.where}: " if error.where else ""
        told = {"error": f"{where}{error.what}", "mend": error.mend}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:4])
