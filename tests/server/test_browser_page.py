"""The page in Chromium: what it shows, by keyboard, for screen readers, on a phone, and under hostile names."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.events import (
    Answered,
    DeviceAdded,
    DeviceChanged,
    FinalHeard,
    MuteChanged,
    PartialHeard,
    QuestionAsked,
    StageTimed,
    TimerRang,
    TurnEnded,
    TurnReopened,
    TurnStarted,
    TurnStateChanged,
    VolumeChanged,
    WakeChanged,
    WakeScored,
)
from assistant.server.app import create_app
from assistant.server.port import AreaView, DeviceView
from assistant.server.serve import serve
from assistant.testing.fake_agent import HOUSEHOLD, FakeAgent, FakeSource
from tests.server.browser import browser, needs_browser, page
from tests.server.client import PATIENCE, did, until

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="module")]


AUDIT = (Path(__file__).parent / "audit.js").read_text()
HOSTILE = '<img src=x onerror="window.hit=1"><script>window.hit=2</script>'


def turn(agent: FakeAgent, *events: Any, name: str = "page", number: str = "1") -> None:
    """A turn of the tab ``name``: the events with their source and turn."""
    for event in events:
        agent.emit(replace(event, source=name, turn=number))


def one_turn(agent: FakeAgent) -> None:
    turn(
        agent, TurnStarted(reason="wake"), FinalHeard(text="turn on the kitchen light"),
        StageTimed(stage="endpoint", seconds=0.2), StageTimed(stage="act", seconds=0.15),
        Answered(text="The kitchen light is on.", outcome="done"), TurnEnded(outcome="done"),
    )
    agent.emit(DeviceChanged(device="kitchen_light", state={"on": True, "brightness": 40}))


async def falls_silent(source: FakeSource) -> None:
    """Wait until what the page sent before has arrived, and nothing follows."""
    async with asyncio.timeout(PATIENCE):
        count = -1
        while len(source.heard) != count:
            count = len(source.heard)
            await asyncio.sleep(0.3)


async def test_a_turn_is_seen(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        assert "hey nova" in await tab.page.inner_text("#greeting")
        partial = PartialHeard(text="turn on the", stable=7)
        turn(agent, TurnStarted(reason="wake"), TurnStateChanged(state="listening"), partial)
        await tab.page.wait_for_selector("#partial b:text('turn on')")
        assert await tab.page.inner_text("#state") == "Listening …"
        one_turn(agent)
        await tab.page.wait_for_selector(".device.active:has-text('Kitchen light'):has-text('on, 40 %')")
        assert await tab.page.inner_text(".you") == "You said\nturn on the kitchen light"
        assert "The kitchen light is on." in await tab.page.inner_text(".reply")
        assert await tab.page.inner_text("#partial") == ""
        assert await tab.page.inner_text("#total") == "350 ms"
        assert "Making sure you had finished\n200 ms" in await tab.page.inner_text("#stages")
        shares = await tab.page.eval_on_selector_all("#bar span", "all => all.map((one) => one.offsetWidth)")
        assert shares[0] / shares[1] == pytest.approx(200 / 150, rel=0.05)
        assert tab.faults == []


async def test_a_longer_order_replaces_the_first(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        turn(
            agent, TurnStarted(reason="wake"), FinalHeard(text="turn on the light"),
            Answered(text="The kitchen light is on.", outcome="done"),
            TurnReopened(text="turn on the light in the bedroom"),
            Answered(text="The bedroom light is on.", outcome="done"), TurnEnded(outcome="done"),
        )
        await tab.page.wait_for_selector("text=The bedroom light is on.")
        assert await tab.page.inner_text("#log") == (
            "You said\nturn on the light in the bedroom\nAnswer\nThe bedroom light is on.\nDone"
        )


async def test_typed_orders_stand_once_and_apart(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        source = await agent.source()
        for number, order in enumerate(["turn it on", "what time is it"], 1):
            await tab.page.fill("#order", order.capitalize())
            await tab.page.press("#order", "Enter")
            await did(source, *[("text", "Turn it on"), ("text", "What time is it")][:number])
            turn(agent, TurnStarted(reason="text"), FinalHeard(text=order), number=str(number))
            turn(agent, Answered(text=f"Answer {number}.", outcome="info"), number=str(number))
            await tab.page.wait_for_selector(f"text=Answer {number}.")
        said = await tab.page.eval_on_selector_all(".you span:last-child", "all => all.map((one) => one.textContent)")
        assert said == ["turn it on", "what time is it"]


async def test_everything_by_keyboard(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        source, keys = await agent.source(), tab.page.keyboard
        reached = []
        for _ in range(16):
            await keys.press("Tab")
            reached.append(await tab.page.evaluate("document.activeElement.id || document.activeElement.className"))
        for control in ("skip", "listen", "mute", "talk", "order", "send", "volume", "area"):
            assert control in reached
        await tab.page.focus("#order")
        await keys.type("turn it   on")
        await keys.press("Enter")
        await did(source, ("text", "turn it on"))
        turn(agent, TurnStarted(reason="text"), QuestionAsked(text="Shall I unlock the door?", expects="yes_no"))
        await tab.page.wait_for_selector("button:text('Yes')")
        await tab.page.focus("button:text('Yes')")
        await keys.press("Enter")
        await did(source, ("text", "turn it on"), ("text", "yes"))
        await keys.press("Escape")
        await did(source, ("text", "turn it on"), ("text", "yes"), ("stop", None))
        source.did.clear()
        await tab.page.focus("#volume")
        await keys.press("ArrowRight")
        await did(source, ("volume", 75))
        await tab.page.focus("#mute")
        await keys.press("Enter")
        await did(source, ("volume", 75), ("mute", True))
        assert await tab.page.get_attribute("#mute", "aria-pressed") == "true"


async def test_another_wake_phrase_is_looked_at_and_used(chromium: Browser, agent: FakeAgent, address: str) -> None:
    agent.against, agent.refused = ["it is short (2 sounds)"], {"brrr": "nobody can say 'brrr': it has no vowel"}
    async with page(chromium, address) as tab:
        source = await agent.source()
        assert await tab.page.input_value("#phrase") == "hey nova" and not await tab.page.is_enabled("#rename-use")
        await tab.page.fill("#phrase", "brrr")
        await tab.page.get_by_text("Nobody can say 'brrr': it has no vowel.").wait_for()
        await tab.page.fill("#phrase", "go")
        await tab.page.get_by_text("It is short (2 sounds).").wait_for()
        assert await tab.page.inner_text("#wake") == "“hey nova”"
        await tab.page.click("#rename-use")
        await tab.page.get_by_text("It listens for “go” now.").wait_for()
        await tab.page.wait_for_selector("#wake:text('“go”')")
        assert not await tab.page.is_enabled("#rename-use")
        await tab.page.select_option("#hours", "30")
        await until(lambda: agent.view.hours == 30)
        await tab.page.click("#metering")
        await did(source, ("meter", True))
        near = WakeScored(source="page", phrase="go", sample=0, end=1, score=-8.0, threshold=-6.0)
        agent.emit(near)
        await tab.page.get_by_text("“go” not heard: 2.0 too low").wait_for()
        agent.emit(replace(near, score=-1.0))
        await tab.page.wait_for_selector(".track.heard")
        assert await tab.page.inner_text("#meter-words") == "“go” heard"
        assert not await tab.page.is_visible("#doubtful")
        agent.view = replace(agent.view, reviewing=True, doubtful=2)
        agent.emit(WakeChanged(phrase="go"))
        await tab.page.get_by_text("2 sounds that may or may not be it are kept.").wait_for()
        assert tab.faults == []


async def test_push_to_talk(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        source, keys = await agent.source(), tab.page.keyboard
        await tab.page.evaluate("document.activeElement.blur()")
        await keys.down(" ")
        await tab.page.wait_for_selector("body.heard")
        await asyncio.sleep(0.5)  # a short press would go on listening
        await until(lambda: len(source.sound) > 4000)
        assert await tab.page.get_attribute("#talk", "aria-pressed") == "true"
        await keys.up(" ")
        await did(source, ("push_to_talk", True), ("push_to_talk", False))
        turn(agent, TurnStarted(reason="push"), TurnStateChanged(state="listening"), TurnEnded(outcome="done"))
        await tab.page.wait_for_selector("body:not(.heard)")
        source.did.clear()
        await tab.page.click("#talk")
        await did(source, ("push_to_talk", True))
        await tab.page.wait_for_selector("body.heard")
        turn(agent, TurnStarted(reason="push"), TurnEnded(outcome="done"), number="2")
        await tab.page.wait_for_selector("body:not(.heard)")
        await falls_silent(source)


async def test_mute_and_volume_from_elsewhere(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        await tab.page.click("#listen")
        await tab.page.wait_for_selector("body.heard")
        agent.emit(MuteChanged(source="page", muted=True))
        agent.emit(VolumeChanged(source="page", percent=35))
        await tab.page.wait_for_selector("body[data-state=muted]:not(.heard)")
        assert await tab.page.inner_text("#volume-words") == "35 %"
        assert await tab.page.inner_text("#state") == "Microphone muted"


async def test_a_ringing_timer_is_stopped(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        source = await agent.source()
        agent.emit(TimerRang(source="page", timer="1", name="eggs"))
        await tab.page.click(".ring button")
        await did(source, ("stop", None))
        assert await tab.page.inner_text(".ring") == "Timer “eggs” is ringing."
        agent.emit(TimerRang(source="page", timer="3", kind="alarm"))
        await tab.page.get_by_text("An alarm is ringing.").wait_for()
        agent.emit(TimerRang(source="page", timer="4", kind="reminder", name="take out the bins", late=90))
        await tab.page.get_by_text("Reminder “take out the bins” was due while I was away.").wait_for()
        agent.emit(TimerRang(source="page", timer="2"))
        turn(agent, TurnStarted(reason="ring"), TurnStateChanged(state="speaking"))
        await tab.page.wait_for_selector(".ring button")
        turn(agent, TurnEnded(outcome="done"))
        await tab.page.wait_for_selector(".ring button", state="detached")
        assert not await tab.page.is_enabled("#stop")


async def test_names_and_words_are_text(chromium: Browser, agent: FakeAgent, address: str) -> None:
    agent.view = replace(
        HOUSEHOLD, wake=HOSTILE, suggestions=(HOSTILE,), areas=(AreaView("a", HOSTILE),),
        devices=(DeviceView("d", HOSTILE, "sensor", "a", unit=HOSTILE, state={"value": HOSTILE}),),
    )
    async with page(chromium, address) as tab:
        await agent.source()
        turn(
            agent, TurnStarted(reason="wake"), PartialHeard(text=HOSTILE, stable=3), FinalHeard(text=HOSTILE),
            QuestionAsked(text=HOSTILE, expects="yes_no"), Answered(text=HOSTILE + "!", outcome=HOSTILE),
            StageTimed(stage=HOSTILE, seconds=1.0), PartialHeard(text=HOSTILE, stable=3),
        )
        agent.emit(TimerRang(source="page", timer="1", name=HOSTILE))
        agent.emit(DeviceChanged(device="d", state={"value": HOSTILE + "?"}))
        agent.emit(DeviceChanged(device="__proto__", state={"value": HOSTILE}))
        agent.emit(DeviceAdded(device="constructor", name=HOSTILE, kind="toString"))
        await tab.page.wait_for_selector(".ring")
        await asyncio.sleep(0.5)
        assert await tab.page.evaluate("window.hit") is None
        assert await tab.page.locator("img, body script").count() == 0
        named = ("#wake", "#suggestions", ".area h3", ".device .name", ".device .state", ".you", "#partial", ".ring")
        for place in named:
            assert HOSTILE in await tab.page.inner_text(place), place
        assert tab.faults == []


NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
"""
HELD = 'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotReadableError"));'
INSECURE = 'Object.defineProperty(window, "isSecureContext", { value: false });'


