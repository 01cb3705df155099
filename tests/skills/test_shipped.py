"""The skills that ship by their own ``tests.yaml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.skills.trials import TESTS, load_cases, run_cases

FOLDERS = sorted(file.parent for file in (Path(__file__).parents[2] / "skills").glob(f"*/{TESTS}"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_said_gets_its_answer(folder: Path) -> None:
    results = run_cases(folder, load_cases(folder))
    assert results and not [(result.case.say, result.faults) for result in results if result.faults]
