"""Codes and tokens: few tries, changing codes, hashes only, kept across restarts."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from assistant.errors import ConfigError
from assistant.server.pairing import MAX_BROWSERS, TRIES, TRIES_SECONDS, WRONG_PER_CODE, Pairing


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def wrong(pairing: Pairing) -> str:
    return "1" * 8 if pairing.code != "1" * 8 else "2" * 8


def test_the_code_gives_a_token_that_is_known() -> None:
    pairing = Pairing()
    token = pairing.pair(pairing.code)
    assert token is not None
    assert pairing.knows(token)
    assert not pairing.knows(token[:-1] + ("A" if token[-1] != "A" else "B"))


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "\ud800" * 43, "x" * 10_000])
def test_odd_tokens_are_unknown(token: str) -> None:
    assert not Pairing().knows(token)


def test_tries_are_limited_in_time() -> None:
    clock = Clock()
    pairing = Pairing(clock=clock)
    for _ in range(TRIES):
        assert pairing.wait() == 0
        assert pairing.pair(wrong(pairing)) is None
    assert pairing.wait() == TRIES_SECONDS
    assert pairing.pair(pairing.code) is None
    clock.now += TRIES_SECONDS
    assert pairing.pair(pairing.code) is not None


def test_the_code_changes_after_many_wrong_tries() -> None:
    clock = Clock()
    pairing = Pairing(clock=clock)
    first = pairing.code
    for _ in range(WRONG_PER_CODE):
        clock.now += TRIES_SECONDS
        pairing.pair(wrong(pairing))
    assert pairing.code != first
    assert len(pairing.code) == 8 and pairing.code.isdigit()


def test_browsers_stay_paired_across_restarts(tmp_path: Path) -> None:
    store = tmp_path / "folder" / "browsers.json"
    first = Pairing(store)
    token = first.pair(first.code)
    assert token is not None
    assert token not in store.read_text(), "only its hash is kept"
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    again = Pairing(store)
    assert again.knows(token)
    store.unlink()
    assert not Pairing(store).knows(token), "deleting the file forgets them"


def test_the_oldest_browser_makes_room(tmp_path: Path) -> None:
    clock = Clock()
    pairing = Pairing(tmp_path / "b.json", clock=clock)
    tokens = []
    for _ in range(MAX_BROWSERS + 1):
        clock.now += TRIES_SECONDS
        tokens.append(pairing.pair(pairing.code) or "")
    assert not pairing.knows(tokens[0])
    assert pairing.knows(tokens[1]) and pairing.knows(tokens[-1])


@pytest.mark.parametrize("content", ["", "{}", "[1]", "\x00", json.dumps({"a": 1})])
def test_a_damaged_list_is_an_error_with_its_path(tmp_path: Path, content: str) -> None:
    store = tmp_path / "browsers.json"
    store.write_text(content)
    with pytest.raises(ConfigError, match="browsers") as caught:
        Pairing(store)
    assert caught.value.where == str(store)
