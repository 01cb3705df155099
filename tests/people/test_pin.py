"""The PIN: slow to guess, five tries, a quarter of an hour."""

from __future__ import annotations

import pytest

from assistant.errors import ConfigError
from assistant.people.pin import LOCK_SECONDS, TRIES, Pin
from assistant.store.store import Store


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_the_right_one_is_right(store: Store) -> None:
    pin = Pin(store)
    assert not await pin.is_set() and not await pin.check("2580")
    await pin.set("2580")
    assert await pin.is_set() and await pin.check("2580") and await pin.check("2 5 8 0")
    assert not await pin.check("2581") and not await pin.check("") and not await pin.check("25800")
    await pin.remove()
    assert not await pin.check("2580")


async def test_five_wrong_ones_lock_it_for_a_quarter_of_an_hour(store: Store) -> None:
    clock = Clock()
    pin = Pin(store, clock)
    await pin.set("2580")
    for _ in range(TRIES):
        assert await pin.locked() == 0.0 and not await pin.check("1111")
    assert await pin.locked() == LOCK_SECONDS and not await pin.check("2580"), "locked for the right one, too"
    clock.now += LOCK_SECONDS - 1
    assert not await Pin(store, clock).check("2580"), "a restart does not unlock it"
    clock.now += 2
    assert await pin.check("2580")


async def test_a_right_one_begins_the_count_anew(store: Store) -> None:
    pin = Pin(store)
    await pin.set("2580")
    for _ in range(3):
        for _ in range(TRIES - 1):
            assert not await pin.check("1111")
        assert await pin.check("2580")


@pytest.mark.parametrize("digits", ["", "123", "1234567890123", "12a4", "0000", "١٢٣٤"])
async def test_what_is_no_pin(store: Store, digits: str) -> None:
    with pytest.raises(ConfigError):
        await Pin(store).set(digits)


async def test_it_is_kept_only_as_a_hash(store: Store) -> None:
    await Pin(store).set("73915")
    [(value,)] = await store.read("SELECT value FROM settings WHERE key = 'pin'")
    assert "73915" not in value
