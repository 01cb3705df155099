"""``assistant skill forget``: what a skill keeps is erased after a yes, and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.paths import database
from assistant.store.keepsakes import Keepsakes
from assistant.store.store import Store
from assistant.store.values import SkillData


@pytest.fixture(autouse=True)
def kept(own_folders: Path) -> None:
    async def keep() -> None:
        async with Store(database()) as store:
            data = SkillData(store)
            for owner in ("memory", "memory/", "memory/anna", "memory_too", "lists"):
                await data.set(owner, "facts", [f"the secret of {owner}"])

    asyncio.run(keep())


def forget(*words: str, answer: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["skill", "forget", *words], input=answer)
    return result.exit_code, result.output


def test_it_asks_first_and_erases_what_is_kept_for_whomever() -> None:
    code, told = forget("memory", answer="n\n")
    assert code == 1 and "Forget all that memory keeps (3 values)?" in told
    assert Keepsakes(database()).counts()["memory"] == 3
    code, told = forget("memory", answer="y\n")
    assert code == 0 and "forgotten: 3 values" in told
    assert dict(Keepsakes(database()).counts()) == {"memory_too": 1, "lists": 1}
    files = b"".join(path.read_bytes() for path in database().parent.glob(f"{database().name}*"))
    assert b"secret of lists" in files and b"secret of memory/anna" not in files


def test_with_yes_nothing_is_asked_and_a_skill_that_is_gone_may_be_forgotten() -> None:
    code, told = forget("memory_too", "--yes")
    assert (code, told.splitlines()[-1].startswith("forgotten: 1 value.")) == (0, True)
    assert forget("weather") == (0, "weather keeps nothing.\n")
    code, told = forget("wether")
    assert code == 2 and "there is no skill 'wether'" in told


def test_before_the_first_start_nothing_is_kept() -> None:
    database().unlink()
    assert forget("memory") == (0, "memory keeps nothing.\n")
    assert Keepsakes(database()).forget("memory") == 0 and not database().exists()
