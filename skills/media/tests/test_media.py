"""The players of the home, and a daemon, by what is said."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import run_virtual
from assistant.home.schema import Area, Household
from assistant.skills.harness import Harness, trial
from skills.media.tests.scripted_mpd import Daemon, daemon

FOLDER = Path(__file__).parents[1]
ROOMS = Household(areas=(Area(name="kitchen"),))


async def told(h: Harness, text: str, *replies: str) -> str:
    return (await h.say(text, replies=replies)).text


def with_mpd(
    test: Callable[[Harness, Daemon], Awaitable[None]], home: bool = False, **made: Any
) -> None:
    """Run a test with a daemon called "jukebox" in the kitchen."""

    async def run() -> None:
        with daemon(**made) as mpd:
            address = f"{made['password']}@127.0.0.1:{mpd.port}" if "password" in made else f"127.0.0.1:{mpd.port}"
            settings = {"media": {"mpd": {"jukebox": [address, "kitchen"]}}}
            async with Harness(FOLDER, home=FOLDER / "home.yaml" if home else ROOMS, settings=settings) as h:
                await test(h, mpd)

    run_virtual(run())


@trial
async def test_where_something_plays_is_meant(h: Harness) -> None:
    assert await told(h, "pause the music") == "Paused the TV."
    assert await told(h, "pause the music") == "Nothing is playing."
    assert await told(h, "carry on playing") == "Playing The News on the TV."
    assert await told(h, "play jazz") == "Playing jazz on the kitchen speaker."  # the TV cannot look for music
    assert await told(h, "play jazz on the tv") == "The TV can't look for music."
    assert await told(h, "stop the music") == "Stopped the kitchen speaker and the TV."
    assert h.home.state("tv")["playback"] == "stopped"


@trial
async def test_which_of_several(h: Harness) -> None:
    h.home.put("kitchen_speaker", playback="playing", title="Blue Hour")
    assert await told(h, "what's playing") == "Blue Hour on the kitchen speaker and The News on the TV."
    assert await told(h, "turn down the music", "the kitchen speaker") == "Set the kitchen speaker to 30 percent."
    assert h.questions == ["Where: the kitchen speaker or the TV?"]
    assert await told(h, "turn down the music") == "Set the kitchen speaker to 20 percent."  # the one of just now
    assert await told(h, "stop the music everywhere") == "Stopped the kitchen speaker and the TV."


def test_the_room_where_it_was_said_decides() -> None:
    async def run() -> None:
        async with Harness(FOLDER, home=FOLDER / "home.yaml", area="kitchen") as h:
            h.home.put("kitchen_speaker", playback="playing")
            assert await told(h, "pause the music") == "Paused the kitchen speaker."
            assert await told(h, "stop the music everywhere") == "Stopped the TV."

    run_virtual(run())


@trial
async def test_loudness_of_a_player(h: Harness) -> None:
    assert await told(h, "make the tv quieter") == "Set the TV to 20 percent."
    assert await told(h, "turn the music in the kitchen up") == "Set the kitchen speaker to 50 percent."
    assert await told(h, "kitchen speaker volume to 50 percent") == "The kitchen speaker is already at 50 percent."
    h.home.put("tv", volume=100)
    assert await told(h, "turn up the music") == "That's as loud as it gets."


@trial
async def test_what_is_not_confirmed_is_not_claimed(h: Harness) -> None:
    h.home.statuses["tv"] = "no_answer"
    assert await told(h, "pause the tv") == "The TV did not answer."
    h.home.connected = False
    assert await told(h, "pause the tv") == "The TV can't be reached."
    h.home.connected = True
    assert await told(h, "next song on the tv") == "The TV can't do that."


def test_without_a_player() -> None:
    async def run() -> None:
        async with Harness(FOLDER) as h:
            answer = await h.say("play jazz")
            assert answer.outcome == "refused" and answer.text.startswith("There is no player yet.")

    run_virtual(run())


@pytest.mark.parametrize(("said", "given", "name"), [
    ("play jazz", "findadd album Jazz", "Jazz"),
    ("play some rock", "findadd genre Rock", "Rock"),
    ("play the beatles in the kitchen", "findadd artist The Beatles", "The Beatles"),
    ("play songs by queen", "findadd artist Queen", "Queen"),
    ("play queen songs", "findadd artist Queen", "Queen"),
    ("play bohemian rhapsody by queen", "add queen/1.flac", "Bohemian Rhapsody by Queen"),
    ("play don't stop me now", "add queen/2.flac", "Don't Stop Me Now by Queen"),
    ("play the album abbey road", "findadd album Abbey Road", "Abbey Road"),
    ("play jazz by queen", "findadd album Jazz artist Queen", "Jazz by Queen"),
    ("could you play my workout playlist please", "load Workout", "Workout"),
    ("play ac dc on the jukebox", "findadd artist AC/DC", "AC/DC"),
    ("I want to hear miles davis", "findadd artist Miles Davis", "Miles Davis"),
])
def test_a_daemon_is_searched(said: str, given: str, name: str) -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        assert await told(h, said) == f"Playing {name} on the jukebox."
        assert mpd.told == ["clear", given, "play"]

    with_mpd(test)


def test_what_is_not_found_is_said_and_the_rest_plays_on() -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        await h.say("play queen")
        answer = await h.say("play the rolling stones")
        assert (answer.text, answer.outcome) == ("The jukebox has nothing like the rolling stones.", "failed")
        assert mpd.status["state"] == "play" and mpd.told == ["clear", "findadd artist Queen", "play"]

    with_mpd(test)


def test_a_daemon_is_controlled() -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        assert await told(h, "play") == "There is nothing to go on with."
        assert await told(h, "next song") == "Nothing is playing."
        await h.say("play songs by queen")
        assert await told(h, "what song is this") == "Bohemian Rhapsody by Queen on the jukebox."
        assert await told(h, "next song") == "Don't Stop Me Now by Queen."
        assert await told(h, "previous song") == "Bohemian Rhapsody by Queen."
        assert await told(h, "pause the music") == "Paused the jukebox."
        assert await told(h, "resume the music") == "Playing Bohemian Rhapsody by Queen on the jukebox."
        assert await told(h, "shuffle the songs") == "Shuffle is on for the jukebox."
        assert await told(h, "turn off shuffle") == "Shuffle is off for the jukebox."
        assert await told(h, "turn off repeat") == "Repeat is already off for the jukebox."
        await h.say("next song")
        assert await told(h, "next song") == "That was the last one."

    with_mpd(test)


def test_a_daemon_is_muted_and_as_loud_again() -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        assert await told(h, "mute the jukebox") == "Muted the jukebox."
        assert await told(h, "mute the jukebox") == "The jukebox is already muted."
        assert mpd.status["volume"] == "0"
        assert await told(h, "unmute the jukebox") == "The jukebox is heard again."
        assert mpd.status["volume"] == "40"
        assert await told(h, "unmute the jukebox") == "The jukebox is not muted."
        assert await told(h, "turn up the music in the kitchen") == "Set the jukebox to 50 percent."

    with_mpd(test)


def test_a_daemon_without_a_mixer() -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        assert await told(h, "turn up the jukebox") == "The jukebox does not tell how loud it is."
        assert await told(h, "jukebox volume to 30 percent") == "The jukebox can't do that."

    with_mpd(test, mixer=False)


def test_a_password_opens_it() -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        assert await told(h, "play queen") == "Playing Queen on the jukebox."

    with_mpd(test, password="a secret")


def test_one_that_is_away_or_silent_is_said_in_time() -> None:
    async def test(h: Harness, mpd: Daemon) -> None:
        mpd.mute = True
        began = time.monotonic()
        answer = await h.say("play queen on the jukebox")
        assert (answer.text, answer.outcome) == ("The jukebox can't be reached.", "failed")
        assert time.monotonic() - began < 15
        assert await told(h, "pause the tv") == "Paused the TV."

    with_mpd(test, home=True)


def test_wrong_settings_are_said_and_stop_nothing_else() -> None:
    async def run() -> None:
        settings = {"media": {"mpd": {"jukebox": ["localhost:port"]}}}
        async with Harness(FOLDER, home=FOLDER / "home.yaml", settings=settings) as h:
            assert await told(h, "pause the tv") == "Paused the TV."
            assert await told(h, "pause the radio") == (
                "There is no radio. In the settings of media, jukebox has no good address."
            )

    run_virtual(run())
