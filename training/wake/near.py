"""Phrases that sound nearly like another, by pronunciation: what a network has to tell from its own phrase.

A word's pronunciation is espeak-ng's IPA, so any phrase has one. The words come from the CMU dictionary that arrives
inside pocketsphinx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

import numpy as np

from assistant.errors import BackendError, ConfigError
from assistant.extras import install_command
from assistant.wake.pronunciation import LEAST, MISSING, Word, distance, pronounced

DICTIONARY = "model/en-us/cmudict-en-us.dict"
FARTHEST = 0.5
"""Distance, per sound of the phrase, up to which a word is near."""
MIDDLE = 0.35
"""A part of a phrase has at least this share of its sounds."""


def spoken_form(phrase: str) -> str:
    """The phrase in lower case with single spaces.

    Raises:
        ConfigError: it is empty, or written in letters that the synthesisers do not read.
    """
    plain = " ".join(phrase.lower().split())
    mend = "write it as it sounds, in the letters a to z, such as 'hey nova'"
    if not re.search("[a-z]", plain):
        raise ConfigError(f"{phrase!r} has no letters", where="the wake phrase", mend=mend)
    if found := re.sub("[a-z' -]", "", plain):
        raise ConfigError(f"{phrase!r} holds {found[0]!r}", where="the wake phrase", mend=mend)
    return plain


def near(phrase: str, count: int, generator: np.random.Generator) -> list[str]:
    """Up to ``count`` texts that sound nearly like a phrase, none of which contains it.

    The nearest words and pairs of words, and the phrase's own parts; which of equally near ones is left to chance.
    """
    spoken = pronounced([*dictionary(), *phrase.split(), phrase])
    whole, words = spoken[-1], spoken[: -1 - len(phrase.split())]
    own = spoken[len(words) : -1]
    single = _ranked(whole, _nearest(whole.sounds, words), generator)
    several = _ranked(whole, [*_halves(whole, words), *_swapped(own, words)], generator)
    parts = [word.text for word in own] if len(own) > 1 else []
    mixed = [text for pair in zip_longest(single, several) for text in pair if text is not None]
    return list(dict.fromkeys([*parts, *mixed]))[:count]


def _ranked(phrase: Word, rivals: Sequence[Word], generator: np.random.Generator) -> list[str]:
    """Those that are not the phrase itself, the nearest first, no sound twice."""
    fitting = {rival.sounds: rival.text for rival in rivals if phrase.sounds not in rival.sounds}
    far = [(distance(phrase.sounds, sounds), text) for sounds, text in fitting.items()]
    far = [(round(distant, 1), text) for distant, text in far if distant > LEAST]
    generator.shuffle(far)
    return [text for _, text in sorted(far, key=lambda one: one[0])]


def dictionary() -> list[str]:
    """English words.

    Raises:
        BackendError: pocketsphinx is not installed.
    """
    spec = find_spec("pocketsphinx")
    if spec is None or not spec.submodule_search_locations:
        raise BackendError("the pronouncing dictionary is missing", where="training/wake",
                           mend=install_command("train-wake"))
    lines = (Path(spec.submodule_search_locations[0]) / DICTIONARY).read_text("utf-8").splitlines()
    words = (line.partition(" ")[0] for line in lines)
    return [word for word in words if word.isascii() and word.isalpha()]


def _halves(phrase: Word, words: Sequence[Word], each: int = 6) -> Iterator[Word]:
    """Pairs of a word near the phrase's beginning and one near the rest: "come pewter"."""
    sounds = phrase.sounds
    share = max(2, round(MIDDLE * len(sounds)))
    for cut in range(share, len(sounds) - share + 1):
        second = _nearest(sounds[cut:], words)[:each]
        yield from (_joined(first, last) for first in _nearest(sounds[:cut], words)[:each] for last in second)


def _swapped(own: Sequence[Word], words: Sequence[Word], each: int = 12) -> Iterator[Word]:
    """A phrase of several words with one of them taken for another: "hey nora"."""
    for place, word in enumerate(own if len(own) > 1 else ()):
        for other in _nearest(word.sounds, words)[:each]:
            yield _joined(*own[:place], other, *own[place + 1 :])


def _joined(*words: Word) -> Word:
    return Word(" ".join(word.text for word in words), "".join(word.sounds for word in words))


def _nearest(sounds: str, words: Sequence[Word]) -> list[Word]:
    """Words not too far from these sounds, the nearest first."""
    limit = FARTHEST * len(sounds)
    slack, parts = int(limit / MISSING), set(sounds)
    found = []
    for word in words:
        if abs(len(word.sounds) - len(sounds)) > slack or 3 * len(parts.intersection(word.sounds)) < len(parts):
            continue
        far = distance(sounds, word.sounds, limit)
        if far <= limit:
            found.append((far, word))
    return [word for _, word in sorted(found, key=lambda one: one[0])]