async def test_the_page_asks_for_sound_as_it_is(chromium: Browser, address: str) -> None:
    asked = """
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) => { window.wish = wish.audio; return ask(wish); };
    """
    async with page(chromium, address, asked) as tab:
        await tab.page.click("#listen")
        await tab.page.wait_for_selector("body.heard")
        wish = await tab.page.evaluate("wish")
        assert (wish["echoCancellation"], wish["noiseSuppression"], wish["autoGainControl"]) == (True, False, False)


async def says_why(chromium: Browser, address: str, script: str, words: str) -> None:
    async with page(chromium, address, script) as tab:
        await tab.page.click("#listen")
        await tab.page.wait_for_selector("[data-kind=microphone]")
        assert words in await tab.page.inner_text("#notices")
        assert await tab.page.get_attribute("#listen", "aria-checked") == "false"
        await tab.page.click("#talk")
        assert await tab.page.get_attribute("#talk", "aria-pressed") == "false"
        assert await tab.page.is_enabled("#order"), "typing still works"


@pytest.mark.parametrize(
    ("script", "words"),
    [(NO_MICROPHONE, "There is no microphone"), (HELD, "another program"), (INSECURE, "secure pages only")],
    ids=["absent", "held", "insecure"],
)
async def test_without_a_microphone_it_says_why(chromium: Browser, address: str, script: str, words: str) -> None:
    await says_why(chromium, address, script, words)


