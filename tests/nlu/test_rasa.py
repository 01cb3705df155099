"""Rasa's link against a server that keeps to a script, and the project that is written for the real one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.config.understanding import Rasa
from assistant.dialogue.chain import Chain, LateLink
from assistant.errors import LinkError, LinkGarbled, LinkTimeout, ModelError
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.grammar.phrasing import Phrasing
from assistant.nlu.rasa import RasaLink
from assistant.nlu.rasa_project import annotated, train_project, write_project
from assistant.nlu.samples import sample
from tests.llm.floor import small_grammar

DIM = "make the floor lamp 40 percent"


def parse(text: str, intent: str | None, confidence: float = 0.95, **words: str) -> str:
    """As Rasa writes it."""
    entities = [
        {"entity": slot, "start": text.index(said), "end": text.index(said) + len(said), "value": said.upper()}
        for slot, said in words.items()
    ]
    return json.dumps({"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": entities})


@asynccontextmanager
async def rasa(body: str, status: int = 200, seconds: float = 2.0, wait: float = 0.0) -> AsyncIterator[RasaLink]:
    """A link to a server that always answers so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(wait)
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    link = RasaLink(Rasa(url=url, seconds=seconds), Phrasing(small_grammar()))
    try:
        yield link
    finally:
        await link.close()
        server.close()


@pytest.mark.parametrize(("body", "slots", "sure"), [
    (parse(DIM, "lamps.Dim", name="floor lamp", level="40"), {"name": "lamp_1", "level": 40}, True),
    (parse(DIM, "lamps.Dim", 0.8, name="floor lamp", level="40"), {"name": "lamp_1", "level": 40}, False),
    (parse(DIM, "lamps.Dim", 0.6, name="floor lamp", level="40"), None, False),
    (parse(DIM, "lamps.TurnOn", name="floor lamp"), {"name": "lamp_1"}, True),
    (parse(DIM, "lamps.TurnOn"), {"it": True}, True),
    (parse(DIM, "lamps.Dim", name="floor lamp"), None, False),
    (parse(DIM, "lamps.Dim", name="percent", level="40"), None, False),
    (parse(DIM, "lamps.Sing"), None, False),
    (parse(DIM, "oos", 0.99), None, False),
    (parse(DIM, None, 0.99), None, False),
], ids=lambda value: "" if isinstance(value, str) else None)
async def test_a_guess_is_a_sentence_of_the_grammar_or_none(
    body: str, slots: dict[str, Any] | None, sure: bool
) -> None:
    async with rasa(body) as link:
        found = await link.guess(DIM, View())
        assert (found.match.slots if found else None) == slots
        assert found is None or (found.sure, found.link) == (sure, "rasa")


async def test_a_name_found_word_by_word_is_one() -> None:
    data = json.loads(parse(DIM, "lamps.TurnOn", name="floor", level="lamp"))
    data["entities"][1]["entity"] = "name"
    async with rasa(json.dumps(data)) as link:
        found = await link.guess(DIM, View())
        assert found is not None and found.sure and found.match.slots == {"name": "lamp_1"}


async def test_a_slot_found_twice_is_asked_about() -> None:
    data = json.loads(parse(DIM, "lamps.TurnOn", name="floor lamp"))
    data["entities"] *= 2
    async with rasa(json.dumps(data)) as link:
        found = await link.guess(DIM, View())
        assert found is not None and not found.sure


@pytest.mark.parametrize(("body", "status", "error"), [
    ("{}", 500, LinkError), ("no", 200, LinkGarbled), ("[]", 200, LinkGarbled), ("{}", 200, LinkGarbled),
    ('{"intent": {"name": "x", "confidence": "high"}}', 200, LinkGarbled),
    ('{"intent": {"name": "x", "confidence": 1}, "entities": [{}]}', 200, LinkGarbled),
    (parse(DIM, "lamps.TurnOn", float("nan"), name="floor lamp"), 200, LinkGarbled),
    (parse(DIM, "lamps.TurnOn", float("inf"), name="floor lamp"), 200, LinkGarbled),
])
async def test_what_is_no_parse_is_an_error_and_passed_over(body: str, status: int, error: type[LinkError]) -> None:
    async with rasa(body, status) as link:
        with pytest.raises(error):
            await link.guess(DIM, View())
        assert await Chain([], [LateLink("rasa", link.guess, 2.0)]).consider(DIM, View()) is None


async def test_a_slow_server_and_none_at_all() -> None:
    async with rasa("{}", seconds=0.1, wait=1.0) as link:
        with pytest.raises(LinkTimeout, match="within"):
            await link.guess(DIM, View())
    with pytest.raises(LinkError, match="cannot be reached"):
        await RasaLink(link.config, Phrasing(small_grammar())).guess(DIM, View())


def test_the_project_holds_every_sentence_with_its_slots(tmp_path: Path) -> None:
    grammar = small_grammar()
    count = write_project(grammar, tmp_path / "project", per_rule=10)
    nlu, domain = (yaml.safe_load((tmp_path / "project" / name).read_text()) for name in ("nlu.yml", "domain.yml"))
    lessons = {lesson["intent"]: lesson["examples"].splitlines() for lesson in nlu["nlu"]}
    assert sorted(lessons) == domain["intents"] == ["doors.Unlock", "lamps.Dim", "lamps.TurnOn", "oos", "timers.Set"]
    assert domain["entities"] == ["area", "duration", "label", "level", "name"]
    assert "- unlock the [front door](name)" in lessons["doors.Unlock"] and sum(map(len, lessons.values())) == count
    assert not any(grammar.match(line.removeprefix("- ")) for line in lessons["oos"])
    for sampled in sample(grammar, View(("order",)), 10):
        assert {f"- {annotated(example)}" for example in sampled.examples} <= set(
            lessons[f"{sampled.rule.skill}.{sampled.rule.intent}"]
        )


def test_what_cannot_be_written_or_trained_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="fewer than two"):
        write_project(Grammar(), tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        write_project(small_grammar(), tmp_path / "file" / "x", per_rule=5)
    broken = tmp_path / "rasa"
    broken.write_text("#!/bin/sh\necho 'no such pipeline' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(ModelError, match="no such pipeline"):
        train_project(tmp_path, broken)
    with pytest.raises(ModelError, match="cannot train"):
        train_project(tmp_path, tmp_path / "nowhere")
