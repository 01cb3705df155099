"""One encoder, and one understanding that has learned the small home, for all tests of a session."""

from __future__ import annotations

import pytest

from assistant.nlu.encoder import Encoder
from assistant.nlu.skills import SkillUnderstanding
from tests.nlu.home import understanding


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="session")
def learned(encoder: Encoder) -> SkillUnderstanding:
    found = understanding(encoder)
    assert found.learn() is not None
    return found
