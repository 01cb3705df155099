"""Each backend that is not the default: the configuration swaps it in, and the same order runs again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.config import Component, Config
from assistant.config.load import check_config
from assistant.events import NotUnderstood, StageTimed, WakeHeard
from assistant.registry import Registry
from assistant.testing.voices import say
from assistant.yamlfile import parse_yaml
from tests.agent.stage import stage, trimmed, wake
from tests.asr.wyoming_service import service

ALEXA = Path(str(distribution("pyopen-wakeword").locate_file("pyopen_wakeword/models/alexa.tflite")))
"""A word model that somebody has: one that lies in the library's package."""
SWAPS: dict[str, dict[str, Any]] = {
    "asr faster-whisper, vad webrtc, tts espeak": {"asr": "faster-whisper", "vad": "webrtc", "tts": "espeak"},
    "asr sherpa-onnx, tts flite": {"asr": "sherpa-onnx", "tts": "flite"},
    "asr wyoming, wake micro": {
        "asr": {"backend": "wyoming"}, "wake": [{"phrase": "alexa", "backend": "micro"}],
    },
    "wake openwakeword": {"wake": [{"phrase": "alexa", "backend": "openwakeword", "model": str(ALEXA)}]},
}
"""Every backend that is not the default, in as few agents as may be; the other tests run the defaults."""
UNABLE = {
    "asr pocketsphinx": "writes \"brown on the kitchen white\"; its own tests have orders that it hears",
    "asr transformers": "needs torch and a model's folder; tests/backends has it",
    "asr vosk": "its model that comes as a package is Korean",
    "vad trained": "needs a model that somebody trained; tests/backends has it",
    "wake pocketsphinx": "its own tests have phrases that it hears",
    "wake trained": "needs a model that somebody trained; tests/backends has it",
    "tts kokoro": "its model is fetched by a command; tests/backends has it",
}
"""Backends with which the order cannot be heard, and why."""


def test_no_backend_is_left_out() -> None:
    registry = Registry()
    defaults = {"vad": "silero", "tts": "piper", "wake": "phrase", "asr": "moonshine"}
    kinds = [kind for kind in registry.kinds() if kind != "speaker"]  # an order needs none: nobody is enrolled
    others = {f"{kind} {name}" for kind in kinds for name in registry.names(kind)} - {
        f"{kind} {name}" for kind, name in defaults.items()
    }
    swapped = [backend for swap in SWAPS for backend in swap.split(", ")]
    assert sorted(others) == sorted([*swapped, *UNABLE])
    for swap, sections in SWAPS.items():
        used = check_config(parse_yaml(json.dumps(sections), swap))
        assert {f"{kind} {part.backend}" for kind, part in parts(used)} - {
            f"{kind} {name}" for kind, name in defaults.items()
        } == set(swap.split(", "))


def parts(config: Config) -> list[tuple[str, Component]]:
    return [("asr", config.asr), ("vad", config.vad), ("tts", config.tts), *(("wake", wake) for wake in config.wake)]


@contextmanager
def settings(swap: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The sections of the configuration that swap a backend; with the service that it needs."""
    sections = SWAPS[swap]
    if "asr wyoming" in swap:
        with service(f"unix://{folder / 'asr'}") as uri:
            yield {**sections, "asr": {**sections["asr"], "uri": uri}}
    else:
        yield sections


@pytest.mark.asyncio(loop_scope="function", loop_factories=["audio time"])
@pytest.mark.parametrize("swap", SWAPS)
async def test_the_same_order(data: Path, swap: str, tmp_path: Path) -> None:
    with settings(swap, tmp_path) as sections:
        await order(data, sections)


async def order(data: Path, sections: dict[str, Any]) -> None:
    async with stage(**sections) as house, house.room() as room:
        await room.order(0.6, wake(data, "alexa", 4), 0.2, trimmed(say("switch on the kitchen light")))
        assert [event.phrase for event in room.all(WakeHeard)] == ["alexa"], room.told()
        assert house.state("kitchen_light")["on"] is True, room.told()
        assert len(room.completed()) == 1
        assert np.abs(room.sound).max() > 3000


@pytest.mark.asyncio(loop_scope="function", loop_factories=["audio time"])
async def test_a_second_recogniser_hears_again_what_is_no_order(data: Path) -> None:
    second = {"second": {"backend": "faster-whisper", "threads": 1}}
    async with stage(asr=second) as house, house.room() as room:
        await room.order(0.6, wake(data, "alexa", 4), 0.2, trimmed(say("my grandmother used to bake bread")))
        assert "second" in {event.stage for event in room.all(StageTimed)}, room.told()
        assert "bread" in room.all(NotUnderstood)[0].text.lower()
        await room.order(0.6, wake(data, "alexa", 4), 0.2, trimmed(say("switch on the kitchen light")))
        assert house.state("kitchen_light")["on"] is True, room.told()
        assert [event.stage for event in room.all(StageTimed)].count("second") == 1, "an order does not wait for it"
