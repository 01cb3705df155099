"""What the weather skill answers: a local server stands for Open-Meteo, and it may be away, busy or broken."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import run_virtual
from assistant.skills.harness import Harness
from assistant.testing.pages import Pages, Reply, pages

FOLDER = Path(__file__).parents[1]
HOSTS = ("api.open-meteo.com", "geocoding-api.open-meteo.com")
NOW = datetime(2026, 11, 27, 8, 10)
Answer = Callable[[str], Reply]


def _data() -> Any:
    spec = importlib.util.spec_from_file_location("weather_test_data", Path(__file__).with_name("data.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DATA = _data()


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@asynccontextmanager
async def weather(
    answer: Answer = DATA.answer, now: datetime = NOW, place: str = "Hamburg", units: str = "metric"
) -> AsyncIterator[tuple[Harness, Pages]]:
    settings = {"weather": {"place": place, "units": units}}
    async with pages(answer) as server:
        web = dict.fromkeys(HOSTS, server.address)
        async with Harness(FOLDER, now=now, settings=settings, web=web) as h:
            yield h, server


def _always(reply: Reply, path: str) -> Reply:
    return reply


def converse(*said: str, answer: Answer = DATA.answer, **how: Any) -> list[str]:
    async def talk() -> list[str]:
        async with weather(answer, **how) as (h, _):
            return [(await h.say(text)).text for text in said]

    return run_virtual(talk())


@pytest.mark.parametrize(("said", "told"), [
    ("what's the weather like", "It's 8 degrees with light rain."),
    ("what's the weather in paris", "It's 8 degrees with light rain in Paris, France."),
    ("what's the weather in spain", "It's 8 degrees with light rain in Spain."),
    ("how cold is it outside", "It's 8 degrees."),
    ("what will the weather be like tomorrow", "Tomorrow: rain, 4 to 11 degrees, 80 percent chance of rain."),
    ("give me the forecast for tonight", "Tonight: partly cloudy, 4 to 9 degrees."),
    ("weather for the weekend",
     "Tomorrow: rain, 4 to 11 degrees, 80 percent chance of rain. "
     "On Sunday: snow, minus 4 to 3 degrees, 70 percent chance of snow."),
    ("weather in paris for the weekend",
     "In Paris, France. Tomorrow: rain, 4 to 11 degrees, 80 percent chance of rain. "
     "On Sunday: snow, minus 4 to 3 degrees, 70 percent chance of snow."),
    ("what's the forecast for next week", "Next week: 4 to 11 degrees, mostly overcast. Little rain."),
    ("what's the forecast for the next 5 days",
     "The next 5 days: minus 4 to 11 degrees, mostly overcast. Rain or snow on Saturday and Sunday."),
    ("will it rain today", "No rain is expected today."),
    ("is it raining", "It's 8 degrees with light rain."),
    ("what's the weather forecast", "Today: partly cloudy, 6 to 11 degrees."),
    ("how's the weather in new paris tomorrow", "I can't find new paris on the map."),
    ("how's the weather in old paris tomorrow",
     "Tomorrow in Old Paris, France: rain, 4 to 11 degrees, 80 percent chance of rain."),
    ("will it rain in old paris tomorrow evening",
     "Rain is likely tomorrow evening in Old Paris, France: 60 percent, most likely at five in the afternoon."),
    ("how cold is it in old paris", "It's 8 degrees in Old Paris, France."),
    ("do I need an umbrella", "No rain is expected today."),
    ("will it stay dry tomorrow", "Rain is likely tomorrow: 80 percent, most likely at three in the afternoon."),
    ("will it rain this weekend",
     "Rain is likely this weekend: 80 percent, most likely on Saturday at three in the afternoon."),
    ("is it going to snow tomorrow", "No snow is expected tomorrow."),
    ("will it snow on sunday", "Snow is likely on Sunday: 70 percent."),
    ("will it rain on sunday", "No rain is expected on Sunday."),
    ("how warm will it get tomorrow", "4 to 11 degrees tomorrow."),
    ("how cold will it be on sunday at midnight", "Minus 4 degrees on Sunday at midnight."),
    ("is it windy out there", "There is a light wind, 14 kilometers an hour."),
    ("how strong will the wind be tomorrow afternoon",
     "Tomorrow afternoon: a fresh wind, up to 32 kilometers an hour."),
    ("when does the sun go down", "The sun sets today at five past four."),
    ("what time is sunrise tomorrow", "The sun rises tomorrow at 8:12."),
    ("when's it get light", "The sun rises today at 8:12."),
    ("what's the forecast for next month",
     "Next month: 4 to 11 degrees, mostly overcast. Little rain. The forecast ends on Thursday, December 10th."),
    ("will it rain in 3 weeks", "The forecast goes no further than 14 days."),
    ("what's the weather in atlantis", "I can't find atlantis on the map."),
])
def test_answers(said: str, told: str) -> None:
    assert converse(said) == [told]


def test_after_dark() -> None:
    late = NOW + timedelta(hours=13)
    suns = ("when does the sun set", "when does the sun set today")
    rain = ("do I need an umbrella", "will it rain this afternoon")
    assert converse(*suns, *rain, now=late) == [
        "The sun sets tomorrow at five past four.", "The sun set today at five past four.",
        "No rain is expected tonight.", "That is over.",
    ]


def test_before_a_place_is_set_nobody_is_asked() -> None:
    async def talk() -> None:
        async with weather(place="") as (h, server):
            for said in ("what's the weather like", "what's the weather in paris", "when does the sun set"):
                answer = await h.say(said)
                assert answer.outcome == "refused" and "settings" in answer.text
            assert server.asked == [] and h.web.asked == []

    run_virtual(talk())


def test_what_is_asked_and_how_often() -> None:
    async def talk() -> None:
        async with weather() as (h, server):
            await h.say("what's the weather like")
            await h.say("will it rain tomorrow")
            search, forecast = server.asked
            assert search == "/v1/search?name=Hamburg&count=10&language=en&format=json"
            assert "latitude=53.55&longitude=10.0&" in forecast and "forecast_days=14" in forecast
            assert "unit" not in forecast
            await h.wait(30 * 60)
            await h.say("what's the weather like")
            assert len(server.asked) == 3, "the forecast is asked for anew, the place is known"
            assert all(address.startswith("https://") for address in h.web.asked)

    run_virtual(talk())


def test_a_place_may_be_coordinates_and_units_imperial() -> None:
    async def talk() -> None:
        async with weather(place="53.551234, -10.001", units="imperial") as (h, server):
            assert (await h.say("is it windy")).text == "There is a fresh wind, 14 miles an hour."
            (forecast,) = server.asked
            assert "latitude=53.55&longitude=-10.0&" in forecast
            assert "temperature_unit=fahrenheit&wind_speed_unit=mph" in forecast

    run_virtual(talk())


@pytest.mark.parametrize(("fault", "told"), [
    (Reply(b'{"error": true, "reason": "Minutely API request limit exceeded."}', 429),
     "The weather service answers no more questions for now."),
    (Reply(b"<html>oops", 500), "The weather service has a fault."),
    (Reply(b'{"error": true, "reason": "Latitude must be"}', 400), "The weather service has a fault."),
    (Reply(b'{"hourly": '), "The weather service has a fault."),
    (Reply(b"[]"), "The weather service has a fault."),
    (Reply(b'{"results": [{"name": 5}], "current": {}}'), "The weather service has a fault."),
    (Reply(b'{"results": "none"}'), "The weather service has a fault."),
    (Reply(b"x" * 2_000_000), "I can't reach the weather service."),
])
def test_a_service_that_fails(fault: Reply, told: str) -> None:
    assert converse("what's the weather like", answer=lambda path: fault) == [told]


def test_a_forecast_with_a_field_that_is_wrong() -> None:
    for field, value in (("current", None), ("utc_offset_seconds", "x"), ("daily", {"time": []}), ("hourly", {})):
        broken = {**DATA.forecast(), field: value}
        told = converse("will it rain", place="53.5, 10", answer=partial(_always, DATA.reply(broken)))
        assert told == ["The weather service has a fault."], field


def test_offline_the_forecast_at_hand_is_told_with_its_time() -> None:
    async def talk() -> None:
        async with weather() as (h, _):
            await h.say("what's the weather like")
            h.web.servers.clear()
            await h.wait(2 * 3600)
            assert (await h.say("what's the weather like")).text == (
                "I can't reach the weather service. The forecast of today at ten past eight says: "
                "It's 9 degrees and partly cloudy."
            )
            assert (await h.say("will it rain tomorrow")).text.endswith("says: Rain is likely tomorrow: 80 percent, "
                                                                       "most likely at three in the afternoon.")
            assert (await h.say("what's the weather in paris")).text == "I can't reach the weather service."
            await h.wait(24 * 3600)
            assert (await h.say("what's the weather like")).text == "I can't reach the weather service."

    run_virtual(talk())


async def test_nobody_waits_long_for_a_service_that_hangs() -> None:
    stuck = Reply(json.dumps(DATA.forecast()).encode(), hangs=True)
    async with weather(lambda path: stuck, place="53.5, 10", now=datetime.now()) as (h, server):
        began = time.monotonic()
        assert (await h.say("what's the weather like")).text == "I can't reach the weather service."
        assert 2.5 < time.monotonic() - began < 6 and len(server.asked) == 1


def test_another_place_has_other_clocks() -> None:
    def tokyo(path: str) -> Any:
        if "/v1/search" in path:
            return DATA.reply({"results": [DATA.place("Tokyo", "Japan", 9_733_276, 35.69)]})
        return DATA.reply(DATA.forecast(datetime(2026, 11, 28, 7, 0), 9 * 3600))

    late = datetime(2026, 11, 27, 23, 0)  # in Tokyo it is Saturday, 7 o'clock
    assert converse("will it rain today in tokyo", "when does the sun rise in tokyo", answer=tokyo, now=late) == [
        "Rain is likely today in Tokyo, Japan: 80 percent, most likely at three in the afternoon.",
        "The sun rises today at 8:12 in Tokyo, Japan.",
    ]


@pytest.mark.parametrize(("place", "answer", "told"), [
    ("", DATA.answer, []), ("Hamburg", DATA.answer, []),
    ("Hamburg", partial(_always, Reply(b"", 500)), ["The weather service has a fault."]),
])
def test_the_doctor_is_told_where_a_place_is_set_and_the_service_fails(
    place: str, answer: Answer, told: list[str]
) -> None:
    async def look() -> None:
        async with weather(answer, place=place) as (h, server):
            found = await h.skills.troubles()
            assert [error.what for error in found.get("weather", [])] == told
            assert bool(server.asked) is bool(place)

    run_virtual(look())
