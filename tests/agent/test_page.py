"""The whole agent and its page in Chromium: a person's voice as its microphone, words, lamp and sound in the tab."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import pytest_asyncio

from assistant.asr.fold import fold
from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.tabs import Pages
from assistant.testing.voices import say
from tests.agent.stage import Stage, coffee, silence, stage, trimmed, wake
from tests.server.browser import browser, microphone_file, needs_browser, page

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="module", loop_factories=["live"])]

METER = """
window.peak = 0;
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode) {
    const meter = new AnalyserNode(this.context, { fftSize: 4096 });
    const block = new Float32Array(4096);
    connect.call(this, meter);
    setInterval(() => {
      meter.getFloatTimeDomainData(block);
      window.peak = Math.max(window.peak, ...block.map(Math.abs));
    }, 50);
  }
  return connect.call(this, target, ...more);
};
"""
"""Keeps the loudest sample that went to the loudspeaker since ``peak`` was set."""
LOUD = 0.05
ANSWER_SECONDS = 7.5
"""From the end of the first order to the second wake word: the answer, and a breath."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Stage]:
    async with stage() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def address(house: Stage) -> AsyncIterator[str]:
    async with serve(create_app(Pages(house.agent)), "127.0.0.1", 0) as url:
        yield url


async def texts(tab: Page, kind: str) -> list[str]:
    """The words of the lines of a kind; a recogniser may write "kitchen-light"."""
    return [fold(text) for text in await tab.locator(f"#log .{kind}").all_text_contents()]


async def peak(tab: Page) -> float:
    """The loudest sample since it was last asked."""
    return float(await tab.evaluate("(() => { const loudest = peak; peak = 0; return loudest; })()"))


async def test_a_persons_voice_moves_the_page(house: Stage, address: str, data: Path, tmp_path: Path) -> None:
    ordered, slots = coffee(data, 12)
    called = wake(data, "alexa", 4)
    said = np.concatenate([
        called, silence(0.3), ordered, silence(ANSWER_SECONDS), called, silence(0.3),
        trimmed(say("turn on the kitchen light")),
    ])
    await house.set(kitchen_light="turn_off")
    microphone = microphone_file(tmp_path / "microphone.wav", said, after=16_000 * 6)
    async with (
        browser(microphone) as chromium,
        page(chromium, address, METER, viewport={"width": 1180, "height": 800}) as watched,
    ):
        tab = watched.page
        assert await peak(tab) == 0.0
        await tab.click("#listen")
        await tab.wait_for_selector("#log .reply", timeout=20_000)
        (answer,) = await texts(tab, "reply")
        assert all(part in answer for part in slots.values()), (answer, slots)
        assert slots["coffeeDrink"] in (await texts(tab, "you"))[0]
        await tab.wait_for_timeout(2_000)
        assert await peak(tab) > LOUD, "the first answer is heard"

        await tab.wait_for_selector(".device.active:has-text('Kitchen light')", timeout=20_000)
        await tab.wait_for_selector("#log .reply >> nth=1", timeout=10_000)
        assert "kitchen light" in (await texts(tab, "you"))[1]
        assert "kitchen light" in (await texts(tab, "reply"))[1]
        assert house.state("kitchen_light")["on"] is True
        await peak(tab)
        await tab.wait_for_timeout(1_000)
        assert await peak(tab) > LOUD, "the second answer is heard"
        await tab.screenshot(path=tmp_path / "page.png")
        await tab.set_viewport_size({"width": 390, "height": 844})
        await tab.screenshot(path=tmp_path / "phone.png")
        assert watched.faults == []
