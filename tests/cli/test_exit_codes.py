"""What a script learns from ``assistant ask`` and ``assistant run --input``: whether the order was done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from assistant.audio.files import write_sound
from assistant.audio.frames import Pcm
from assistant.cli import agent_access, through
from assistant.cli.app import USER_ERROR, app
from assistant.cli.ask import NOT_DONE
from assistant.errors import AssistantError
from assistant.events import Answered, Event, QuestionAnswered, QuestionAsked, TurnStarted


def command(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


class Deaf:
    """An assistant that does orders, and has no loudspeaker."""

    own = False

    def __init__(self, outcome: str) -> None:
        self._outcome = outcome

    async def call(self, command: str, **arguments: Any) -> Any:
        if command == "say":
            raise AssistantError("nobody can hear it: no loudspeaker and no page is open", mend="open the page")
        return {"text": f"{arguments['text']}: {self._outcome}", "outcome": self._outcome}


@pytest.mark.parametrize(("outcome", "code"), [("done", 0), ("info", 0), ("failed", NOT_DONE), ("refused", NOT_DONE),
                                               ("question", NOT_DONE)])
def test_an_order_that_nobody_hears_the_answer_of_is_done_or_not(
    monkeypatch: pytest.MonkeyPatch, outcome: str, code: int
) -> None:
    @asynccontextmanager
    async def access(config: Path | None = None) -> AsyncIterator[Deaf]:
        yield Deaf(outcome)

    monkeypatch.setattr(agent_access, "open_access", access)
    result = command("ask", "--speak", "light on")
    assert result.exit_code == code
    assert result.stdout == f"light on: {outcome}\n"
    assert result.stderr.startswith("not said aloud: nobody can hear it")


HEARD = TurnStarted(source="file", reason="wake")
ASKED = QuestionAsked(source="file", text="How many?", expects="choice")
UNHEARD, NEVER = QuestionAnswered(source="file"), QuestionAnswered(source="file", text="never mind")


def answered(outcome: str) -> Answered:
    return Answered(source="file", text=f"It is {outcome}.", outcome=outcome)


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([HEARD, answered("done")], 0), ([HEARD, answered("already")], 0), ([HEARD, answered("cancelled")], 0),
        ([HEARD, answered("not_understood")], NOT_DONE), ([HEARD, answered("failed")], NOT_DONE),
        ([HEARD, ASKED, UNHEARD, ASKED, UNHEARD, answered("cancelled")], NOT_DONE), ([HEARD, ASKED], NOT_DONE),
        ([HEARD, ASKED, UNHEARD, ASKED, NEVER, answered("cancelled")], 0),
        ([HEARD, ASKED, UNHEARD, answered("done")], 0), ([HEARD, ASKED, HEARD, answered("done")], 0),
        ([HEARD, answered("refused"), HEARD, answered("done")], NOT_DONE), ([], USER_ERROR),
    ],
)
def test_a_recording_tells_whether_its_orders_were_done(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, events: list[Event], code: int
) -> None:
    async def hear(config: object, pcm: Pcm, area: str, heard: list[Event]) -> Pcm:
        for event in events:
            heard.append(event)
            through.tell(event)
        return pcm

    monkeypatch.setattr(through, "_through", hear)
    said = own_folders / "said.wav"
    write_sound(said, np.zeros(1600, np.int16))
    result = command("run", "--input", str(said))
    assert result.exit_code == code
    told = [line for line in result.stdout.splitlines() if line.startswith("answered")]
    assert told == [f"answered  {one.text}" for one in events if isinstance(one, Answered)]


def test_the_codes_are_written_down() -> None:
    assert "1 when an order was not understood" in " ".join(command("run", "--help").output.split())
    assert "1 when not" in " ".join(command("ask", "--help").output.split())
