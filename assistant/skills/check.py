"""``assistant skill check``: the sentences of some skills beside those of all others, with the household's names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.config import Config
from assistant.errors import AssistantError
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.home.vocabulary import vocabulary
from assistant.skills import builtin
from assistant.skills.alike import Alike, alike
from assistant.skills.catalogue import catalogue, find
from assistant.skills.fake_home import FakeHome
from assistant.skills.loader import LoadedSkill
from assistant.skills.overlaps import Overlap, Unknown, overlaps


async def study(names: Sequence[str], config: Config) -> tuple[list[Overlap], list[Alike], list[Unknown]]:
    """What is shared, what sounds alike, and what could not be told.

    Args:
        names: skills, or their folders; none for all.

    Raises:
        AssistantError: there is no such skill, or it is wrong.
    """
    loaded = {entry.name: entry.skill for entry in catalogue(config) if entry.skill is not None and not entry.off}
    looked: list[LoadedSkill] = []
    for name in names:
        entry = find(name, config)
        if entry.skill is None:
            raise entry.fault or AssistantError("it cannot be read", where=str(entry.folder))
        loaded[entry.name] = entry.skill
        looked.append(entry.skill)
    looked = looked or list(loaded.values())
    grammar = household_grammar(loaded.values(), config)
    found = list(overlaps(grammar, [skill.name for skill in looked]))
    shared = [one for one in found if isinstance(one, Overlap)]
    similar = await alike(grammar, looked, config.language)
    return shared, similar, [one for one in found if isinstance(one, Unknown)]


def skills_grammar(config: Config) -> Grammar:
    """The sentences of all skills that are on, with the household's names."""
    skills = [entry.skill for entry in catalogue(config) if entry.skill is not None and not entry.off]
    return household_grammar(skills, config)


def household_grammar(skills: Iterable[LoadedSkill], config: Config) -> Grammar:
    """The sentences of some skills, with the household's names."""
    grammar = Grammar()
    household = Household.load(config.home.household) if config.home.household else Household()
    for name, values in vocabulary(FakeHome(household)).items():
        grammar.set_list(name, values)
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    for skill in skills:
        grammar.set_sentences(skill.name, skill.sentences)
    return grammar
