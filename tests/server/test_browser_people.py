"""People on the page in Chromium: who speaks and how surely, who may do what, and learning a voice."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.errors import ConfigError
from assistant.events import FinalHeard, PeopleChanged, RightDecided, SpeakerHeard, TurnStarted
from assistant.server.people import PeopleView, PersonView, TakeView
from assistant.testing.fake_agent import FakeAgent
from tests.server.browser import Watched, needs_browser, page
from tests.server.client import until

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="module")]

AUDIT = (Path(__file__).parent / "audit.js").read_text()
HOSTILE = '<img src=x onerror="window.hit=1">'
FAMILY = PeopleView((
    PersonView("Anna", ("household",), 31.0, (
        ("may", "household: everything"), ("is asked for more", "everyone: what is risky"),
    )),
    PersonView("Ben", ("household", "children"), 0.0, (("may not", "children: skills media at 20:30-06:30"),)),
    PersonView("", ("guests",), 0.0, (("may", "guests: kinds light"),)),
), known=True)


def good(seconds: float, plenty: bool = False) -> TakeView:
    return TakeView(seconds, seconds >= 15, plenty, -20.0)


async def shot(tab: Watched, name: str) -> None:
    """A picture for people, where a folder for them is named."""
    if folder := os.environ.get("ASSISTANT_SCREENSHOTS"):
        await tab.page.locator("section:has(#people-title)").screenshot(path=Path(folder) / f"{name}.png")


async def loudest(tab: Watched) -> int:
    """What the meter of the microphone shows at most within two seconds, percent."""
    seen = 0
    for _ in range(40):
        width = await tab.page.evaluate("parseInt(document.getElementById('level-bar').style.width)")
        seen = max(seen, width or 0)
        await asyncio.sleep(0.05)
    return seen


async def show(tab: Watched, agent: FakeAgent, seen: PeopleView) -> None:
    source = await agent.source()
    source.people.seen = seen
    agent.emit(PeopleChanged())
    await tab.page.wait_for_selector("#residents li")


async def test_who_lives_here_and_what_they_may(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        await tab.page.wait_for_selector("#people-none")
        await show(tab, agent, FAMILY)
        assert not await tab.page.is_visible("#people-none")
        names = await tab.page.eval_on_selector_all("#residents .name", "all => all.map((one) => one.textContent)")
        assert names == ["Anna", "Ben", "Guests"]
        assert "voice known by 31 s" in await tab.page.inner_text("#residents li:first-child")
        assert not await tab.page.is_visible(".rights")
        await tab.page.click("summary:has-text('Ben')")
        assert await tab.page.inner_text("details[open] .rights") == "may not children: skills media at 20:30-06:30"
        assert await tab.page.evaluate(AUDIT) == []
        await shot(tab, "people")
        assert tab.faults == []


@pytest.mark.parametrize(("heard", "words"), [
    (SpeakerHeard(person="Anna", llr=8.0, known=True), "certainly Anna"),
    (SpeakerHeard(person="Anna", llr=5.0, known=True), "surely Anna"),
    (SpeakerHeard(person="Anna", llr=1.0), "A guest (perhaps Anna)"),
    (SpeakerHeard(person="Anna", llr=-3.0), "A guest"),
    (SpeakerHeard(), "A guest"),
    (SpeakerHeard(person="Anna", llr=-4.0, second=True), "Two people"),
])
async def test_who_is_speaking_and_how_surely(
    chromium: Browser, agent: FakeAgent, address: str, heard: SpeakerHeard, words: str
) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        for event in (TurnStarted(source="page", turn="1", reason="wake"),
                      FinalHeard(source="page", turn="1", text="unlock it")):
            agent.emit(event)
        agent.emit(replace(heard, source="page", turn="1"))
        await tab.page.wait_for_selector("#speaking")
        assert (await tab.page.inner_text("#speaker-name")).lower() == words.lower()
        share = await tab.page.evaluate("parseInt(document.getElementById('sure-bar').style.width)")
        assert share == round(100 * min(1, max(0, heard.llr / 9.2)))


async def test_why_something_was_not_done(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        for number in range(6):
            agent.emit(RightDecided(source="page", turn="1", about=f"unlock door {number}", verdict="deny",
                                    reason="nothing allows it to guests"))
        await tab.page.wait_for_selector("#decisions li:has-text('door 5')")
        lines = await tab.page.eval_on_selector_all("#decisions li", "all => all.map((one) => one.textContent)")
        assert len(lines) == 4 and lines[0] == "unlock door 5 not allowed: nothing allows it to guests"
        await shot(tab, "decided")


async def test_a_voice_is_learned_sentence_by_sentence(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        people = (await agent.source()).people
        await tab.page.fill("#enrol-name", "  Cleo   Ann ")
        await tab.page.check("#enrol-child")
        await tab.page.click("#enrol .primary")
        await tab.page.wait_for_selector("#read-sentence:text('Read this one.')")
        await until(lambda: people.did[-1] == ("read", 0))
        assert people.did == [("begin", ("Cleo Ann", ("children",))), ("read", 0)]
        assert await loudest(tab) > 10, "the browser's microphone beeps"
        await shot(tab, "reading")
        people.takes.append(TakeView(0.0, False, False, -60.0, "too quiet", "come closer, or turn the microphone up"))
        await tab.page.get_by_text("too quiet: come closer").wait_for()
        assert await tab.page.inner_text("#read-sentence") == "Read this one.", "it is read again"
        assert await tab.page.evaluate(AUDIT) == []
        people.takes.append(good(12.0))
        await tab.page.wait_for_selector("#read-sentence:text('And that one.')")
        assert await tab.page.inner_text("#read-words") == "Good, 12 s so far."
        people.takes.append(good(29.0, plenty=True))
        await tab.page.get_by_text("Cleo Ann is enrolled: recognised 8 times in 8").wait_for()
        assert [what for what, _ in people.did] == ["begin", "read", "read", "read", "keep"]
        assert not await tab.page.is_visible("#reading") and await tab.page.is_visible("#enrol")
        await tab.page.wait_for_selector("body:not(.heard)")
        await shot(tab, "enrolled")
        assert tab.faults == []


async def test_it_can_be_given_up(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        people = (await agent.source()).people
        await tab.page.fill("#enrol-name", "Cleo")
        await tab.page.press("#enrol-name", "Enter")
        await tab.page.wait_for_selector("#reading")
        await tab.page.click("#enrol-end")
        await tab.page.get_by_text("Nothing was kept.").wait_for()
        await until(lambda: ("give_up", None) in people.did)
        assert "keep" not in [what for what, _ in people.did]


async def test_what_was_begun_before_the_connection_was_lost_is_over(
    chromium: Browser, agent: FakeAgent, address: str
) -> None:
    async with page(chromium, address) as tab:
        people = (await agent.source()).people
        await tab.page.fill("#enrol-name", "Cleo")
        await tab.page.press("#enrol-name", "Enter")
        await tab.page.wait_for_selector("#reading")
        await until(lambda: ("read", 0) in people.did)
        await tab.page.select_option("#area", index=1)  # it leaves, and comes back as another room
        await tab.page.get_by_text("The connection was lost meanwhile.").wait_for()
        assert await tab.page.is_visible("#enrol") and not await tab.page.is_visible("#reading")
        await tab.page.wait_for_selector("body:not(.heard)")


async def test_while_it_is_kept_it_cannot_be_given_up(chromium: Browser, agent: FakeAgent, address: str) -> None:
    kept = asyncio.Event()

    async def keep() -> tuple[str, bool]:
        await kept.wait()
        return "recognised 8 times in 8", True

    async with page(chromium, address) as tab:
        people = (await agent.source()).people
        await tab.page.fill("#enrol-name", "Cleo")
        await tab.page.press("#enrol-name", "Enter")
        await tab.page.wait_for_selector("#reading")
        people.keep = keep  # type: ignore[method-assign]
        people.takes.append(good(29.0, plenty=True))
        await tab.page.wait_for_selector("#enrol-end:disabled")
        kept.set()
        await tab.page.get_by_text("Cleo is enrolled").wait_for()


async def test_a_name_that_cannot_be_is_told(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        people = (await agent.source()).people
        people.fault = ConfigError("'guests' is what a group is called", mend="another name")
        await tab.page.fill("#enrol-name", "guests")
        await tab.page.press("#enrol-name", "Enter")
        await tab.page.get_by_text("'guests' is what a group is called: another name").wait_for()
        assert await tab.page.is_visible("#enrol") and not await tab.page.is_visible("#reading")


async def test_elsewhere_the_pin_opens_it_and_is_not_shown(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        people = (await agent.source()).people
        await show(tab, agent, PeopleView(FAMILY.people, known=True, may_enrol=False))
        await tab.page.wait_for_selector("#prove")
        assert not await tab.page.is_visible("#enrol")
        assert await tab.page.get_attribute("#pin", "type") == "password"
        await shot(tab, "pin")
        people.fault = ConfigError("that is not the PIN")
        await tab.page.fill("#pin", "1111")
        await tab.page.press("#pin", "Enter")
        await tab.page.get_by_text("that is not the PIN").wait_for()
        assert await tab.page.input_value("#pin") == ""
        await tab.page.fill("#pin", "739154")
        await tab.page.press("#pin", "Enter")
        await tab.page.wait_for_selector("#enrol")
        assert people.did == [("prove", "1111"), ("prove", "739154")]
        assert "739154" not in await tab.page.content() and not await tab.page.is_visible("#people-fault")


async def test_names_are_text_and_nothing_is_cut_off(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address, viewport={"width": 320, "height": 700}) as tab:
        hostile = PersonView(HOSTILE, (HOSTILE, "w" * 60), 1.0, (("may", HOSTILE + "v" * 90),))
        await show(tab, agent, PeopleView((hostile,), True, problem=HOSTILE))
        agent.emit(SpeakerHeard(source="page", turn="1", person=HOSTILE, llr=9.0, known=True))
        agent.emit(RightDecided(source="page", turn="1", about=HOSTILE, verdict=HOSTILE, reason=HOSTILE))
        await tab.page.wait_for_selector("#decisions li")
        await tab.page.click("summary")
        assert await tab.page.evaluate("window.hit") is None and await tab.page.locator("img").count() == 0
        assert await tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for place in ("#residents .name", "#speaker-name", "#decisions", "#people-problem"):
            assert HOSTILE.lower() in (await tab.page.inner_text(place)).lower(), place