async def test_a_refused_microphone_is_explained(address: str) -> None:
    async with browser(allow=False) as strict:
        await says_why(strict, address, "", "not allowed here")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_accessible(chromium: Browser, agent: FakeAgent, address: str, scheme: str) -> None:
    async with page(chromium, address, color_scheme=scheme, reduced_motion="reduce") as tab:
        await agent.source()
        assert await tab.page.evaluate(AUDIT) == []
        one_turn(agent)
        turn(
            agent, TurnStarted(reason="wake"), FinalHeard(text="unlock it"),
            Answered(text="It did not answer.", outcome="failed"), TurnStateChanged(state="listening"),
            QuestionAsked(text="Shall I?", expects="yes_no"),
            PartialHeard(text="yes please", stable=3), number="2",
        )
        agent.emit(DeviceChanged(device="bedroom_blinds", state={}, available=False))
        await tab.page.wait_for_selector("button:text('Yes')")
        await tab.page.wait_for_selector(".away")
        assert await tab.page.evaluate(AUDIT) == []
        assert await tab.page.get_attribute("#log", "aria-live") == "polite"
        await tab.page.wait_for_selector("#announcer:text('Bedroom blinds: not reachable')")
        moving = await tab.page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
        assert moving == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_nothing_is_cut_off(chromium: Browser, agent: FakeAgent, address: str, width: int) -> None:
    agent.view = replace(HOUSEHOLD, wake="a" * 40, devices=(DeviceView("d", "n" * 64, "light", "kitchen"),))
    async with page(chromium, address, viewport={"width": width, "height": 700}) as tab:
        await agent.source()
        turn(agent, TurnStarted(reason="wake"), FinalHeard(text="w" * 300), Answered(text="v" * 300, outcome="info"))
        await tab.page.wait_for_selector(".reply")
        over = await tab.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0
        assert await tab.page.evaluate("talk.getBoundingClientRect().bottom <= innerHeight"), "the button is in reach"
        seen = await tab.page.evaluate(
            "document.querySelector('.reply').getBoundingClientRect().bottom <= wave.getBoundingClientRect().top"
        )
        assert seen, "what came last is above the controls"


