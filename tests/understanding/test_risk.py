"""Nothing risky is done without its question, whatever people say and however it is understood.

Every sentence of all sets is said to a home with a lock, a garage, a gate and an oven, and no question is answered.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.clock import run_virtual
from assistant.errors import AssistantError
from assistant.home.schema import Device, Household
from assistant.nlu.corpora import read_labelled
from assistant.paths import shipped_dir
from assistant.people.permissions import Action, risk
from assistant.skills.harness import Harness, NotUnderstoodError

HERE = Path(__file__).parent
SETS = ("everyday.tsv", "first", "second")
RISKY = (
    Device(id="garage", name="garage door", kind="cover", device_class="garage", state={"open": False}),
    Device(id="gate", name="garden gate", kind="cover", device_class="gate", state={"open": False}),
    Device(id="oven", name="oven", kind="switch", area="kitchen", state={"on": False}),
)
ORDERS = (
    "unlock the front door", "please unlock the front door for me", "granny's here, can you unlock the front door",
    "would you mind unlocking the front door", "I'd like the front door unlocked please",
    "um unlock the front door then", "turn on the hall light and unlock the front door",
    "lock, no wait, unlock the front door", "open the garage door", "could you open the garden gate please",
    "I'd like the garage door opened", "so turn on the oven please", "do me a favour and turn on the oven",
)
"""Each asks for something risky, most in words that have a meaning only once something is taken away."""


def household() -> Household:
    home = Household.load(shipped_dir() / "configs" / "home.yaml")
    return home.model_copy(update={"devices": (*home.devices, *RISKY)})


def harness() -> Harness:
    folders = [path.parent for path in sorted((shipped_dir() / "skills").glob("*/skill.yaml"))]
    return Harness(*folders, home=household(), area="hall")


SHUT = {"locked": True, "open": False, "on": False}
TOWARDS = {"locked": (False, "unlock"), "open": (True, "open"), "on": (True, "turn_on")}
"""The state, and the command, to which something put back may lead."""


def dangers(h: Harness, since: int) -> list[str]:
    """What was done at home that would be risky of something shut, locked and off."""
    found = []
    for name, command, value in h.home.acted[since:]:
        device = h.home.devices[name].model_copy(update={"state": SHUT})
        given = [command] if command != "restore" else [
            towards for key, (state, towards) in TOWARDS.items() if value.get(key) is state
        ]
        found += [f"{name}: {command} {value}" for one in given if risk(Action(one, device, value))]
    return found


def texts(part: str) -> list[str]:
    paths = [HERE / part] if part.endswith(".tsv") else sorted((HERE / part).glob("*.tsv"))
    return [one.example.text for path in paths for one in read_labelled(path)]


@pytest.mark.parametrize("part", SETS)
def test_nothing_risky_is_done_unasked(part: str) -> None:
    sentences = texts(part)

    async def said() -> tuple[int, list[str]]:
        understood, found = 0, list[str]()
        async with harness() as h:
            for text in sentences:
                since = len(h.home.acted)
                try:
                    await h.say(text)
                    understood += 1
                except (NotUnderstoodError, AssistantError):
                    pass  # what fails on the way must not have opened anything either
                found += [f"{text!r} did {danger}" for danger in dangers(h, since)]
            await h.wait(7 * 24 * 3600)  # orders for later come due: nobody can be asked then
            found += [f"later: {danger}" for danger in dangers(h, 0)]
        return understood, found

    understood, found = run_virtual(said())
    assert understood > len(sentences) / 3, f"{understood} of {len(sentences)} were understood: too few to tell"
    assert not found


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_risky_is_asked_and_done_after_a_yes(order: str) -> None:
    async def said() -> tuple[list[str], list[str], list[str]]:
        async with harness() as h:
            await h.say(order)
            unasked, asked = dangers(h, 0), list(h.questions)
            await h.say(order, replies=["yes"])
            return unasked, asked, dangers(h, 0)

    unasked, asked, done = run_virtual(said())
    assert not unasked and asked and done
