"""Skills written on the spot, and an agent that answers them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.skills.calls import SkillCall

Write = Callable[..., Path]


class Requests:
    """Answers every request with what it was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        self.seen.append((call.skill, name, args))
        return 7 if name == "store.get" else None

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        self.heard = hear
        return lambda: None


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a skill: ``write("coffee", "code", Intent="sentence", grants=[...])`` gives its folder."""

    def writing(
        name: str, code: str, *, manifest: str = "", sentences: str = "", into: Path = tmp_path, **intents: str
    ) -> Path:
        folder = into / name
        folder.mkdir(parents=True)
        (folder / "skill.yaml").write_text(f"name: {name}\n{manifest}", "utf-8")
        head = "from assistant.skills import *\nimport asyncio, os, time\n"
        (folder / "skill.py").write_text(head + textwrap.dedent(code), "utf-8")
        blocks = "".join(f'  {intent}:\n    data:\n      - sentences: ["{text}"]\n' for intent, text in intents.items())
        (folder / "sentences.yaml").write_text(f"language: en\nintents:\n{blocks}{sentences}", "utf-8")
        return folder

    return writing
