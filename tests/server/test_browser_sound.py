"""Chromium hears a recording as its microphone and the agent receives it; what the agent plays is heard in the tab."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
import soundfile
from fastapi import Response

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.testing.fake_agent import FakeAgent
from tests.server.browser import browser, microphone_file, needs_browser, page

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="module")]

Floats = npt.NDArray[np.float64]


@pytest_asyncio.fixture(loop_scope="module")
async def tapped(agent: FakeAgent) -> AsyncIterator[str]:
    """A server that has the worklet of ``TAP``, too."""
    app = create_app(agent)
    app.add_api_route("/tap.js", lambda: Response(TAP_WORKLET, media_type="text/javascript"))
    async with serve(app, "127.0.0.1", 0) as url:
        yield url


TAP = """
window.heard = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode) {
    const { context } = this;
    context.audioWorklet.addModule("/tap.js").then(() => {
      const tap = new AudioWorkletNode(context, "tap");
      tap.port.onmessage = ({ data }) => heard.push(data);
      connect.call(this, tap);
      connect.call(tap, target);
    });
  }
  return connect.call(this, target, ...more);
};
"""
"""Keeps what goes to the loudspeaker: [ms, samples] per 128 samples."""
TAP_WORKLET = """
registerProcessor("tap", class extends AudioWorkletProcessor {
  process([[input]]) {
    if (input) this.port.postMessage([Date.now(), Array.from(input)]);
    return true;
  }
});
"""
EXACT = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = ({ audio }) => ask({ audio: { ...audio, echoCancellation: false } });
"""
"""Without the browser's echo canceller, whose filters turn phases: samples can be compared one by one."""

OWN_RATE = """
const Context = AudioContext;
window.AudioContext = class extends Context {
  constructor(options) { super(options); window.contexts = [...(window.contexts ?? []), this]; }
  createMediaStreamSource(stream) {
    if (this.sampleRate === 16000) throw new DOMException("another rate", "NotSupportedError");
    return super.createMediaStreamSource(stream);
  }
};
"""
"""As Firefox: a microphone stays out of a context of another rate."""


def likeness(said: Pcm, heard: Pcm) -> float:
    """Correlation of ``said`` with the best aligned part of ``heard``."""
    one, other = said.astype(float), heard.astype(float)
    at = _place(one, other)
    part = other[at : at + len(one)]
    return float(np.corrcoef(one[: len(part)], part)[0, 1])


def coherence(said: Pcm, heard: Pcm) -> tuple[float, float]:
    """Magnitude-squared coherence of the aligned sounds from 500 to 6,000 Hz, mean over frequency, and gain in dB."""
    one, other = said.astype(float), heard.astype(float)
    at = _place(one, other)
    other = other[at : at + len(one)]
    starts = range(0, len(other) - 512, 256)
    first = np.array([np.fft.rfft(one[start : start + 512] * np.hanning(512)) for start in starts])[:, 16:192]
    second = np.array([np.fft.rfft(other[start : start + 512] * np.hanning(512)) for start in starts])[:, 16:192]
    power, echo = (np.abs(first) ** 2).sum(0), (np.abs(second) ** 2).sum(0)
    shared = np.abs((first.conj() * second).sum(0)) ** 2 / (power * echo)
    return float(shared.mean()), float(10 * np.log10(echo.sum() / power.sum()))


def _place(one: Floats, other: Floats) -> int:
    size = len(one) + len(other)
    slide = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    return int(np.argmax(slide[: len(other)]))


def recording(data: Path) -> Pcm:
    """A person's order, at most two seconds."""
    first = min((data / "commands" / "coffee" / "audio").iterdir())
    pcm, rate = soundfile.read(first, dtype="int16", frames=2 * SAMPLE_RATE)
    assert rate == SAMPLE_RATE
    return np.asarray(pcm)