async def test_it_comes_back(chromium: Browser, agent: FakeAgent, unused_tcp_port: int) -> None:
    async with serve(create_app(agent), "127.0.0.1", unused_tcp_port) as address:
        opened = page(chromium, address)
        tab = await opened.__aenter__()
        first = await agent.source()
    await tab.page.wait_for_selector("body:not([data-link=connected])")
    assert not await tab.page.is_enabled("#order")
    async with serve(create_app(agent), "127.0.0.1", unused_tcp_port):
        await tab.page.wait_for_selector("body[data-link=connected]")
        assert await agent.source() is not first
        await opened.__aexit__(None, None, None)


async def test_a_tab_moves_to_another_room(chromium: Browser, agent: FakeAgent, address: str) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        await tab.page.select_option("#area", "bedroom")
        await until(lambda: any(source.area == "bedroom" for source in agent.sources.values()))
        await tab.page.reload()
        await tab.page.wait_for_selector("body[data-link=connected]")
        assert await tab.page.input_value("#area") == "bedroom"


async def test_before_the_assistant_answers_nothing_looks_like_a_fault(
    chromium: Browser, agent: FakeAgent, address: str
) -> None:
    async with page(chromium, address) as tab:
        await agent.source()
        await tab.page.wait_for_selector("#greeting")
        await tab.page.route_web_socket("**/ws", lambda socket: None)  # it is taken and never answered
        await tab.page.reload()
        await tab.page.wait_for_selector("#waiting:has-text('Connecting …')")
        for part in ("#greeting", "#no-devices", "#area", "#volume", "text=Ready"):
            assert not await tab.page.is_visible(part), part
        await tab.page.unroute_all()
    async with page(chromium, address) as tab:
        await tab.page.wait_for_selector("#greeting:has-text('hey nova')")
        assert not await tab.page.is_visible("#waiting")
        for part in ("#area", "#volume", "text=Ready"):
            assert await tab.page.is_visible(part), part
