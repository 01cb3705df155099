"""Each kind of component that has two backends: the configuration swaps it, and the same order runs again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.events import WakeHeard
from assistant.registry import Registry
from assistant.testing.voices import say
from tests.agent.stage import stage, trimmed, wake

SWAPS: dict[str, dict[str, Any]] = {
    "asr faster-whisper": {"asr": "faster-whisper"},
    "vad webrtc": {"vad": "webrtc"},
    "tts espeak": {"tts": "espeak"},
    "tts flite": {"tts": "flite"},
    "wake micro": {"wake": [{"phrase": "alexa", "backend": "micro"}]},
}
"""Every backend that is not the default, in as few agents as may be; the other tests run the defaults."""
ELSEWHERE = {"tts kokoro"}
"""Those whose models are fetched by a command: tests/backends has them."""


def test_no_backend_is_left_out() -> None:
    registry = Registry()
    defaults = {"vad": "silero", "tts": "piper", "wake": "phrase", "asr": "moonshine"}
    others = {f"{kind} {name}" for kind in registry.kinds() for name in registry.names(kind)} - {
        f"{kind} {name}" for kind, name in defaults.items()
    }
    assert others == set(SWAPS) | ELSEWHERE


@pytest.mark.asyncio(loop_scope="function", loop_factories=["audio time"])
@pytest.mark.parametrize("swap", ["defaults", *SWAPS])
async def test_the_same_order(data: Path, swap: str) -> None:
    async with stage(**SWAPS.get(swap, {})) as house, house.room() as room:
        await room.order(0.6, wake(data, "alexa", 4), 0.2, trimmed(say("turn on the kitchen light")))
        assert [event.phrase for event in room.all(WakeHeard)] == ["alexa"], room.told()
        assert house.state("kitchen_light")["on"] is True, room.told()
        assert len(room.completed()) == 1
        assert np.abs(room.sound).max() > 3000
