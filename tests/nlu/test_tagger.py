"""Words with their places, tags on them, and the row of tags that makes sense."""

from __future__ import annotations

import numpy as np

from assistant.nlu.base import Example, Slot
from assistant.nlu.encoder import Encoder
from assistant.nlu.network import Network, Settings
from assistant.nlu.tagger import Tagger, fit_tagger, read, tags_of
from assistant.nlu.words import spelling, words_of

ROOMS = ("kitchen", "hall", "old garden shed", "bedroom", "living room", "attic")


def in_room(room: str, pattern: str = "switch the lamp in the {} on please") -> Example:
    text = pattern.format(room)
    at = text.index(room)
    return Example(text, "On", (Slot("room", at, at + len(room)),))


def test_words_know_their_places() -> None:
    text = "Wake me at 7:30am, it's Zoë's"
    words = words_of(text)
    assert [word.text for word in words] == ["Wake", "me", "at", "7", ":", "30", "am", ",", "it's", "Zoë's"]
    assert all(text[word.start : word.end] == word.text for word in words)
    assert spelling(words).shape == (10, 512) and words_of(" ") == []


def test_tags_begin_and_go_on() -> None:
    example = in_room("living room")
    assert tags_of(example, words_of(example.text)) == ["O"] * 5 + ["B-room", "I-room", "O", "O"]


def test_nothing_goes_on_that_has_not_begun() -> None:
    tags = ["B-room", "I-room", "O"]
    tagger = Tagger(Network([np.zeros((0, 3), np.float32)], [np.zeros(3, np.float32)]), tags, {"On": ["room"]})
    scores = np.log(np.array([[0.1, 0.6, 0.3], [0.05, 0.9, 0.05], [0.1, 0.1, 0.8]], np.float32))
    assert [tags[at] for at in tagger._best(scores)] == ["B-room", "I-room", "O"]


def test_it_finds_a_slot_in_words_it_has_not_seen(encoder: Encoder) -> None:
    patterns = ("switch the lamp in the {} on please", "turn on the {} light", "lights on in the {}")
    taught = [in_room(room, pattern) for room in ROOMS for pattern in patterns]
    taught += [Example("what time is it", "Time")] * 4
    sentences = [read(one.text, encoded) for one, encoded in
                 zip(taught, encoder.encode_all([one.text for one in taught]), strict=True)]
    tagger = fit_tagger(taught, sentences, Settings(hidden=32, epochs=20, rate=5e-3, batch=64, dropout=0.2))
    text = "turn on the dining room light"
    found = tagger.slots(read(text, encoder.encode(text)), "On")
    assert [(slot.name, text[slot.start : slot.end]) for slot in found] == [("room", "dining room")]
    assert tagger.slots(read(text, encoder.encode(text)), "Time") == (), "an intent without slots was given one"
