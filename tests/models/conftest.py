"""A server of the test's own, and no waiting between connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.server import Server, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("assistant.models.download.PAUSE", 0.0)
    with serving() as started:
        yield started
