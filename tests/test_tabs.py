"""Browser tabs as sources: what a person does there reaches the session, what it plays reaches the tab."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from assistant.clock import run_virtual, settle
from assistant.events import Answered, MuteChanged, TurnEnded, TurnStarted, VolumeChanged
from assistant.home.schema import Household
from assistant.paths import shipped_dir
from assistant.session import Session
from assistant.skills.fake_home import FakeHome
from assistant.tabs import Pages, Tab
from assistant.testing.fake_room import FakeRoom, room, spoken
from assistant.testing.fake_services import FakeParts


class FakeSpeaker:
    """A tab's loudspeaker that holds 100 ms."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def wake(self) -> None:
        self.told.append("wake")

    def pause(self) -> int:
        self.told.append("pause")
        return 1600

    def stop(self) -> int:
        self.told.append("stop")
        return 1600


class FakeAgent:
    """Closes sessions, and says why."""

    def __init__(self) -> None:
        self.closed: list[tuple[str, str]] = []

    async def close_session(self, session: Session, reason: str) -> None:
        self.closed.append((session.name, reason))
        await session.close(reason)


class Page:
    def __init__(self, at: FakeRoom) -> None:
        self.room, self.agent, self.speaker = at, FakeAgent(), FakeSpeaker()
        self.tab = Tab(cast(Any, self.agent), at.session, self.speaker)


@asynccontextmanager
async def page(parts: FakeParts | None = None) -> AsyncIterator[Page]:
    async with room(parts or spoken()) as at:
        yield Page(at)


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_a_typed_order_is_answered_and_its_sound_fetched() -> None:
    async def main() -> None:
        async with page() as there:
            assert there.tab.pull() is None and there.speaker.told == []
            there.tab.text("tell me a tale")
            await settle()
            assert there.room.last(TurnStarted).reason == "text" and there.speaker.told == ["wake"]
            assert there.room.all(Answered)
            frames = [there.tab.pull() for _ in range(10)]
            assert all(frame is not None and frame.any() for frame in frames)

    run(main)


def test_a_paused_answer_gives_nothing_and_goes_back_to_what_was_heard() -> None:
    async def main() -> None:
        async with page() as there:
            there.tab.text("tell me a tale")
            await settle()
            for _ in range(20):
                there.tab.pull()
            there.room.session.mouth.pause()
            assert there.tab.pull() is None and there.speaker.told == ["wake", "pause"]
            there.room.session.mouth.resume()
            assert there.tab.pull() is not None and there.speaker.told == ["wake", "pause", "wake"]

    run(main)


def test_stop_silences_the_tab() -> None:
    async def main() -> None:
        async with page() as there:
            there.tab.text("tell me a tale")
            await settle()
            there.tab.pull()
            there.tab.stop()
            await settle()
            assert there.speaker.told[-1] == "stop" and there.tab.pull() is None
            assert (there.room.last(TurnEnded).outcome, there.room.last(TurnEnded).reason) == ("cancelled", "stopped")

    run(main)


def test_only_pressing_the_button_begins_to_listen() -> None:
    async def main() -> None:
        async with page() as there:
            there.tab.push_to_talk(False)
            await settle()
            assert not there.room.session.in_turn
            there.tab.push_to_talk(True)
            await settle()
            assert there.room.last(TurnStarted).reason == "push"

    run(main)


def test_the_sound_of_a_tab_is_heard_unless_it_is_muted() -> None:
    async def main() -> None:
        async with page() as there:
            before = there.room.session.lane.sample
            silence = there.room.session.pull().pcm
            there.tab.feed(silence)
            assert there.room.session.lane.sample == before + 320
            there.tab.mute(True)
            there.tab.feed(silence)
            assert there.room.session.lane.sample == before + 320 and there.room.last(MuteChanged).muted
            there.tab.mute(False)
            there.tab.feed(silence)
            assert there.room.session.lane.sample == before + 640

    run(main)


def test_the_volume_is_kept_between_0_and_100() -> None:
    async def main() -> None:
        async with page() as there:
            for wanted, got in ((40, 40), (140, 100), (-3, 0)):
                there.tab.volume(wanted)
                assert there.room.session.volume == got == there.room.last(VolumeChanged).percent

    run(main)


def test_a_closed_tab_closes_its_source_and_leaves_no_order_waiting() -> None:
    async def main() -> None:
        async with page() as there:
            there.tab.text("paint the wall")
            await there.room.play(0.5)
            assert there.room.session.in_turn
            await there.tab.close()
            await settle()
            assert there.agent.closed == [("room", "the page was closed")] and not there.tab._typing
            assert not there.room.session.in_turn and there.room.parts.skills.colour == ""

    run(main)


def test_the_household_is_shown_as_it_is_now() -> None:
    household = Household.load(shipped_dir() / "configs" / "home.yaml")
    home = FakeHome(household)
    agent = SimpleNamespace(
        home=home, suggestions=lambda: ["one", "two", "three", "four"],
        config=SimpleNamespace(home=SimpleNamespace(simulate=True), keeps_sound=True),
        waking=SimpleNamespace(phrase="hey nova", hours=10.0), doubts=None,
    )
    home.put("kitchen_light", on=True)
    home.connected = False
    view = Pages(cast(Any, agent)).household()
    assert view.wake == "hey nova" and list(view.suggestions) == ["one", "two", "three"]
    assert view.simulated and view.recording and not view.connected
    assert {device.id for device in view.devices} == set(home.devices)
    [light] = [device for device in view.devices if device.id == "kitchen_light"]
    assert light.state["on"] is True and light.kind == "light" and light.area in {area.id for area in view.areas}


def test_a_tab_cancels_its_own_echo_and_follows_the_agents_bus() -> None:
    async def main() -> None:
        async with room(spoken()) as at:
            opened: list[tuple[Any, ...]] = []

            def open_session(name: str, kind: str, area: str, *, own_echo: bool, remote: bool) -> Session:
                opened.append((name, kind, area, own_echo, remote))
                return at.session

            pages = Pages(cast(Any, SimpleNamespace(open_session=open_session, bus=at.bus)))
            speaker = FakeSpeaker()
            await pages.open_source("tab 1", kind="page", area="kitchen", speaker=speaker, remote=True)
            assert opened == [("tab 1", "page", "kitchen", True, True)] and at.session.mouth.sink is speaker
            with pages.subscribe() as events:
                at.session.mute(True)
                assert isinstance(await anext(events), MuteChanged)

    run(main)
