"""The processes that an agent starts: which of them it can do without."""

from __future__ import annotations

import logging

import pytest

from assistant.bus import Bus
from assistant.config import Config
from assistant.errors import ModelError
from assistant.grammar.grammar import Grammar
from assistant.parts import SECOND, Workers
from assistant.workers.worker import Worker

CONFIG = Config.model_validate({"asr": {"second": {"backend": "faster-whisper"}}})


def failing(name: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One worker cannot be built; the names of those that can, as they start."""
    started: list[str] = []

    async def start(self: Worker, *, patient: bool = False) -> None:
        if self.spec.name == name:
            raise ModelError("there is no such file", where="model.bin")
        started.append(self.spec.name)

    monkeypatch.setattr(Worker, "start", start)
    return started


async def test_orders_are_understood_without_the_second_recogniser(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started = failing(SECOND, monkeypatch)
    with caplog.at_level(logging.WARNING):
        await Workers(CONFIG, Bus(), Grammar()).start()
    assert "recogniser" in started and "no second recogniser: model.bin: there is no such file" in caplog.text


async def test_without_the_first_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    failing("recogniser", monkeypatch)
    with pytest.raises(ModelError):
        await Workers(CONFIG, Bus(), Grammar()).start()
