"""Sentences of different intents that sound alike: the same sounds, or one word apart that could be another.

Sentences are drawn at random, so a pair of rare ones may be missed; sentences that two intents share are not
(``assistant.skills.overlaps``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from assistant.edits import edits
from assistant.grammar.base import Value, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sampling import Sampler
from assistant.grammar.templates import is_template
from assistant.skills.loader import LoadedSkill
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

DRAWN = 200
"""Sentences of each intent."""
NEAR = 0.34
"""Share of a word's sounds that may differ: "fifteen" and "fifty", not "on" and "off"."""
SEED = 1
VIEW = View(("order", "follow_up"))


@dataclass(frozen=True, slots=True)
class Alike:
    """Two things that a recogniser may take for each other."""

    mine: str
    """``skill.Intent``, or ``skill {list}``."""
    sentence: str
    other: str
    sounds_like: str


async def alike(grammar: Grammar, skills: Sequence[LoadedSkill], language: str = "en") -> list[Alike]:
    """What of some skills sounds like another intent, or like another entry of the same list; one pair of intents once.

    Raises:
        AssistantError: espeak-ng cannot be loaded.
    """
    drawn = _drawn(grammar)
    values: dict[tuple[str, str], list[Value]] = {
        (skill.name, name): [value for value in entries if not is_template(value.said)]
        for skill in skills for name, entries in skill.sentences.lists.items() if isinstance(entries, tuple)
    }
    words = {word for sentence, _ in drawn for word in sentence.split()}
    words |= {word for entries in values.values() for value in entries for word in value.said.lower().split()}
    sounds = await _sounds(sorted(words), language)
    names = {skill.name for skill in skills}
    return [*_sentences(drawn, sounds, names), *_values(values, sounds)]


def _drawn(grammar: Grammar) -> list[tuple[str, str]]:
    """Sentences, each with its intent."""
    network = grammar.network
    entries: dict[str, list[int]] = defaultdict(list)
    for key, rule in network.rules(VIEW):
        entries[f"{rule.skill}.{rule.intent}"].append(network.rule_entry(key, rule, VIEW))
    sampler = Sampler(network)
    return [(text, intent) for intent, nodes in entries.items() for text in sampler.draw(nodes, DRAWN, SEED)]


def _sentences(drawn: list[tuple[str, str]], sounds: Mapping[str, str], skills: set[str]) -> Iterator[Alike]:
    told: set[frozenset[str]] = set()
    for one, other in _candidates(drawn, sounds):
        pair = frozenset((one[1], other[1]))
        if len(pair) == 1 or pair in told or not skills & {name.partition(".")[0] for name in pair}:
            continue
        told.add(pair)
        mine, theirs = (one, other) if one[1].partition(".")[0] in skills else (other, one)
        yield Alike(mine[1], mine[0], theirs[1], theirs[0])


def _candidates(
    drawn: list[tuple[str, str]], sounds: Mapping[str, str]
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of different sentences with the same sounds, or with one word of near sounds between the same words."""
    whole: dict[str, list[tuple[str, str]]] = defaultdict(list)
    masked: dict[tuple[str, ...], list[tuple[str, tuple[str, str]]]] = defaultdict(list)
    for entry in drawn:
        words = entry[0].split()
        whole["".join(sounds[word] for word in words)].append(entry)
        for at, word in enumerate(words):
            masked[*words[:at], "", *words[at + 1 :]].append((word, entry))
    for same in whole.values():
        yield from (pair for pair in combinations(same, 2) if pair[0][0] != pair[1][0])
    for near in masked.values():
        for (word, one), (another, other) in combinations(near, 2):
            if word != another and one[1] != other[1] and _near(sounds[word], sounds[another]):
                yield one, other


def _values(values: Mapping[tuple[str, str], list[Value]], sounds: Mapping[str, str]) -> Iterator[Alike]:
    """Entries of one list that are one word of near sounds apart and mean different things."""
    for (skill, name), entries in values.items():
        drawn = [(entry.said.lower(), repr(entry.value)) for entry in entries]
        for one, other in dict.fromkeys(_candidates(drawn, sounds)):
            if one[1] != other[1]:
                yield Alike(f"{skill} {{{name}}}", one[0], f"{skill} {{{name}}}", other[0])


@lru_cache(maxsize=65_536)
def _near(one: str, other: str) -> bool:
    longest = max(len(one), len(other))
    allowed = int(longest * NEAR)
    return abs(len(one) - len(other)) <= allowed and edits(one, other) <= allowed


async def _sounds(words: list[str], language: str) -> dict[str, str]:
    voice = "en-us" if language == "en" else language
    worker = Worker(WorkerSpec("phonemes", "assistant.tts.phonemes:PhonemeService", {"voice": voice}))
    await worker.start()
    try:
        return dict(zip(words, await worker.call("phonemes", words), strict=True))
    finally:
        await worker.close()
