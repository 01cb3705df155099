"""Each kind of component that has two backends: the configuration swaps it, and the same order runs again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.events import WakeHeard
from assistant.registry import Registry
from assistant.testing.voices import say
from tests.agent.stage import stage, trimmed, wake
from tests.asr.wyoming_service import service

SWAPS: dict[str, dict[str, Any]] = {
    "asr faster-whisper": {"asr": "faster-whisper"},
    "asr sherpa-onnx": {"asr": "sherpa-onnx"},
    "asr wyoming": {"asr": {"backend": "wyoming"}},
    "vad webrtc": {"vad": "webrtc"},
    "tts espeak": {"tts": "espeak"},
    "tts flite": {"tts": "flite"},
    "wake micro": {"wake": [{"phrase": "alexa", "backend": "micro"}]},
}
"""Every backend that is not the default, in as few agents as may be; the other tests run the defaults."""
UNABLE = {
    "asr pocketsphinx": "writes \"brown on the kitchen white\"; its own tests have orders that it hears",
    "asr transformers": "needs torch and a model's folder; tests/backends has it",
    "asr vosk": "its model that comes as a package is Korean",
    "tts kokoro": "its model is fetched by a command; tests/backends has it",
}
"""Backends with which the order cannot be heard, and why."""


def test_no_backend_is_left_out() -> None:
    registry = Registry()
    defaults = {"vad": "silero", "tts": "piper", "wake": "phrase", "asr": "moonshine"}
    others = {f"{kind} {name}" for kind in registry.kinds() for name in registry.names(kind)} - {
        f"{kind} {name}" for kind, name in defaults.items()
    }
    assert others == set(SWAPS) | set(UNABLE)


@contextmanager
def settings(swap: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The sections of the configuration that swap a backend; with the service that it needs."""
    sections = SWAPS.get(swap, {})
    if swap == "asr wyoming":
        with service(f"unix://{folder / 'asr'}") as uri:
            yield {"asr": {**sections["asr"], "uri": uri}}
    else:
        yield sections


@pytest.mark.asyncio(loop_scope="function", loop_factories=["audio time"])
@pytest.mark.parametrize("swap", ["defaults", *SWAPS])
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
