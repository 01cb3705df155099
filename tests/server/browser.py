"""Chromium with a recording as its microphone. Needs Debian's chromium and playwright; skips with a reason without."""

from __future__ import annotations

import importlib.util
import os
import shutil
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from assistant.audio.frames import SAMPLE_RATE, Pcm

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
REASON = "no chromium: apt-get install chromium" if not CHROMIUM else "no playwright: pip install playwright"
PADDING = SAMPLE_RATE // 2
"""Silence around a recording: the first 20 to 30 ms are lost while the device opens."""

needs_browser = pytest.mark.skipif(
    not CHROMIUM or importlib.util.find_spec("playwright") is None, reason=REASON
)


def microphone_file(path: Path, pcm: Pcm, before: int = PADDING, after: int = PADDING) -> Path:
    """Write int16[n] at 16 kHz, with silence around it, as a WAV that ``browser`` takes as microphone."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.pad(pcm, (before, after)).astype("<i2").tobytes())
    return path.resolve()


@asynccontextmanager
async def browser(
    microphone: Path | None = None, *, allow: bool = True, flags: tuple[str, ...] = ()
) -> AsyncIterator[Browser]:
    """A Chromium of one's own.

    Args:
        microphone: absolute path of a WAV, played once from the moment a page opens the microphone; None: beeps.
        allow: whether the permission is given without asking.
        flags: more command-line flags.
    """
    from playwright.async_api import async_playwright

    flags = (
        "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required", *flags,
    )
    if allow:
        flags += ("--use-fake-ui-for-media-stream",)
    if microphone is not None:
        flags += (f"--use-file-for-fake-audio-capture={microphone}%noloop",)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(flags))
        try:
            yield chromium
        finally:
            await chromium.close()


class Watched:
    """A page and all that went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)


@asynccontextmanager
async def page(chromium: Browser, address: str, script: str = "", **context: Any) -> AsyncIterator[Watched]:
    """Open the assistant's page and wait until it is connected.

    Args:
        chromium: from ``browser``.
        address: what ``serve`` yields.
        script: JavaScript that runs before the page's own.
        context: of playwright's ``new_context``: ``viewport``, ``color_scheme``, ``ignore_https_errors`` ...
    """
    opened: BrowserContext = await chromium.new_context(**context)
    try:
        watched = Watched(await opened.new_page())
        if script:
            await watched.page.add_init_script(script)
        await watched.page.goto(address)
        await watched.page.wait_for_selector("body[data-link=connected]")
        yield watched
    finally:
        await opened.close()