def rustle(seconds: float) -> Pcm:
    """Noise that comes and goes: its place is unmistakable."""
    draw = np.random.default_rng(3)
    size = int(seconds * SAMPLE_RATE)
    swell = 0.55 - 0.45 * np.cos(np.arange(size) * 2 * np.pi / 4000)
    smooth = np.convolve(draw.standard_normal(size), np.ones(6) / 6, "same")
    return (smooth * swell * 8000).astype(np.int16)


async def listened(agent: FakeAgent, address: str, said: Pcm, folder: Path, script: str = "") -> Pcm:
    """What the agent received of ``said`` through a tab that always listens."""
    async with browser(microphone_file(folder / "mic.wav", said)) as chromium, page(chromium, address, script) as tab:
        source = await agent.source()
        await tab.page.click("#listen")
        await asyncio.sleep(len(said) / SAMPLE_RATE + 1.2)
        assert tab.faults == []
        return source.sound


async def test_a_person_is_heard_as_recorded(agent: FakeAgent, address: str, data: Path, tmp_path: Path) -> None:
    said = recording(data)
    shared, gain = coherence(said, await listened(agent, address, said, tmp_path))
    assert shared > 0.97
    assert abs(gain) < 1.5, "no gain control"


@pytest.mark.parametrize("script", ["", OWN_RATE], ids=["at 16 kHz", "at the browser's own rate"])
async def test_sample_by_sample(agent: FakeAgent, address: str, tmp_path: Path, script: str) -> None:
    said = rustle(1.5)
    heard = await listened(agent, address, said, tmp_path, EXACT + script)
    assert likeness(said, heard) > 0.95
    assert abs(len(heard) / SAMPLE_RATE - 2.7) < 0.7, "16,000 samples a second"


async def test_the_answer_is_heard_whole_and_silenced_at_once(chromium: Browser, agent: FakeAgent, tapped: str) -> None:
    answer, longer = rustle(1.2), rustle(1.5)
    async with page(chromium, tapped, TAP) as tab:
        source = await agent.source()
        await asyncio.sleep(0.3)
        source.play(answer)
        await asyncio.sleep(1.8)
        heard = await tab.page.evaluate("heard.flatMap(([, samples]) => samples)")
        assert likeness(answer, (np.array(heard) * 32768).astype(np.int16)) > 0.99, "every sample, no gap"
        delays = []
        for _ in range(3):
            source.play(longer)
            await asyncio.sleep(0.5)
            called = time.time() * 1000
            source.hush()
            await asyncio.sleep(0.3)
            last = await tab.page.evaluate(
                "Math.max(...heard.filter(([, samples]) => samples.some((x) => Math.abs(x) > 1e-3)).map(([at]) => at))"
            )
            delays.append(last - called)
        assert sorted(delays)[1] < 50, f"silent within 50 ms: {delays}"
        await tab.page.wait_for_timeout(100)
        assert tab.faults == []


async def test_a_paused_answer_goes_on_where_it_was(chromium: Browser, agent: FakeAgent, tapped: str) -> None:
    answer = rustle(2.0)
    async with page(chromium, tapped, TAP) as tab:
        source = await agent.source()
        await asyncio.sleep(0.3)
        source.play(answer)
        await asyncio.sleep(0.8)
        unheard = source.pause()
        await asyncio.sleep(0.4)
        source.resume()
        await asyncio.sleep(1.9)
        blocks = await tab.page.evaluate("heard.map(([, samples]) => samples)")
        sound = (np.array([sample for block in blocks for sample in block]) * 32768).astype(np.int16)
        end = answer[-SAMPLE_RATE // 2 :]
        assert 0.05 * SAMPLE_RATE < unheard < 0.25 * SAMPLE_RATE
        assert likeness(answer[: SAMPLE_RATE // 2], sound) > 0.99
        assert likeness(end, sound) > 0.99, "the end was heard, too"
        loud = np.abs(sound.astype(int)).reshape(-1, 128).max(1) > 10
        assert abs(loud.sum() * 128 / SAMPLE_RATE - 2.0) < 0.15, "nothing said twice, nothing left out"
