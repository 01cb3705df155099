"""The grammar's keeper: each edit once, bursts of devices together, copies told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from assistant.clock import pass_time, run_virtual, settle
from assistant.dialogue.keeper import SETTLE_SECONDS, GrammarKeeper
from assistant.grammar.base import FREE, Rule, Value, View
from assistant.grammar.grammar import Grammar

Lists = Mapping[str, Sequence[Value]]
RULES = [Rule("home", "TurnOn", ("turn on [the] {name}",))]


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def named(*names: str) -> Lists:
    return {"name": [Value(name, name) for name in names], "area": [Value("kitchen", "kitchen")]}


def test_words_of_a_skill_reach_the_copies_and_are_no_lesson() -> None:
    async def main() -> None:
        kept, words = Kept(), list[int]()
        kept.keeper.on_words = lambda: words.append(kept.keeper.grammar.version)
        kept.keeper.grammar.set_rules("lists", [Rule("lists", "Has", ("is {item} there",))])
        kept.keeper.set_words("lists", "item", [Value("milk", "milk")])
        assert kept.understands("is milk there") and not kept.told
        assert words == [kept.keeper.grammar.version]

    run(main)


class Kept:
    """A keeper, and how often it told of a change at which version."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.asked = 0
        self.keeper = GrammarKeeper(Grammar(), lambda: self.told.append(self.keeper.grammar.version))
        self.keeper.grammar.set_rules("home", RULES)
        self.names: tuple[str, ...] = ()

    def household(self) -> Lists:
        self.asked += 1
        return named(*self.names)

    def understands(self, text: str) -> bool:
        return self.keeper.by_reading(text, text, View()) is not None


def test_a_household_is_taken_in_and_told() -> None:
    kept = Kept()
    kept.keeper.set_lists(named("lamp"))
    assert kept.told == [kept.keeper.grammar.version] and kept.understands("turn on the lamp")


def test_only_lists_that_differ_are_edits() -> None:
    kept = Kept()
    kept.keeper.set_lists(named("lamp"))
    version, told = kept.keeper.grammar.version, len(kept.told)
    kept.keeper.set_lists(named("lamp"))
    assert kept.keeper.grammar.version == version and len(kept.told) == told, "nothing changed"
    kept.keeper.set_lists(named("lamp", "fan"))
    edits = kept.keeper.grammar.edits_since(version)
    assert [edit["name"] for edit in edits] == ["name"] and len(kept.told) == told + 1
    assert kept.told[-1] == kept.keeper.grammar.version, "told after the edit"


def test_a_device_that_goes_is_understood_no_more() -> None:
    kept = Kept()
    kept.keeper.set_lists(named("lamp", "fan"))
    assert kept.understands("turn on the fan")
    kept.keeper.set_lists(named("lamp"))
    assert not kept.understands("turn on the fan") and kept.understands("turn on the lamp")


def test_a_burst_of_devices_is_one_edit_with_the_latest_household() -> None:
    async def main() -> None:
        kept = Kept()
        kept.keeper.set_lists(named("lamp"))
        version, told = kept.keeper.grammar.version, len(kept.told)
        for number in range(100):
            kept.names = (*kept.names, f"lamp number {number}")
            kept.keeper.set_lists_soon(kept.household)
        await settle()
        assert kept.asked == 0 and kept.keeper.grammar.version == version
        await pass_time(2 * SETTLE_SECONDS, SETTLE_SECONDS)
        assert kept.asked == 1 and len(kept.told) == told + 1
        assert len(kept.keeper.grammar.edits_since(version)) == 1
        assert kept.understands("turn on lamp number 99")

    run(main)


def test_devices_that_keep_coming_are_not_put_off_for_ever() -> None:
    async def main() -> None:
        kept = Kept()
        for number in range(10):
            kept.names = (*kept.names, f"lamp number {number}")
            kept.keeper.set_lists_soon(kept.household)
            await pass_time(SETTLE_SECONDS / 2, SETTLE_SECONDS / 4)
        assert kept.asked >= 4 and kept.understands("turn on lamp number 3")

    run(main)


def test_a_second_burst_is_an_edit_of_its_own() -> None:
    async def main() -> None:
        kept = Kept()
        for name in ("lamp", "fan"):
            kept.names = (*kept.names, name)
            kept.keeper.set_lists_soon(kept.household)
            await pass_time(2 * SETTLE_SECONDS, SETTLE_SECONDS)
        assert kept.asked == 2 and kept.understands("turn on the fan")

    run(main)


def test_what_is_pending_is_forgotten_when_it_is_closed() -> None:
    async def main() -> None:
        kept = Kept()
        for _ in range(3):
            kept.keeper.set_lists_soon(kept.household)
        kept.keeper.close()
        await pass_time(4 * SETTLE_SECONDS, SETTLE_SECONDS)
        assert kept.asked == 0

    run(main)


def test_open_words_are_matched_with_what_nobody_listens_for() -> None:
    keeper = Kept().keeper
    keeper.set_lists(named("lamp"))
    keeper.grammar.set_rules("home", [Rule("home", "TurnOn", ("lamp please",), FREE)])
    assert keeper.by_reading("lamp please", "", View()) is None
    found = keeper.by_open_text("", "lamp please", View())
    assert found is not None and found.intent == "TurnOn"
    assert keeper.by_open_text("", "lamp please", View(scopes=("yes_no",))) is None, "only where an order may be said"
    assert keeper.by_open_text("lamp please", "", View()) is None