"""Sentences of ``tests.yaml`` spoken to whole agents: none hears of another, and misses say what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import clock
from assistant.cli.trials import tell
from assistant.clock import settle
from assistant.skills import trials_aloud
from assistant.skills.loader import load_skill
from assistant.skills.messages import Answer
from assistant.skills.trials import Case, Heard, Result, load_cases
from assistant.skills.trials_aloud import run_aloud
from tests.skills.conftest import Write

KEEPER = """
class Keeper(Skill):
    visits = 0

    @intent("Visit")
    async def visit(self, ctx: Context) -> str:
        self.visits += 1
        kept = (await ctx.store.get("visits", 0)) + 1
        await ctx.store.set("visits", kept)
        (fan,) = await ctx.home.devices(kind="fan")
        await ctx.home.act(fan.id, "turn_on")
        runs, timers = fan.state["on"], await ctx.timers.all()
        await ctx.timers.set(3600)
        return f"{self.visits}, {kept}, {runs}, {len(timers)}"
"""


def test_no_sentence_finds_what_another_left(write: Write) -> None:
    folder = write("keeper", KEEPER, manifest="grants: [home, timers]\n", Visit="how many penguins came today")
    case = "{say: how many penguins came today, answer: '1, 1, False, 0'}"
    (folder / "tests.yaml").write_text(f"- {case}\n- {case}\n", "utf-8")
    results = list(run_aloud(load_skill(folder), load_cases(folder), ["espeak:en-us"]))
    assert [result.faults for result in results] == [(), ()], results


def test_a_sentence_that_takes_for_ever_is_a_miss_and_the_others_go_on(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hear(folder: Path, case: Case, voice: str, heard: Heard) -> None:
        heard.woken = heard.understood = True
        heard.skill, heard.answer = "keeper", Answer("well")
        if case.say == "for ever":
            await settle(lambda: True)

    monkeypatch.setattr(clock, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(trials_aloud, "_say", hear)
    folder = write("keeper", KEEPER, manifest="grants: [home, timers]\n", Visit="how many penguins came today")
    first, second = run_aloud(load_skill(folder), [Case(say="for ever"), Case(say="how many")], ["piper"])
    assert len(first.faults) == 1 and "given up: a stage did not finish within" in first.faults[0]
    assert first.heard is not None and first.heard.woken, "what was heard until then is told"
    assert second.faults == ()


def test_what_was_heard_and_done_is_told_of_each_miss_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    tea, ale = Case(say="buy tea"), Case(say="sell ale", understood=False)
    pea = Heard(
        True, "shop", "Buy", {"what": "pea"}, ["Sure?"], Answer("Bought a pea."), woken=True, words="buy pea",
        freely="by P",
    )
    right = Heard(True, "shop", "Buy", woken=True, words="buy tea")
    printed = []

    def results() -> Iterator[Result]:
        for result in (
            Result(tea, ("its slots are wrong",), voice="piper", heard=pea),
            Result(tea, ("it is not understood",), voice="espeak", heard=Heard(failed=["the recogniser is gone"])),
            Result(tea, (), voice="espeak", heard=right),
            Result(ale, ("it is understood, as Buy",), voice="espeak", heard=right),
        ):
            yield result
            printed.append(capsys.readouterr().out.splitlines())

    assert not tell(results(), time.perf_counter())
    assert printed == [
        ["“buy tea” (piper)", "  its slots are wrong", "  heard: “buy pea”, freely: “by P”",
         "  understood: shop.Buy {'what': 'pea'}", "  asked: “Sure?”", "  answered: “Bought a pea.” (done)"],
        ["“buy tea” (espeak)", "  it is not understood", "  the wake phrase was not heard",
         "  failed: the recogniser is gone"],
        [],
        ["“sell ale” (espeak)", "  it is understood, as Buy", "  heard: “buy tea”",
         "  understood: shop.Buy"],
    ]
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "piper: 0% (0% to 79%) of 1 heard", "espeak: 50% (9% to 91%) of 2 heard",
    ]
