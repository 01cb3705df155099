"""The sentences of ``tests.yaml``, typed to the assistant that runs: its skills, its home, its settings."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from assistant.skills.messages import Answer
from assistant.skills.trials import Case, Heard, Result, faults, steps

Call = Callable[..., Awaitable[Any]]
"""``await call(command, **arguments)``: the control socket's."""


async def run_live(call: Call, skill: str, cases: Sequence[Case]) -> list[Result]:
    """Every case, as if somebody typed it; what it does is done.

    Raises:
        AssistantError: the assistant does not answer.
    """
    results = []
    for case in cases:
        for step in steps(case):
            began = time.perf_counter()
            heard = await _type(call, step)
            found = tuple(faults(skill, step, heard, answers=case.now is None))
            results.append(Result(step, found, time.perf_counter() - began))
    return results


async def _type(call: Call, case: Case) -> Heard:
    meaning = await call("understand", text=case.say, area=case.area)
    heard = Heard(bool(meaning), **meaning)
    if not meaning:
        return heard
    reply = await call("ask", text=case.say, area=case.area)
    replies = list(case.replies)
    while reply["outcome"] == "question":
        heard.questions.append(reply["text"])
        reply = await call("ask", text=replies.pop(0) if replies else "never mind", area=case.area)
    heard.answer = Answer(reply["text"], reply["outcome"])
    return heard
