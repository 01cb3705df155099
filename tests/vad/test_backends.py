"""Silero and WebRTC against the conformance suite."""

from __future__ import annotations

from functools import cache

import pytest

from assistant.errors import BackendError
from assistant.testing.conformance.vad import VadConformance
from assistant.vad.base import Vad
from assistant.vad.silero import SileroVad
from assistant.vad.webrtc import WebrtcConfig, WebrtcVad


@cache
def silero() -> SileroVad:
    return SileroVad()


class TestSilero(VadConformance):
    end_tolerance = 0.04
    within = 0.16

    def make(self) -> Vad:
        return silero()


class TestWebrtc(VadConformance):
    end_tolerance = 0.2
    within = 0.4

    def make(self) -> Vad:
        pytest.importorskip("webrtcvad")
        return WebrtcVad()


def test_a_wrong_aggressiveness_is_named() -> None:
    with pytest.raises(BackendError, match="0 to 3"):
        WebrtcVad(WebrtcConfig(aggressiveness=4))
