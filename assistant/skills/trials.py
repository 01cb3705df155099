"""``tests.yaml``: what is said to a skill, and what must come of it. One file serves text, sound and a live assistant.

.. code-block:: yaml

    - say: order a large coffee
      intent: Order                 # of this skill; slots as the sentence gives them
      slots: {size: large}
      answer: One large coffee.
      then:                         # in the same conversation
        - {say: and another one, answer: Two large coffees.}
    - say: order a coffee
      replies: [the big one]        # to the skill's questions
      asks: ["Which size: small or large?"]
      outcome: done
    - say: order an elephant
      understood: false

A household in ``home.yaml`` beside it is the home of the tests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from assistant.clock import run_virtual
from assistant.errors import AssistantError, SkillError
from assistant.skills.harness import Harness, NotUnderstoodError, household_of
from assistant.skills.loader import LoadedSkill, load_skill
from assistant.skills.messages import Answer
from assistant.yamlfile import load_yaml

TESTS = "tests.yaml"


class Case(BaseModel):
    """One thing said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str = Field(min_length=1)
    understood: bool = True
    intent: str = ""
    slots: dict[str, Any] | None = None
    answer: str | None = None
    """The whole answer, as it is read."""
    outcome: str = ""
    replies: tuple[str, ...] = ()
    asks: tuple[str, ...] | None = None
    area: str = ""
    person: str = ""
    wait: float = Field(default=0.0, ge=0)
    """Seconds that go by before it is said."""
    now: datetime | None = None
    """Local time of a first sentence; where it cannot be set (sound, a live assistant), the answer is not looked at."""
    then: tuple[Case, ...] = ()


class Cases(RootModel[tuple[Case, ...]]):
    """The file."""


@dataclass(slots=True)
class Heard:
    """What a skill was found to have done, in one form for text, sound and a live assistant."""

    understood: bool = False
    skill: str = ""
    intent: str = ""
    slots: dict[str, Any] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    answer: Answer | None = None
    woken: bool = False
    """Whether the wake phrase was heard, where it was spoken."""
    words: str = ""
    """What was heard, where it was spoken: the best that may be said here."""
    freely: str = ""
    """What was heard of it without a grammar."""
    failed: list[str] = field(default_factory=list)
    """What parts of the assistant said that failed meanwhile."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case."""

    case: Case
    faults: tuple[str, ...] = ()
    seconds: float = 0.0
    voice: str = ""
    heard: Heard | None = None
    """Of a case that was spoken."""


def load_cases(folder: Path) -> tuple[Case, ...]:
    """The cases of a skill; empty where it has none.

    Raises:
        SkillError: the file is wrong; names the line.
    """
    path = folder / TESTS
    if not path.is_file():
        return ()
    file = load_yaml(path, SkillError)
    if not isinstance(file.data, list):
        raise SkillError("tests are a list: `- say: ...`", where=file.where())
    return file.validate(Cases, error=SkillError).root


def run_cases(folder: Path, cases: Sequence[Case], language: str = "en") -> list[Result]:
    """Every case in writing, each in a house of its own, on a virtual clock.

    Raises:
        SkillError: the skill cannot be loaded.
    """
    skill = load_skill(folder, language)
    return run_virtual(_run(skill, cases, language))


async def _run(skill: LoadedSkill, cases: Sequence[Case], language: str) -> list[Result]:
    home = household_of(skill.folder)
    results: list[Result] = []
    for case in cases:
        async with Harness(skill.folder, home=home, language=language, now=case.now) as h:
            results += await _converse(h, skill, case)
    return results


async def _converse(h: Harness, skill: LoadedSkill, case: Case) -> list[Result]:
    results = []
    for step in steps(case):
        began = time.perf_counter()
        faults = await _say(h, skill, step)
        results.append(Result(step, tuple(faults), time.perf_counter() - began))
    return results


def steps(case: Case) -> Iterator[Case]:
    """A case and what follows it in the same conversation."""
    yield case
    for following in case.then:
        yield from steps(following)


async def _say(h: Harness, skill: LoadedSkill, case: Case) -> list[str]:
    h.area = h.room.area = case.area or h.area
    h.person = case.person or h.person
    if case.wait:
        await h.wait(case.wait)
    match, asked = h.understand(case.say), len(h.questions)
    heard = Heard(match is not None)
    if match is not None:
        heard.skill, heard.intent, heard.slots = match.skill, match.intent, match.slots
    try:
        heard.answer = await h.say(case.say, replies=case.replies)
    except NotUnderstoodError:
        pass
    except AssistantError as error:
        return [str(error)]
    heard.questions = h.questions[asked:]
    return list(faults(skill.name, case, heard))


def faults(skill: str, case: Case, heard: Heard, *, answers: bool = True) -> Iterator[str]:
    """What is not as it should be.

    Args:
        answers: whether the answer counts too, not just what was understood.
    """
    if not case.understood:
        if heard.understood and heard.skill == skill:
            yield f"it is understood, as {heard.intent}"
        return
    if not heard.understood:
        yield "it is not understood"
        return
    if heard.skill != skill:
        yield f"it is understood as {heard.skill}.{heard.intent}"
        return
    if case.intent and heard.intent != case.intent:
        yield f"it means {heard.intent}, not {case.intent}"
    if case.slots is not None and heard.slots != case.slots:
        yield f"its slots are {heard.slots}, not {case.slots}"
    if answers:
        yield from _answer_faults(case, heard)


def _answer_faults(case: Case, heard: Heard) -> Iterator[str]:
    if case.asks is not None and tuple(heard.questions) != case.asks:
        yield f"it asks {heard.questions}, not {list(case.asks)}"
    if heard.answer is None:
        yield "there is no answer"
        return
    if case.answer is not None and heard.answer.text != case.answer:
        yield f"it answers {heard.answer.text!r}, not {case.answer!r}"
    if case.outcome and heard.answer.outcome != case.outcome:
        yield f"its outcome is {heard.answer.outcome}, not {case.outcome}"
