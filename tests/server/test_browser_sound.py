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
from assistant.testing.fake_agent import FakeAgent, FakeSource
from tests.server.browser import PADDING, Watched, browser, microphone_file, needs_browser, page
from tests.server.client import PATIENCE, until

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="module")]

Floats = npt.NDArray[np.float64]
BLOCK = 128
"""Samples that an audio worklet handles at once."""
ATTEMPTS = 3
"""A starved browser drops buffers now and then; one that does wrong does so every time."""


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
        await until(lambda: len(source.heard) * 320 >= len(said) + PADDING + SAMPLE_RATE // 2)
        assert tab.faults == []
        return source.sound


class Ear:
    """What the loudspeaker of a tab with ``TAP`` was given."""

    def __init__(self, tab: Watched) -> None:
        self._tab = tab

    async def loud(self) -> list[bool]:
        """Of every block of 128 samples, whether it is loud."""
        script = "heard.map(([, samples]) => samples.some((x) => Math.abs(x) > 3e-4))"
        blocks: list[bool] = await self._tab.page.evaluate(script)
        return blocks

    async def hears(self, seconds: float) -> None:
        """Wait until so much more sound was heard."""
        before = sum(await self.loud())
        async with asyncio.timeout(PATIENCE):
            while (sum(await self.loud()) - before) * BLOCK < seconds * SAMPLE_RATE:
                await self._tab.page.wait_for_timeout(20)

    async def silence(self, seconds: float = 0.4) -> None:
        """Wait until nothing was heard for so long."""
        size = int(seconds * SAMPLE_RATE / BLOCK)
        async with asyncio.timeout(PATIENCE):
            while len(blocks := await self.loud()) < size or any(blocks[-size:]):
                await self._tab.page.wait_for_timeout(20)

    async def begin(self) -> None:
        """Wait until it works, and forget what it heard."""
        await self.silence()
        await self._tab.page.evaluate("heard.length = 0")

    async def last(self) -> float:
        """When it heard something for the last time, in ms."""
        script = "Math.max(...heard.filter(([, samples]) => samples.some((x) => Math.abs(x) > 1e-3)).map(([at]) => at))"
        return float(await self._tab.page.evaluate(script))

    async def sound(self) -> Pcm:
        samples = await self._tab.page.evaluate("heard.flatMap(([, samples]) => samples)")
        return (np.array(samples) * 32768).astype(np.int16)


async def test_a_person_is_heard_as_recorded(agent: FakeAgent, address: str, data: Path, tmp_path: Path) -> None:
    said = recording(data)
    for _ in range(ATTEMPTS):
        shared, gain = coherence(said, await listened(agent, address, said, tmp_path))
        if shared > 0.97 and abs(gain) < 1.5:
            break
    assert shared > 0.97
    assert abs(gain) < 1.5, "no gain control"


@pytest.mark.parametrize("script", ["", OWN_RATE], ids=["at 16 kHz", "at the browser's own rate"])
async def test_sample_by_sample(agent: FakeAgent, address: str, tmp_path: Path, script: str) -> None:
    said = rustle(1.5)
    for _ in range(ATTEMPTS):
        same = likeness(said, await listened(agent, address, said, tmp_path, EXACT + script))
        if same > 0.95:
            break
    assert same > 0.95, "16,000 samples a second, none lost"


async def test_the_answer_is_heard_whole(chromium: Browser, agent: FakeAgent, tapped: str) -> None:
    answer = rustle(1.2)
    async with page(chromium, tapped, TAP) as tab:
        source, ear = await agent.source(), Ear(tab)
        for _ in range(ATTEMPTS):
            await ear.begin()
            source.play(answer)
            await ear.hears(1.0)
            await ear.silence()
            same = likeness(answer, await ear.sound())
            if same > 0.99:
                break
        assert same > 0.99, "every sample, no gap"
        assert tab.faults == []


async def test_an_answer_is_silenced_at_once(chromium: Browser, agent: FakeAgent, tapped: str) -> None:
    """Sound that was on its way would be heard for 160 ms: if twice it is not, it is thrown away."""
    async with page(chromium, tapped, TAP) as tab:
        source, ear = await agent.source(), Ear(tab)
        delays: list[float] = []
        while sum(abs(delay) < 50 for delay in delays) < 2:
            assert len(delays) < 4 * ATTEMPTS, f"silent within 50 ms: {delays}"
            await ear.begin()
            source.play(rustle(30.0))
            await ear.hears(0.4)
            called = time.time() * 1000
            source.hush()
            await ear.silence()
            delays.append(await ear.last() - called)
        assert tab.faults == []


async def pause_and_go_on(source: FakeSource, ear: Ear, answer: Pcm) -> list[str]:
    """What is wrong with an answer that was paused for a while."""
    await ear.begin()
    source.play(answer)
    await ear.hears(0.6)
    unheard = source.pause()
    await ear.silence()
    source.resume()
    await ear.hears(1.0)
    await ear.silence()
    sound, half = await ear.sound(), SAMPLE_RATE // 2
    spoken = sum(await ear.loud()) * BLOCK
    checks = {
        f"rewound by {unheard}": 0.05 * SAMPLE_RATE < unheard < 0.25 * SAMPLE_RATE,
        "the beginning is not as said": likeness(answer[:half], sound) > 0.99,
        "the end is not as said": likeness(answer[-half:], sound) > 0.99,
        f"{spoken} samples: said twice, or left out": abs(spoken - len(answer)) < 0.15 * SAMPLE_RATE,
    }
    return [wrong for wrong, right in checks.items() if not right]


async def test_a_paused_answer_goes_on_where_it_was(chromium: Browser, agent: FakeAgent, tapped: str) -> None:
    async with page(chromium, tapped, TAP) as tab:
        source, ear = await agent.source(), Ear(tab)
        for _ in range(2 * ATTEMPTS):
            wrong = await pause_and_go_on(source, ear, rustle(2.0))
            if not wrong:
                break
        assert not wrong
