"""Which wake phrases are listened for, and what each does."""

from __future__ import annotations

from assistant.wake.calls import Call, Calls


def test_other_spellings_do_what_their_phrase_does() -> None:
    calls = Calls([Call("hey nova"), Call("be silent", "stop")], [Call("jarvis")], {"hey nova": ["hey noah"]})
    assert calls.typed == ["hey nova", "be silent", "hey noah"]
    assert calls.of("hey noah") == Call("hey nova")
    assert calls.of("jarvis") == Call("jarvis")
    assert Calls((), [Call("Hey, Nova")]).of("hey nova") == Call("Hey, Nova"), "as a model writes it"


def test_whoever_watches_sees_a_change() -> None:
    calls = Calls([Call("hey nova")], [Call("jarvis")])
    watched = calls.typed
    calls.take(Calls([Call("computer")]))
    assert watched == ["computer"]
    assert calls.of("hey nova") is None and calls.of("jarvis") is None


def test_a_spelling_does_not_take_the_place_of_another_phrase() -> None:
    calls = Calls([Call("hey nova"), Call("hey noah", person="noah")], (), {"hey nova": ["hey noah"]})
    assert calls.of("hey noah") == Call("hey noah", person="noah")
